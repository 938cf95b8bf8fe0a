//! Accounts: registering and looking at oneself.

mod register;
mod show_profile;

pub use register::{Register, RegisterError};
pub use show_profile::{ShowProfile, ShowProfileError};
