//! What instances share through Redis 7 or Valkey: rate limits and news.
//!
//! Redis need not be there when the process starts, and may go and come back at any time: then everything here fails in a
//! fraction of a second and works again by itself. Nothing in Redis is worth a backup.
//!
//! Short questions of all tasks share one connection; the feed, which waits for answers, has its own. Every key begins with
//! `threshold:`.

mod buckets;
mod client;
mod connection;
mod entry;
mod examination;
mod feed;
mod readiness;
mod settings;

pub use client::{Redis, RedisSetupError};
pub use settings::{RedisSettings, RedisUrl, RedisUrlError};
