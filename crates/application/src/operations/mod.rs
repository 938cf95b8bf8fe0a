//! Operations: whether the service can do its work.

mod check_readiness;
mod examine_deployment;
mod examine_keys;
mod record_lifecycle;

pub use check_readiness::{CheckReadiness, CheckResult, CheckStatus, Readiness};
pub use examine_deployment::{Diagnosis, ExamineDeployment};
pub use examine_keys::ExamineKeys;
pub use record_lifecycle::RecordLifecycle;
