//! Are the signing keys rotated?

use crate::ErrorChain;
use crate::ports::{Clock, Examination, SigningKeyRepository};
use async_trait::async_trait;
use chrono::TimeDelta;
use std::sync::Arc;
use std::time::Duration;
use threshold_domain::operations::{Finding, judge_keys};

const NAME: &str = "signing-key";

/// Looks at the age of the key that signs.
pub struct ExamineKeys {
    /// Where keys are; `None` where nothing is signed by stored ones.
    pub repository: Option<Arc<dyn SigningKeyRepository>>,
    /// Tells their age.
    pub clock: Arc<dyn Clock>,
    /// How long a key signs.
    pub max_age: Duration,
    /// How long a new one is published before.
    pub lead: Duration,
    /// How long its tokens are good.
    pub token_lifetime: Duration,
}

#[async_trait]
impl Examination for ExamineKeys {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn examine(&self) -> Vec<Finding> {
        let Some(repository) = &self.repository else {
            return vec![Finding::skip(NAME, "tokens are signed by a secret from the settings, which nobody rotates")];
        };
        let delta = |duration| TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        let (max_age, lead, lifetime) = (delta(self.max_age), delta(self.lead), delta(self.token_lifetime));
        vec![match repository.list().await {
            Ok(keys) => judge_keys(&keys, self.clock.now(), max_age, lead, lifetime),
            // The database's own examination says what to do.
            Err(error) => Finding::skip(NAME, format!("the keys can't be read: {}", ErrorChain(&error))),
        }]
    }
}
