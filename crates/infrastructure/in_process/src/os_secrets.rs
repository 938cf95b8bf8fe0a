//! Randomness from the operating system.

use threshold_application::ports::SecretGenerator;

/// Fills secrets from the operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsSecrets;

impl SecretGenerator for OsSecrets {
    /// Waits until the system has a secret to give: going on with a guessable one would be worse than standing still. On
    /// every system that this runs on the generator fails only before it is seeded, early in the boot.
    fn fill(&self, bytes: &mut [u8]) {
        #[expect(clippy::disallowed_methods, reason = "this is the adapter that everybody else asks")]
        while getrandom::fill(bytes).is_err() {
            std::thread::yield_now();
        }
    }
}
