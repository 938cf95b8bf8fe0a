//! Looking at a part of a deployment.

use async_trait::async_trait;
use threshold_domain::operations::Finding;

/// Looks at one thing that the service needs.
#[async_trait]
pub trait Examination: Send + Sync {
    /// What is looked at, for example `database`.
    fn name(&self) -> &'static str;

    /// Looks, and changes nothing: no file, no row, no key. What can't be looked at is a finding, too. No finding holds a secret.
    async fn examine(&self) -> Vec<Finding>;
}
