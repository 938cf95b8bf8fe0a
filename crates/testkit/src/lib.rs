//! In-memory fakes of every port, and the contract suites that every adapter passes.
//!
//! Fakes are small real implementations: they pass the same suites as the adapters for databases and hashing. With them the use
//! cases run in a test without a database, a network or a clock:
//!
//! ```
//! use std::sync::Arc;
//! use threshold_application::accounts::{Register, RegisterError};
//! use threshold_testkit::{FakeHasher, FakeSecrets, FixedClock, InMemoryStore, RecordingMeter, SequentialIds, a_registration, an_initiator};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), RegisterError> {
//! let store = InMemoryStore::default();
//! let register = Register {
//!     accounts: Arc::new(store.clone()),
//!     attempts: Arc::new(store.clone()),
//!     secrets: Arc::new(FakeSecrets),
//!     hasher: Arc::new(FakeHasher::default()),
//!     unit_of_work: Arc::new(store.clone()),
//!     clock: Arc::new(FixedClock::default()),
//!     ids: Arc::new(SequentialIds::default()),
//!     meter: Arc::new(RecordingMeter::default()),
//! };
//! let ada = register.execute(&an_initiator(), a_registration("ada@example.org")).await?;
//! assert_eq!(ada.email.as_str(), "ada@example.org");
//!
//! let again = register.execute(&an_initiator(), a_registration("ADA@example.org")).await;
//! assert!(matches!(again, Err(RegisterError::EmailTaken)));
//! # Ok(())
//! # }
//! ```
//!
//! `tests/examples/use_case.rs` is a whole program over them: `cargo run --package threshold-testkit --example use_case`.

mod builders;
pub mod contract;
mod fakes;

pub use builders::{
    a_job, a_link, a_mail, a_password, a_registration, a_role, a_session, a_session_token, a_signing_key, a_user,
    an_api_key, an_api_key_secret, an_event, an_initiator, at, every_mail_content, some_claims,
};
pub use fakes::{
    FailingUnitOfWork, FakeBuckets, FakeHasher, FakeMailer, FakeNewsFeed, FakeRevocations, FakeSecrets, FakeTokens,
    FakeUserCache, FixedClock, InMemoryStore, MailFailure, RecordingMeter, ScriptedCheck, SeededSecrets, SequentialIds,
};
