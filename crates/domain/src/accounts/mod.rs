//! Accounts: who a user is and what names and secrets they may choose.

mod account_changes;
mod display_name;
mod email;
mod imported_user;
mod link;
mod login;
mod password;
mod password_hash;
mod password_policy;
mod profile_changes;
mod registration;
mod setup_token;
mod user;
mod user_id;
mod user_list;
mod user_record;
mod user_search;
mod username;

pub use account_changes::AccountChanges;
pub use display_name::DisplayName;
pub use email::Email;
pub use imported_user::ImportedUser;
pub use link::{AccountLink, LinkId, LinkPurpose, LinkToken};
pub use login::Login;
pub use password::Password;
pub use password_hash::{PasswordHash, PasswordVersion};
pub use password_policy::{AcceptedPassword, PasswordPolicy, StrengthScore};
pub use profile_changes::{Change, ProfileChanges};
pub use registration::Registration;
pub use setup_token::SetupToken;
pub use user::{Credentials, SignInRefusal, Standing, User, UserStatus};
pub use user_id::UserId;
pub use user_list::{UserFilter, UserList, UserPlace, UserSort};
pub use user_record::{FieldFault, UserField, UserRecord};
pub use user_search::{UserSearch, searched_text};
pub use username::{ReservedUsernames, Username};
