//! The program: settings, wiring, commands.
//!
//! Nothing is decided here: [`config`] reads what the operator wants, [`server`] builds every adapter and hands it to the use
//! cases that need it, [`cli`] offers both on the command line; [`tls`] holds what the listener itself speaks TLS with.

pub mod cli;
pub mod config;
pub mod server;
pub mod tls;
