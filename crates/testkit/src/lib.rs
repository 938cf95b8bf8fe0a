//! In-memory fakes of every port, and the contract suites that every adapter passes.
