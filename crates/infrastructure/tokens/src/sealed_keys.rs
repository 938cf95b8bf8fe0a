//! Making keys for a rotation.

use crate::key_ring::{SigningMethod, seal_new};
use crate::master_key::MasterKey;
use crate::sealing::Sealer;
use std::sync::Arc;
use threshold_application::ports::{BoxError, KeyMaker, MakeKeyError, SecretGenerator};
use threshold_domain::Timestamp;
use threshold_domain::sessions::SigningKey;

/// Makes keys for the method in force, sealed with the master key.
pub struct SealedKeyMaker {
    /// What they are sealed with.
    pub master: MasterKey,
    /// Where their randomness comes from.
    pub secrets: Arc<dyn SecretGenerator>,
    /// What they sign with.
    pub method: SigningMethod,
}

impl KeyMaker for SealedKeyMaker {
    fn make(&self, now: Timestamp, signs_from: Timestamp) -> Result<SigningKey, MakeKeyError> {
        let algorithm = self.method.algorithm().ok_or(MakeKeyError::SharedSecret)?;
        let failed = |error| MakeKeyError::Cryptography(BoxError::from(error));
        let sealer = Sealer::new(&self.master).map_err(|error| failed(error.to_string()))?;
        let made = seal_new(&sealer, self.secrets.as_ref(), algorithm, now, signs_from);
        made.map_err(|error| failed(error.to_string()))
    }
}
