//! Accounts: registering, proving the address, a new password, looking at and changing oneself, leaving, the mails about it, and many accounts at once.

mod change_password;
mod create_account;
mod delete_account;
mod export_personal_data;
mod export_users;
mod import_users;
mod link_error;
mod list_accounts;
mod register;
mod request_link;
mod reset_password;
mod send_link;
mod send_notice;
mod show_account;
mod show_profile;
mod update_account;
mod update_profile;
mod verify_email;

pub use change_password::{ChangePassword, ChangePasswordError, CheckedChange};
pub use create_account::{CreateAccount, CreateAccountError, NewAccount};
pub use delete_account::{CheckedDeletion, DeleteAccount, DeleteAccountError, Deletion};
pub use export_personal_data::{ExportPersonalData, ExportPersonalDataError};
pub use export_users::{ExportError, ExportUsers};
pub use import_users::{ImportError, ImportUsers};
pub use link_error::LinkError;
pub use list_accounts::{ListAccounts, ListAccountsError};
pub use register::{HashedRegistration, Register, RegisterError};
pub use request_link::RequestLink;
pub use reset_password::{HashedReset, ResetPassword, ResetPasswordError};
pub use send_link::{LinkLifetimes, SendError, SendLink};
pub use send_notice::SendNotice;
pub use show_account::{ShowAccount, ShowAccountError};
pub use show_profile::{ShowProfile, ShowProfileError};
pub use update_account::{UpdateAccount, UpdateAccountError};
pub use update_profile::{UpdateProfile, UpdateProfileError};
pub use verify_email::{VerifyEmail, VerifyEmailError};
