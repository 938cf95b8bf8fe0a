//! TLS on the listener itself: the certificate's files, what is served of them, and asking a listener that has it.

mod files;
mod pinned;
mod served;

pub use files::{TlsFiles, TlsFilesError};
pub(crate) use pinned::connect_pinned;
pub(crate) use served::ServedCertificate;
