//! The running service: every adapter built, wired to the use cases, and served.

mod account_wiring;
mod adapters;
mod api_key_wiring;
mod audit_wiring;
mod background;
mod examination_wiring;
mod http;
mod job_wiring;
mod key_keeper;
mod key_use_keeper;
mod master_key;
mod running;
mod user_wiring;
mod wiring;
mod worker;

pub use account_wiring::{AccountManagement, account_management};
pub use audit_wiring::{AuditLog, AuditLogError};
pub use examination_wiring::deployment_examination;
pub use job_wiring::job_management;
pub use key_keeper::key_rotation;
pub use master_key::MasterKeyFileError;
pub use running::{Running, StartError};
pub use user_wiring::{demo_seed, user_export, user_import};
