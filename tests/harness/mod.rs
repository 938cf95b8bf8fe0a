//! The parts of the harness.

mod answer;
mod client;
mod haproxy;
mod installation;
mod mailbox;
mod raw;
mod server;

pub use answer::Answer;
pub use client::{Client, GOOD_PASSWORD};
pub use haproxy::Haproxy;
pub use installation::{Backend, Installation};
pub use mailbox::{Mailbox, ReadMail};
pub use raw::{raw, read_head};
pub use server::Server;
