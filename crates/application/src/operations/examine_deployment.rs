//! Is everything in order that the service needs?

use crate::ports::Examination;
use futures::future::join_all;
use std::sync::Arc;
use threshold_domain::operations::{Exposure, Finding, Verdict};

/// Looks at everything, whatever fails.
pub struct ExamineDeployment {
    /// How the service stands towards the network.
    pub exposure: Exposure,
    /// The parts that must be asked. Each must come to an end by itself.
    pub examinations: Vec<Arc<dyn Examination>>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// In a fixed order.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// How many findings are of that kind.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.findings.iter().filter(|finding| finding.verdict == verdict).count()
    }
}

impl ExamineDeployment {
    /// Looks at all parts side by side.
    pub async fn execute(&self) -> Diagnosis {
        let mut findings = self.exposure.findings();
        findings.extend(join_all(self.examinations.iter().map(|one| one.examine())).await.into_iter().flatten());
        Diagnosis { findings }
    }
}
