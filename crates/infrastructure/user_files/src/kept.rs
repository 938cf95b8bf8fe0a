//! Files that are kept beside another one.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// `users.csv.rejected` for `users.csv` and `rejected`.
pub(crate) fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".");
    name.push(what);
    name.into()
}

/// For our eyes only.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// A file that grows, and is made when there is something to put into it.
pub(crate) struct Kept {
    pub(crate) path: PathBuf,
    file: Option<File>,
    length: u64,
}

impl Kept {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, file: None, length: 0 }
    }

    /// How long it is.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Whether the file holds as much.
    pub(crate) fn holds(&self, length: u64) -> bool {
        length == 0 || fs::metadata(&self.path).is_ok_and(|file| file.len() >= length)
    }

    /// Begins anew. What an earlier run left is put aside if it came to its end: somebody may be mending it.
    pub(crate) fn begin(&mut self, earlier_came_to_its_end: bool) -> io::Result<()> {
        (self.file, self.length) = (None, 0);
        let cleared = if earlier_came_to_its_end {
            fs::rename(&self.path, beside(&self.path, "old"))
        } else {
            fs::remove_file(&self.path)
        };
        cleared.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
    }

    /// Goes on behind so many bytes.
    pub(crate) fn cut(&mut self, length: u64) -> io::Result<()> {
        if length == 0 {
            return self.begin(false);
        }
        let file = OpenOptions::new().append(true).open(&self.path)?;
        file.set_len(length)?;
        (self.file, self.length) = (Some(file), length);
        Ok(())
    }

    /// Where to append to.
    pub(crate) fn file(&mut self) -> io::Result<&mut File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => OpenOptions::new().append(true).create_new(true).mode(0o600).open(&self.path)?,
        };
        Ok(self.file.insert(file))
    }

    /// Has what was appended be on the disk.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        file.sync_data()?;
        self.length = file.metadata()?.len();
        Ok(())
    }
}
