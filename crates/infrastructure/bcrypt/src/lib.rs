//! Password hashing by bcrypt, several at a time on few threads.
//!
//! One bcrypt hash leaves most of a core idle, waiting for its own table look-ups; up to four independent ones are
//! interleaved on one thread, each result bit for bit what the `bcrypt` crate gives. The work is bounded: who would wait
//! longer than the settings allow is told so at once, and work that nobody waits for any more is not done.

mod hash_check;
mod hasher;
mod interleaved;
mod lanes;
mod pi;
mod pool;
mod settings;
mod stored_hash;

pub use hash_check::BcryptHashCheck;
pub use hasher::BcryptHasher;
pub use settings::{BcryptSettings, Cost};
