//! Transactions.

use super::{
    ApiKeyRepository, AttemptRepository, AuditRepository, GrantRepository, JobRepository, LinkRepository,
    PasswordRepository, RoleRepository, SessionRepository, StoreError, UserIntake, UserRepository,
};
use async_trait::async_trait;

/// Begins transactions.
#[async_trait]
pub trait UnitOfWork: Send + Sync {
    /// Begins a transaction. What it reads is committed data and its own changes; of two that change one row
    /// the later waits for the earlier. Between `begin` and `commit` nothing but the store is waited for.
    ///
    /// # Errors
    /// `Overloaded` when no connection comes free in time, `Unavailable`.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;
}

/// Changes that happen together or not at all.
///
/// Dropped without [`commit`](Transaction::commit), also in the middle of a call, it is rolled back and its connection
/// goes back to where it came from. After an error it can only be dropped.
#[async_trait]
pub trait Transaction: Send {
    /// Users, within this transaction.
    fn users(&mut self) -> &mut dyn UserRepository;

    /// Roles, within this transaction.
    fn roles(&mut self) -> &mut dyn RoleRepository;

    /// Who holds them, within this transaction.
    fn grants(&mut self) -> &mut dyn GrantRepository;

    /// API keys, within this transaction.
    fn api_keys(&mut self) -> &mut dyn ApiKeyRepository;

    /// Passwords, within this transaction.
    fn passwords(&mut self) -> &mut dyn PasswordRepository;

    /// Users by the hundred, within this transaction.
    fn intake(&mut self) -> &mut dyn UserIntake;

    /// Sessions, within this transaction.
    fn sessions(&mut self) -> &mut dyn SessionRepository;

    /// Guesses, within this transaction.
    fn attempts(&mut self) -> &mut dyn AttemptRepository;

    /// Mailed links, within this transaction.
    fn links(&mut self) -> &mut dyn LinkRepository;

    /// Jobs, within this transaction.
    fn jobs(&mut self) -> &mut dyn JobRepository;

    /// The audit log, within this transaction.
    fn audit(&mut self) -> &mut dyn AuditRepository;

    /// Makes every change durable and visible to others at once: when it returns `Ok`, a crash loses nothing of it.
    ///
    /// # Errors
    /// `Unavailable`: then it is unknown whether the changes happened if the connection broke, else they did not.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
