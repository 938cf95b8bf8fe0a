//! What the use cases need from outside: traits that carry domain types only.
//!
//! The doc comment of a method is its contract; the suites in `threshold-testkit` hold every adapter to it.

mod access;
mod access_tokens;
mod accounts;
mod api_keys;
mod attempts;
mod audit;
mod clock;
mod examination;
mod id_generator;
mod jobs;
mod links;
mod mailer;
mod meter;
mod metric;
mod news_feed;
mod password_hasher;
mod passwords;
mod readiness_check;
mod revocation_list;
mod secret_generator;
mod session_secrets;
mod sessions;
mod setup_secret;
mod signing_keys;
mod store_error;
mod token_buckets;
mod unit_of_work;
mod user_cache;
mod user_directory;
mod user_files;
mod user_transfer;

pub use access::{GrantRepository, RoleReader, RoleRepository};
pub use access_tokens::{AccessTokens, IssueTokenError, TokenRejection};
pub use accounts::{AccountReader, PersonalData, PersonalDataReader, UserRepository};
pub use api_keys::{ApiKeyLookup, ApiKeyReader, ApiKeyRepository, RevokedApiKey};
pub use attempts::{AttemptReader, AttemptRepository};
pub use audit::{AuditChains, AuditFilter, AuditReader, AuditRepository, AuditSigner, SignedCheckpoint, SignedHead};
pub use clock::Clock;
pub use examination::Examination;
pub use id_generator::IdGenerator;
pub use jobs::{CLOCKS_DIFFER, Claim, JobAdmin, JobBell, JobCount, JobFilter, JobQueue, JobRepository, ListedJob};
pub use links::{LinkRepository, LinkSecrets};
pub use mailer::{MailError, Mailer};
pub use meter::Meter;
pub use metric::{Metric, MetricKind};
pub use news_feed::{FeedError, FeedPosition, News, NewsFeed};
pub use password_hasher::{HashingError, PasswordHasher, PasswordMatch};
pub use passwords::PasswordRepository;
pub use readiness_check::{NotReady, ReadinessCheck};
pub use revocation_list::{Revocation, RevocationList};
pub use secret_generator::SecretGenerator;
pub use session_secrets::SessionSecrets;
pub use sessions::{
    EndedSession, FoundSession, GrantsChange, Renewal, RenewedSession, SessionReader, SessionRenewals,
    SessionRepository,
};
pub use setup_secret::SetupSecret;
pub use signing_keys::{KeyMaker, MakeKeyError, SigningKeyRepository};
pub use store_error::{StoreError, Uniqueness};
pub use token_buckets::{BucketsError, Taken, TokenBuckets};
pub use unit_of_work::{Transaction, UnitOfWork};
pub use user_cache::UserCache;
pub use user_directory::UserDirectory;
pub use user_files::{
    Checkpoint, ImportProgress, ImportTally, LinePlace, RefusedLine, SourceLine, UserSink, UserSource,
};
pub use user_transfer::{Intake, PasswordHashCheck, UserIntake, UserPages};

/// The cause of a failure, kept for the log and never shown to clients.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
