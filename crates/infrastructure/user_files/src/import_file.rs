//! A file of users that is brought in.

use crate::checkpoint_file::{CheckpointFile, Identity, Progress};
use crate::csv_lines::{CsvLines, Header};
use crate::cursor::Cursor;
use crate::format::Format;
use crate::kept::{Kept, beside};
use crate::lines::Lines;
use crate::ndjson::NdjsonLines;
use std::fs::{File, TryLockError};
use std::io::{self, BufReader, Seek, SeekFrom, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use threshold_application::ports::{BoxError, Checkpoint, RefusedLine, SourceLine, UserSource};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const BUFFER: usize = 256 * 1024;

/// A file of users. Beside it stand, as long as there is something to put into them, the refused lines (`.rejected`), why they
/// were refused (`.reasons`), and until the end how far it was read (`.progress`).
pub struct ImportFile {
    file: File,
    format: Format,
    identity: Identity,
    header: Option<Header>,
    lines: Box<dyn Lines>,
    checkpoint_file: CheckpointFile,
    rejected: Kept,
    reasons: Kept,
}

/// The file can't be brought in at all.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct OpenError {
    path: String,
    reason: String,
}

impl ImportFile {
    /// Opens the file, and keeps others from bringing it in at the same time. `store` names where its users go: a checkpoint
    /// of another store doesn't count.
    ///
    /// # Errors
    /// When it can't be read, is no file, or has no header line that names the columns.
    pub fn open(path: &Path, format: Format, store: &str) -> Result<Self, OpenError> {
        let refused = |reason: String| OpenError { path: path.display().to_string(), reason };
        let io = |error: io::Error| refused(error.to_string());
        let file = File::open(path).map_err(io)?;
        if !file.metadata().map_err(io)?.is_file() {
            return Err(refused("This is no file.".to_owned()));
        }
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(refused("Somebody else is bringing in this file.".to_owned()));
        }
        let start = start_of_text(&file).map_err(io)?;
        let mut text = Cursor::new(reader(&file, start).map_err(io)?, start, 1);
        let (lines, header): (Box<dyn Lines>, _) = match format {
            Format::Ndjson => (Box::new(NdjsonLines::new(text)), None),
            Format::Csv => {
                let header = Header::read(&mut text).map_err(io)?.map_err(refused)?;
                (Box::new(CsvLines::new(text, header.columns.clone())), Some(header))
            }
        };
        Ok(Self {
            lines,
            identity: Identity::of(&file, format, store).map_err(io)?,
            checkpoint_file: CheckpointFile::of(path),
            rejected: Kept::new(beside(path, "rejected")),
            reasons: Kept::new(beside(path, "reasons")),
            file,
            format,
            header,
        })
    }

    /// How many bytes it has.
    ///
    /// # Errors
    /// When the system doesn't tell.
    pub fn size(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Where refused lines are kept.
    #[must_use]
    pub fn rejected(&self) -> &Path {
        &self.rejected.path
    }

    /// Where the reasons are kept.
    #[must_use]
    pub fn reasons(&self) -> &Path {
        &self.reasons.path
    }

    fn progress(&self) -> Option<Progress> {
        let progress = self.checkpoint_file.load(&self.identity)?;
        let is_whole = self.rejected.holds(progress.rejected_bytes) && self.reasons.holds(progress.reasons_bytes);
        is_whole.then_some(progress)
    }

    fn save(&self, checkpoint: &Checkpoint) -> io::Result<()> {
        let progress = Progress {
            checkpoint: checkpoint.clone(),
            rejected_bytes: self.rejected.length(),
            reasons_bytes: self.reasons.length(),
        };
        self.checkpoint_file.save(&self.identity, &progress)
    }

    fn keep_refused(&mut self, refused: &[RefusedLine]) -> io::Result<()> {
        for line in refused {
            if let Some(header) = &self.header
                && self.rejected.length() == 0
            {
                copy_line(&self.file, header.place.bytes.clone(), self.rejected.file()?)?;
                self.rejected.sync()?;
            }
            copy_line(&self.file, line.place.bytes.clone(), self.rejected.file()?)?;
            writeln!(self.reasons.file()?, "line {}: {}", line.place.number, line.reason)?;
        }
        if !refused.is_empty() {
            self.rejected.sync()?;
            self.reasons.sync()?;
        }
        Ok(())
    }

    /// Reads on from somewhere in the middle.
    fn read_from(&mut self, position: u64, number: u64) -> io::Result<()> {
        let text = Cursor::new(reader(&self.file, position)?, position, number);
        self.lines = match &self.header {
            None => Box::new(NdjsonLines::new(text)),
            Some(header) => Box::new(CsvLines::new(text, header.columns.clone())),
        };
        Ok(())
    }

    fn go_on(&mut self, checkpoint: &Checkpoint) -> io::Result<()> {
        if checkpoint.position == 0 {
            let earlier_came_to_its_end = !self.checkpoint_file.exists();
            self.rejected.begin(earlier_came_to_its_end)?;
            self.reasons.begin(earlier_came_to_its_end)?;
        } else {
            let progress = self.progress().unwrap_or_default();
            self.rejected.cut(progress.rejected_bytes)?;
            self.reasons.cut(progress.reasons_bytes)?;
            self.read_from(checkpoint.position, checkpoint.lines + 1)?;
        }
        // From now on what is kept of refused lines is this run's.
        self.save(checkpoint)
    }

    fn read_lines(&mut self, at_most: usize) -> io::Result<Vec<SourceLine>> {
        let mut lines = Vec::with_capacity(at_most);
        while lines.len() < at_most
            && let Some(line) = self.lines.next()?
        {
            lines.push(line);
        }
        Ok(lines)
    }
}

