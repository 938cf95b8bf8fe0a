//! Access: who asks, roles and what they permit, who holds them, and keys of machines.

mod authenticate_machine;
mod caller;
mod change_roles;
mod key_uses;
mod list_roles;
mod manage_api_keys;
mod reach;
mod record_denial;
mod synchronise_access;

pub use authenticate_machine::AuthenticateMachine;
pub use caller::{Caller, Machine};
pub use change_roles::{ChangeRoles, ChangeRolesError, RoleChanges};
pub use key_uses::KeyUses;
pub use list_roles::{ListRoles, ListRolesError};
pub use manage_api_keys::{ManageApiKeys, ManageApiKeysError, NewApiKey};
pub use reach::Exceeds;
pub(crate) use reach::Reach;
pub use record_denial::RecordDenial;
pub use synchronise_access::SynchroniseAccess;
