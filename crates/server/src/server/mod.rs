//! The running service: every adapter built, wired to the use cases, and served.

mod adapters;
mod background;
mod http;
mod master_key;
mod running;
mod wiring;

pub use master_key::MasterKeyFileError;
pub use running::{Running, StartError};
