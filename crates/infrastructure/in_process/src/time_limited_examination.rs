//! An examination that always comes to an end.

use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use threshold_application::ports::Examination;
use threshold_domain::operations::Finding;

/// Gives up after a while: a machine that is gone must not hold up the rest.
pub struct TimeLimitedExamination {
    /// What looks.
    pub examination: Arc<dyn Examination>,
    /// How long it may take.
    pub limit: Duration,
}

#[async_trait]
impl Examination for TimeLimitedExamination {
    fn name(&self) -> &'static str {
        self.examination.name()
    }

    async fn examine(&self) -> Vec<Finding> {
        match tokio::time::timeout(self.limit, self.examination.examine()).await {
            Ok(findings) => findings,
            Err(_elapsed) => vec![Finding::fail(
                self.name(),
                format!("no answer within {} s", self.limit.as_secs()),
                "see whether it is overloaded, or whether the network swallows what is sent to it",
            )],
        }
    }
}
