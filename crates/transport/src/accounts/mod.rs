//! Accounts over HTTP.

mod change_password;
mod create_account;
mod delete_account;
mod delete_me;
mod end_account_sessions;
mod export_me;
mod forgot_password;
mod list_accounts;
mod list_deleted_accounts;
mod me;
mod new_password;
mod register;
mod request_link;
mod resend_verification;
mod reset_password;
mod restore_account;
mod roles_member;
mod set_up;
mod show_account;
mod update_account;
mod update_me;
mod user_cursor;
mod user_view;
mod verify_email;

pub(crate) use change_password::{
    __path_change_password as ChangePasswordPath, ChangePasswordRequest, change_password,
};
pub(crate) use create_account::{__path_create_account as CreateAccountPath, CreateAccountRequest, create_account};
pub(crate) use delete_account::{__path_delete_account as DeleteAccountPath, delete_account};
pub(crate) use delete_me::{__path_delete_me as DeleteMePath, DeleteMeRequest, DeletedResponse, delete_me};
pub(crate) use end_account_sessions::{__path_end_account_sessions as EndAccountSessionsPath, end_account_sessions};
pub(crate) use export_me::{__path_export_me as ExportMePath, PersonalDataView, export_me};
pub(crate) use forgot_password::{__path_forgot_password as ForgotPasswordPath, forgot_password};
#[cfg(feature = "fuzzing")]
pub(crate) use list_accounts::read_list;
pub(crate) use list_accounts::{__path_list_accounts as ListAccountsPath, list_accounts};
pub(crate) use list_deleted_accounts::{
    __path_list_deleted_accounts as ListDeletedAccountsPath, list_deleted_accounts,
};
pub(crate) use me::{__path_me as MePath, me};
pub(crate) use register::{__path_register as RegisterPath, Accepted, RegisterRequest, register};
pub(crate) use request_link::EmailRequest;
pub(crate) use resend_verification::{__path_resend_verification as ResendVerificationPath, resend_verification};
pub(crate) use reset_password::{__path_reset_password as ResetPasswordPath, ResetPasswordRequest, reset_password};
pub(crate) use restore_account::{__path_restore_account as RestoreAccountPath, restore_account};
pub(crate) use set_up::{__path_set_up as SetUpPath, SetUpRequest, set_up};
pub(crate) use show_account::{__path_show_account as ShowAccountPath, show_account};
pub(crate) use update_account::{__path_update_account as UpdateAccountPath, UpdateAccountRequest, update_account};
pub(crate) use update_me::{__path_update_me as UpdateMePath, UpdateMeRequest, update_me};
pub(crate) use user_view::{UserView, rfc3339};
pub(crate) use verify_email::{__path_verify_email as VerifyEmailPath, VerifiedResponse, verify_email};
