//! What every adapter of a port must do: a case for each sentence of the port's contract.
//!
//! A macro expands a suite into one `#[tokio::test]` a case, each with an adapter of its own; the crate that uses it needs tokio
//! with `macros`:
//!
//! ```text
//! mod sqlite {
//!     threshold_testkit::store_contract!(fresh_sqlite().await);
//! }
//! ```
#![expect(clippy::unwrap_used, reason = "a case fails by panicking")]
#![expect(clippy::missing_panics_doc, reason = "a case fails by panicking")]
#![expect(clippy::unused_async, reason = "every case is called alike")]

pub mod access;
pub mod access_tokens;
pub mod api_keys;
pub mod attempts;
pub mod audit;
pub mod generators;
pub mod jobs;
pub mod links;
pub mod mailer;
pub mod news_feed;
pub mod password_hasher;
pub mod revocation_list;
pub mod session_renewals;
pub mod session_stores;
pub mod signing_keys;
pub mod stores;
pub mod token_buckets;
pub mod user_changes;
pub mod user_directory;
pub mod user_transfer;

pub use stores::Stores;

/// Expands the cases of `module` over fresh subjects. Used by the other macros.
#[macro_export]
macro_rules! contract_cases {
    ($module:ident, $fresh:expr, [$($case:ident),* $(,)?]) => {
        $(
            #[tokio::test]
            async fn $case() {
                let subject = $fresh;
                $crate::contract::$module::$case(&subject).await;
            }
        )*
    };
}
