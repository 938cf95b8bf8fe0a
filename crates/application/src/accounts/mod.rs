//! Accounts: registering and looking at oneself.

mod register;
mod show_profile;

pub use register::{HashedRegistration, Register, RegisterError};
pub use show_profile::{ShowProfile, ShowProfileError};
