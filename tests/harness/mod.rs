//! The parts of the harness.

mod answer;
mod client;
mod haproxy;
mod installation;
mod raw;
mod server;

pub use answer::Answer;
pub use client::{Client, GOOD_PASSWORD};
pub use haproxy::Haproxy;
pub use installation::{Backend, Installation};
pub use raw::{raw, read_head};
pub use server::Server;
