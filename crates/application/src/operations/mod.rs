//! Operations: whether the service can do its work, and whether its deployment is in order.

mod check_readiness;
mod examine_deployment;
mod examine_keys;

pub use check_readiness::{CheckReadiness, CheckResult, CheckStatus, Readiness};
pub use examine_deployment::{Diagnosis, ExamineDeployment};
pub use examine_keys::ExamineKeys;
