//! The harness of the tests that run the real program: it is started with settings of its own on a database of its own, spoken to
//! over HTTP, and looked at from outside.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a harness fails a test by panicking"
)]

mod harness;

pub use threshold_test_redis::OwnRedis;
pub use threshold_test_smtp::{Manner, OwnSmtp, Stage};

pub use harness::{
    Answer, Backend, Client, GOOD_PASSWORD, Haproxy, Installation, Mailbox, ReadMail, Server, raw, read_head,
};
