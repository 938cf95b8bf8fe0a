//! Accounts: registering, proving the address, a new password, looking at oneself, and the mails about it; many of them at once.

mod change_password;
mod export_users;
mod import_users;
mod link_error;
mod register;
mod request_link;
mod reset_password;
mod send_link;
mod send_notice;
mod show_profile;
mod verify_email;

pub use change_password::{ChangePassword, ChangePasswordError, CheckedChange};
pub use export_users::{ExportError, ExportUsers};
pub use import_users::{ImportError, ImportUsers};
pub use link_error::LinkError;
pub use register::{HashedRegistration, Register, RegisterError};
pub use request_link::RequestLink;
pub use reset_password::{HashedReset, ResetPassword, ResetPasswordError};
pub use send_link::{LinkLifetimes, SendError, SendLink};
pub use send_notice::SendNotice;
pub use show_profile::{ShowProfile, ShowProfileError};
pub use verify_email::VerifyEmail;
