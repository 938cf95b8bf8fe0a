//! The master key of a development database.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use threshold_application::ports::SecretGenerator;
use threshold_tokens::{MasterKey, MasterKeyError};
use tracing::warn;

/// The file of the master key is of no use.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyFileError {
    /// It can't be read or made.
    #[error("the secret key's file {path} can't be read or made")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It holds something else.
    #[error("the secret key's file {path} holds no secret key")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: MasterKeyError,
    },
}

/// Reads the key in `path`; makes one, for our eyes only, if there is none.
pub(super) fn read_or_make(path: &Path, secrets: &dyn SecretGenerator) -> Result<MasterKey, MasterKeyFileError> {
    let failed = |source| MasterKeyFileError::Io { path: path.to_owned(), source };
    match make(path, &MasterKey::generate(secrets)) {
        Ok(()) => warn!(path = %path.display(), "made a secret key for development; production asks for one of yours"),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(error)),
    }
    parse(path, &fs::read_to_string(path).map_err(failed)?)
}

/// The key in `path`, if there is one.
pub(super) fn read(path: &Path) -> Result<Option<MasterKey>, MasterKeyFileError> {
    match fs::read_to_string(path) {
        Ok(text) => parse(path, &text).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(MasterKeyFileError::Io { path: path.to_owned(), source }),
    }
}

fn parse(path: &Path, text: &str) -> Result<MasterKey, MasterKeyFileError> {
    text.trim().parse().map_err(|source| MasterKeyFileError::Malformed { path: path.to_owned(), source })
}

fn make(path: &Path, key: &MasterKey) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(key.to_hex().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}
