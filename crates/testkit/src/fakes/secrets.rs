//! Secrets that anybody can guess.

use super::lock;
use std::sync::Mutex;
use threshold_application::ports::SecretGenerator;

/// Gives the same bytes in every run, never the same twice in one: a small generator, not for anything but tests.
#[derive(Debug, Default)]
pub struct SeededSecrets(Mutex<u64>);

impl SecretGenerator for SeededSecrets {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = lock(&self.0);
        for byte in bytes {
            // Knuth's multiplier for a linear congruential generator; its high bits are its good ones.
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let [high, ..] = state.to_be_bytes();
            *byte = high;
        }
    }
}
