//! The service over real HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod accounts;
mod administration;
mod api_keys;
mod audit;
mod browser_sessions;
mod configuration;
mod conventions;
mod cors;
mod deletion;
mod directory;
mod doctor;
mod flow;
mod guessing;
mod invitations;
mod jobs;
mod limits;
mod mailed_links;
mod malformed;
mod openapi;
mod operations;
mod pre_hijack;
mod profile;
mod races;
mod refresh;
mod restoring;
mod seed;
mod sessions;
mod set_up;
mod user_files;

use threshold_tests::{Backend, Installation};

/// The program under test.
const BINARY: &str = env!("CARGO_BIN_EXE_threshold");

/// An installation on an empty database.
async fn installed(backend: Backend) -> Installation {
    Installation::new(BINARY, backend).await
}

/// Expands each test into one a database; it gets a started server, and its installation if it wants it.
#[macro_export]
macro_rules! on_both {
    ($(async fn $name:ident($server:ident, $installation:ident) $body:block)*) => {
        mod sqlite {
            use super::*;
            $(#[tokio::test] async fn $name() {
                let $installation = $crate::installed(threshold_tests::Backend::Sqlite).await;
                let $server = $installation.start().await;
                $body
            })*
        }
        mod postgres {
            use super::*;
            $(#[tokio::test] async fn $name() {
                let $installation = $crate::installed(threshold_tests::Backend::Postgres).await;
                let $server = $installation.start().await;
                $body
            })*
        }
    };
    ($(async fn $name:ident($server:ident) $body:block)*) => {
        mod sqlite {
            use super::*;
            $(#[tokio::test] async fn $name() {
                let $server = $crate::installed(threshold_tests::Backend::Sqlite).await.start().await;
                $body
            })*
        }
        mod postgres {
            use super::*;
            $(#[tokio::test] async fn $name() {
                let $server = $crate::installed(threshold_tests::Backend::Postgres).await.start().await;
                $body
            })*
        }
    };
}
