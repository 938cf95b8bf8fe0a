//! Adapters that need nothing but this process and its machine: time, ids, secrets, revocations, rate limits, a memory of users
//! and of keys, looks at the disk.
//!
//! The clock, the id and the secret generator are the only places that may ask the operating system for them.

mod disk;
mod fallback_buckets;
mod leased_buckets;
mod local_buckets;
mod memory_revocations;
mod os_secrets;
mod remembered_accounts;
mod remembered_keys;
mod system_clock;
mod time_limited_check;
mod time_limited_examination;
mod uuid_v7_ids;

pub use disk::{DiskSpace, PrivateFiles, SharedFileSystem};
pub use fallback_buckets::FallbackBuckets;
pub use leased_buckets::LeasedBuckets;
pub use local_buckets::LocalBuckets;
pub use memory_revocations::MemoryRevocations;
pub use os_secrets::OsSecrets;
pub use remembered_accounts::RememberedAccounts;
pub use remembered_keys::RememberedKeys;
pub use system_clock::SystemClock;
pub use time_limited_check::TimeLimitedCheck;
pub use time_limited_examination::TimeLimitedExamination;
pub use uuid_v7_ids::UuidV7Ids;
