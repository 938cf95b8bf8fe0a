//! The forms of files.

use std::path::Path;

/// How users are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A JSON object a line.
    Ndjson,
    /// Commas between values, the names in the first line (RFC 4180).
    Csv,
}

impl Format {
    /// What the file's name says: `.ndjson`, `.jsonl` or `.csv`, also with `.rejected` behind it.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "csv" => Some(Self::Csv),
            "rejected" => Self::of(Path::new(path.file_stem()?)),
            _ => None,
        }
    }

    /// The name, as checkpoints and the audit log use it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }
}