impl UserSource for ImportFile {
    fn checkpoint(&self) -> Option<Checkpoint> {
        self.progress().map(|progress| progress.checkpoint)
    }

    fn start(&mut self, checkpoint: &Checkpoint) -> Result<(), BoxError> {
        Ok(self.go_on(checkpoint)?)
    }

    fn read(&mut self, at_most: usize) -> Result<Vec<SourceLine>, BoxError> {
        Ok(self.read_lines(at_most)?)
    }

    fn keep(&mut self, refused: &[RefusedLine], checkpoint: &Checkpoint) -> Result<(), BoxError> {
        self.keep_refused(refused)?;
        Ok(self.save(checkpoint)?)
    }

    fn finish(&mut self) -> Result<(), BoxError> {
        if Identity::of(&self.file, self.format, &self.identity.store)? != self.identity {
            return Err("it was changed while it was read: run the command again".into());
        }
        Ok(self.checkpoint_file.remove()?)
    }
}

/// Reads the file from there on; nobody else may read it the same way, since they would share the place.
fn reader(file: &File, position: u64) -> io::Result<BufReader<File>> {
    let mut file = file.try_clone()?;
    file.seek(SeekFrom::Start(position))?;
    Ok(BufReader::with_capacity(BUFFER, file))
}

/// Behind the mark that some programs begin a text with.
fn start_of_text(file: &File) -> io::Result<u64> {
    let mut first = [0; BYTE_ORDER_MARK.len()];
    let read = file.read_at(&mut first, 0)?;
    let has_mark = first.get(..read) == Some(BYTE_ORDER_MARK);
    Ok(if has_mark { u64::try_from(read).unwrap_or_default() } else { 0 })
}

/// Copies a line as it is, however long, and ends it if the file's end did.
fn copy_line(from: &File, bytes: Range<u64>, to: &mut File) -> io::Result<()> {
    let room = usize::try_from(bytes.end - bytes.start).unwrap_or(BUFFER).min(BUFFER);
    let (mut position, mut buffer, mut last) = (bytes.start, vec![0; room], None);
    while position < bytes.end {
        let wanted = usize::try_from(bytes.end - position).unwrap_or(room).min(room);
        let read = from.read_at(buffer.get_mut(..wanted).unwrap_or_default(), position)?;
        let part = buffer.get(..read).unwrap_or_default();
        to.write_all(part)?;
        last = part.last().copied();
        position += u64::try_from(read).unwrap_or_default();
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    if last == Some(b'\n') { Ok(()) } else { to.write_all(b"\n") }
}
