//! Operations: whether the service can do its work.

mod check_readiness;

pub use check_readiness::{CheckReadiness, CheckResult, CheckStatus, Readiness};
