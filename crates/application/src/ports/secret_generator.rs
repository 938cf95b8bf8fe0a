//! New secrets.

/// Makes secrets that nobody can guess.
pub trait SecretGenerator: Send + Sync {
    /// Fills `bytes` from a cryptographically secure source.
    fn fill(&self, bytes: &mut [u8]);
}
