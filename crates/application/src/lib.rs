//! The use cases of Threshold and the ports through which they reach the world.
//!
//! One struct a use case, built once at start with exactly the ports that it needs; its `execute` is
//! the whole of what the system does for one call. No technology is named here: adapters implement [`ports`].

pub mod access;
pub mod accounts;
pub mod audit;
mod error_chain;
pub mod jobs;
pub mod operations;
pub mod ports;
pub mod retention;
pub mod sessions;

pub use error_chain::ErrorChain;
