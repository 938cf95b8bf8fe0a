//! Files of users. They are read and written where they are called for: a file keeps nobody waiting.

use super::BoxError;
use std::ops::Range;
use threshold_domain::accounts::{UserId, UserRecord};

/// A file of users that is brought in, and what is kept beside it about how far that got.
///
/// First [`start`](UserSource::start), then [`read`](UserSource::read) until nothing is left, [`keep`](UserSource::keep) after
/// each part that is done, and [`finish`](UserSource::finish).
pub trait UserSource: Send {
    /// How far an earlier run got that was cut off, if it read the same unchanged file for the same store.
    fn checkpoint(&self) -> Option<Checkpoint>;

    /// Goes on behind `checkpoint`, or begins at the beginning with a default one. What was kept of lines behind it is dropped.
    ///
    /// # Errors
    /// When the file can't be read, or nothing can be written beside it.
    fn start(&mut self, checkpoint: &Checkpoint) -> Result<(), BoxError>;

    /// The next lines, at most so many; none at the end. A line takes bounded memory however long it is.
    ///
    /// # Errors
    /// When the file can't be read.
    fn read(&mut self, at_most: usize) -> Result<Vec<SourceLine>, BoxError>;

    /// Keeps refused lines in their original form, with the reasons, and then the checkpoint.
    ///
    /// # Errors
    /// When they can't be written.
    fn keep(&mut self, refused: &[RefusedLine], checkpoint: &Checkpoint) -> Result<(), BoxError>;

    /// Forgets the checkpoint: all is done.
    ///
    /// # Errors
    /// When that can't be written.
    fn finish(&mut self) -> Result<(), BoxError>;
}

/// One user's line, or lines where a quoted value goes over several.
#[derive(Debug)]
pub struct SourceLine {
    /// Where it stands.
    pub place: LinePlace,
    /// What it says, or why it can't be read; the reason repeats no value.
    pub record: Result<UserRecord, String>,
}

/// Where a line stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinePlace {
    /// Its number, from 1.
    pub number: u64,
    /// The number of the line that the byte behind it is in.
    pub next_number: u64,
    /// Its bytes in the file, its end of line included.
    pub bytes: Range<u64>,
}

/// A line that was not brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLine {
    /// Where it stands.
    pub place: LinePlace,
    /// Why; repeats no value.
    pub reason: String,
}

/// How far bringing in a file got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// All bytes before this one are done.
    pub position: u64,
    /// How many ends of lines those hold.
    pub lines: u64,
    /// What became of them.
    pub tally: ImportTally,
    /// A user of the last part that is done.
    pub newest: Option<UserId>,
}

/// What became of lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportTally {
    /// Users who were not there before.
    pub imported: u64,
    /// Users who were there already, with the same names and the same hash.
    pub already_there: u64,
    /// Lines that were refused.
    pub refused: u64,
}

/// Watches users being brought in.
pub trait ImportProgress: Send {
    /// An earlier run is continued.
    fn resumed(&mut self, checkpoint: &Checkpoint);

    /// A line was refused.
    fn refused(&mut self, line: &RefusedLine);

    /// All up to there is done.
    fn advanced(&mut self, checkpoint: &Checkpoint);
}

/// A file that users are written to.
pub trait UserSink: Send {
    /// Adds one.
    ///
    /// # Errors
    /// When it can't be written.
    fn write(&mut self, record: &UserRecord) -> Result<(), BoxError>;
}
