//! A certificate and its key, in files.

use rustls::client::verify_server_name;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use std::path::{Path, PathBuf};

/// Where the certificate chain and its private key are, in PEM (RFC 7468).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// The private key, in PKCS #8, SEC 1 or PKCS #1.
    pub key: PathBuf,
}

/// The files are of no use.
#[derive(Debug, thiserror::Error)]
pub enum TlsFilesError {
    /// The certificate can't be read.
    #[error("the certificate in {path} can't be read: {reason}")]
    Certificate {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The key can't be read; nothing of it is repeated.
    #[error("the private key in {path} can't be read: {reason}")]
    Key {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: &'static str,
    },
    /// Each is good, and they don't belong together.
    #[error("the private key in {key} is not that of the certificate in {certificate}")]
    Mismatch {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
}

impl TlsFiles {
    /// Reads both and makes sure that they belong together.
    ///
    /// # Errors
    /// See [`TlsFilesError`].
    pub fn load(&self) -> Result<CertifiedKey, TlsFilesError> {
        let chain = self.chain()?;
        let refused = |reason| TlsFilesError::Key { path: self.key.clone(), reason };
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|error| refused(key_fault(&error)))?;
        CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| {
            if let rustls::Error::InconsistentKeys(_) = error {
                return TlsFilesError::Mismatch { certificate: self.certificate.clone(), key: self.key.clone() };
            }
            refused("its kind is not supported")
        })
    }

    /// Whether the server's own certificate is for `host`, a name or an address (RFC 9525).
    #[must_use]
    pub fn are_for(&self, host: &str) -> bool {
        let chain = self.chain().unwrap_or_default();
        let Some(certificate) = chain.first().and_then(|own| ParsedCertificate::try_from(own).ok()) else {
            return false;
        };
        ServerName::try_from(host).is_ok_and(|name| verify_server_name(&certificate, &name).is_ok())
    }

    /// The server's own certificate, then those that vouch for it.
    pub(crate) fn chain(&self) -> Result<Vec<CertificateDer<'static>>, TlsFilesError> {
        let refused = |reason: String| TlsFilesError::Certificate { path: self.certificate.clone(), reason };
        let found = certificates(&self.certificate).map_err(|error| refused(error.to_string()))?;
        if found.is_empty() { Err(refused("there is none in it".to_owned())) } else { Ok(found) }
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, pem::Error> {
    CertificateDer::pem_file_iter(path)?.collect()
}

/// The parser's own words could repeat a line of the file.
fn key_fault(error: &pem::Error) -> &'static str {
    if let pem::Error::Io(_) = error {
        "the file can't be read"
    } else if let pem::Error::NoItemsFound = error {
        "there is no private key in it"
    } else {
        "it is not valid PEM"
    }
}
