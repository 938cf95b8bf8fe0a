//! The certificate that is served, until another one takes its place.

use super::{TlsFiles, TlsFilesError};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::sync::{Arc, PoisonError, RwLock};

/// Serves one certificate to everybody; it can be replaced while connections live on with the one before.
#[derive(Debug)]
pub(crate) struct ServedCertificate {
    files: TlsFiles,
    current: RwLock<Arc<CertifiedKey>>,
}

impl ServedCertificate {
    /// Serves what is in the files.
    pub(crate) fn read(files: &TlsFiles) -> Result<Arc<Self>, TlsFilesError> {
        let current = RwLock::new(Arc::new(files.load()?));
        Ok(Arc::new(Self { files: files.clone(), current }))
    }

    /// Reads the files again. What can't be read takes no place.
    pub(crate) fn reload(&self) -> Result<(), TlsFilesError> {
        let fresh = Arc::new(self.files.load()?);
        // A panic can't leave the pointer half-changed.
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// TLS 1.2 and 1.3 with this certificate; clients need none.
    pub(crate) fn server_config(self: &Arc<Self>) -> Result<ServerConfig, rustls::Error> {
        let versions = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?;
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Self>::clone(self);
        Ok(versions.with_no_client_auth().with_cert_resolver(resolver))
    }
}

impl ResolvesServerCert for ServedCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}
