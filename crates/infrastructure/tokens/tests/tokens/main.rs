//! Tokens are issued, verified and refused as RFC 9068 and RFC 8725 ask.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod forgery;
mod installation;
mod issuing;
mod keys;
mod refusals;
mod tampering;
mod times;
