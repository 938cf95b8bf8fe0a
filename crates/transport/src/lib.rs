//! The HTTP interface: routes, requests, answers and problems.
