//! Sessions, against fakes: signing in, staying signed in, being known, signing out.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod browser;
mod ending;
mod guessing;
mod keys;
mod news;
mod proofs;
mod refresh;
mod sign_in;
mod world;
