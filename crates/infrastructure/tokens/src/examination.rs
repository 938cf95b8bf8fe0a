//! Does the master key open what was sealed with it?

use crate::key_ring::{in_use, open};
use crate::master_key::MasterKey;
use crate::sealing::Sealer;
use async_trait::async_trait;
use chrono::TimeDelta;
use std::sync::Arc;
use threshold_application::ErrorChain;
use threshold_application::ports::{BoxError, Clock, Examination, SigningKeyRepository};
use threshold_domain::operations::Finding;

const NAME: &str = "secret-key";
const ADVICE: &str = "set `secret_key` to the key of this database, from where its backups are kept";

/// Opens every signing key that is in use, as a start does.
pub struct MasterKeyExamination {
    /// The key; `None` where the first start is to make it.
    pub master: Result<Option<MasterKey>, BoxError>,
    /// Where sealed keys are.
    pub repository: Arc<dyn SigningKeyRepository>,
    /// Tells which of them are in use.
    pub clock: Arc<dyn Clock>,
    /// How long tokens are valid: a retired key verifies so long.
    pub token_lifetime: TimeDelta,
}

#[async_trait]
impl Examination for MasterKeyExamination {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn examine(&self) -> Vec<Finding> {
        vec![self.finding().await]
    }
}

impl MasterKeyExamination {
    async fn finding(&self) -> Finding {
        let master = match &self.master {
            Ok(master) => master,
            Err(error) => return Finding::fail(NAME, ErrorChain(error.as_ref()).to_string(), ADVICE),
        };
        let stored = match self.repository.list().await {
            Ok(stored) => in_use(stored, self.clock.now(), self.token_lifetime),
            // The database's own examination says what to do.
            Err(error) => return Finding::skip(NAME, format!("the keys can't be read: {}", ErrorChain(&error))),
        };
        let Some(sealer) = master.as_ref().and_then(|master| Sealer::new(master).ok()) else {
            return match stored.len() {
                0 => Finding::skip(NAME, "there is none yet: the first start makes one"),
                sealed => Finding::fail(
                    NAME,
                    format!("it is missing; signing keys that are sealed with it: {sealed}"),
                    ADVICE,
                ),
            };
        };
        match stored.iter().find(|key| open(&sealer, key).is_err()) {
            Some(key) => Finding::fail(NAME, format!("the signing key {} is sealed with another one", key.id), ADVICE),
            None => Finding::ok(NAME, format!("signing keys in use that it opens: {}", stored.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyRing, KeySource, SigningMethod};
    use threshold_domain::operations::Verdict;
    use threshold_testkit::{FixedClock, InMemoryStore, SeededSecrets};

    fn key(digit: &str) -> MasterKey {
        digit.repeat(64).parse().unwrap()
    }

    async fn examined(store: &InMemoryStore, master: Result<Option<MasterKey>, BoxError>) -> (Verdict, String) {
        let repository = Arc::new(store.clone());
        let clock = Arc::new(FixedClock::default());
        let examination = MasterKeyExamination { master, repository, clock, token_lifetime: TimeDelta::minutes(15) };
        let finding = examination.examine().await.remove(0);
        (finding.verdict, finding.found)
    }

    #[tokio::test]
    async fn a_key_that_does_not_open_what_is_stored_is_told_of() {
        let store = InMemoryStore::default();
        assert_eq!(examined(&store, Ok(None)).await.0, Verdict::Skip);
        assert_eq!(examined(&store, Ok(Some(key("1")))).await.0, Verdict::Ok, "nothing is sealed yet");
        let source = KeySource {
            repository: &store,
            master: &key("1"),
            clock: &FixedClock::default(),
            secrets: &SeededSecrets::default(),
            token_lifetime: TimeDelta::minutes(15),
        };
        KeyRing::load(&source, &SigningMethod::EdDsa).await.unwrap();
        let id = store.list().await.unwrap().remove(0).id;
        for (master, expected) in [
            (Ok(Some(key("1"))), (Verdict::Ok, "signing keys in use that it opens: 1".to_owned())),
            (Ok(Some(key("2"))), (Verdict::Fail, format!("the signing key {id} is sealed with another one"))),
            (Ok(None), (Verdict::Fail, "it is missing; signing keys that are sealed with it: 1".to_owned())),
            (Err("its file is a folder".into()), (Verdict::Fail, "its file is a folder".to_owned())),
        ] {
            assert_eq!(examined(&store, master).await, expected);
        }
    }
}
