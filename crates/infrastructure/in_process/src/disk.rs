//! Looks at files and at the disk that they are on.

use async_trait::async_trait;
use rustix::fs::{statfs, statvfs};
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use threshold_application::ports::Examination;
use threshold_domain::operations::{FileAccess, Finding, Space, judge_access, judge_space};

const NO_DISK: &str = "make it readable for the user that Threshold runs as";

/// File systems whose locks can't be relied on between machines, by the numbers that Linux gives them (statfs(2)).
const NETWORK: [(u64, &str); 8] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB2"),
    (0x5346_414f, "AFS"),
    (0x00c3_6400, "Ceph"),
    (0x0102_1997, "9P"),
    (0x0bd0_0bd0, "Lustre"),
];

/// The room in folders that are written to; where one will be made, the room where that will be.
pub struct DiskSpace {
    /// Which folders.
    pub folders: Vec<PathBuf>,
}

/// Files that only their owner may read. Those that aren't there are passed over.
pub struct PrivateFiles {
    /// What the finding is called.
    pub name: &'static str,
    /// Which files.
    pub files: Vec<PathBuf>,
}

/// Whether a database file is where other machines might have it open, too.
pub struct SharedFileSystem {
    /// Which file; it need not be there yet.
    pub file: PathBuf,
}

#[async_trait]
impl Examination for DiskSpace {
    fn name(&self) -> &'static str {
        "disk-space"
    }

    async fn examine(&self) -> Vec<Finding> {
        let (name, folders) = (self.name(), self.folders.clone());
        apart(name, move || folders.iter().map(|folder| look(name, folder, space)).collect()).await
    }
}

#[async_trait]
impl Examination for PrivateFiles {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn examine(&self) -> Vec<Finding> {
        let (name, files) = (self.name, self.files.clone());
        apart(name, move || files.iter().filter_map(|file| access(name, file)).collect()).await
    }
}

#[async_trait]
impl Examination for SharedFileSystem {
    fn name(&self) -> &'static str {
        "database-disk"
    }

    async fn examine(&self) -> Vec<Finding> {
        let (name, file) = (self.name(), self.file.clone());
        apart(name, move || vec![look(name, &file, sharing)]).await
    }
}

/// Looks on a thread of its own: a network's disk that has gone answers never.
async fn apart(name: &'static str, work: impl FnOnce() -> Vec<Finding> + Send + 'static) -> Vec<Finding> {
    let looked = tokio::task::spawn_blocking(work).await;
    looked.unwrap_or_else(|error| vec![Finding::fail(name, error.to_string(), "please report this")])
}

/// Looks at what is there of a path: itself, or the nearest folder above it.
fn look(name: &'static str, path: &Path, at: impl Fn(&'static str, &Path) -> io::Result<Finding>) -> Finding {
    let place = path.ancestors().find(|place| place.exists()).unwrap_or(Path::new("."));
    at(name, place).unwrap_or_else(|error| Finding::fail(name, format!("{}: {error}", place.display()), NO_DISK))
}

fn space(name: &'static str, place: &Path) -> io::Result<Finding> {
    let status = statvfs(place)?;
    let bytes = |blocks: u64| blocks.saturating_mul(status.f_frsize);
    let path = place.display().to_string();
    Ok(judge_space(name, &Space { path, free: bytes(status.f_bavail), total: bytes(status.f_blocks) }))
}

fn sharing(name: &'static str, place: &Path) -> io::Result<Finding> {
    let number = u64::try_from(statfs(place)?.f_type).unwrap_or_default();
    let path = place.display();
    Ok(match NETWORK.iter().find(|(known, _)| *known == number) {
        Some((_, system)) => Finding::warn(
            name,
            format!("{path} is on {system}, where SQLite's locks can't be relied on"),
            "move the file to a disk of this machine, or use PostgreSQL",
        ),
        None => Finding::ok(name, format!("{path} is on no network file system that we know")),
    })
}

fn access(name: &'static str, file: &Path) -> Option<Finding> {
    let path = file.display().to_string();
    match fs::metadata(file) {
        Ok(found) => Some(judge_access(name, &FileAccess { path, mode: found.permissions().mode() })),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => Some(Finding::fail(name, format!("{path}: {error}"), NO_DISK)),
    }
}
