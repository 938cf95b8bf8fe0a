//! A file that users are written to.

use crate::format::Format;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
use threshold_application::ports::{BoxError, UserSink};
use threshold_domain::accounts::{UserField, UserRecord};

/// Where users are written to; the file can be read by its owner alone, and appears when it is complete.
pub struct ExportFile {
    form: Form,
    target: Option<Target>,
}

enum Form {
    Ndjson(BufWriter<Box<dyn Write + Send>>),
    Csv(Box<csv::Writer<Box<dyn Write + Send>>>),
}

struct Target {
    path: PathBuf,
    unfinished: NamedTempFile,
}

impl ExportFile {
    /// A file of that name, in place of whatever has it now.
    ///
    /// # Errors
    /// When none can be made in that folder.
    pub fn create(path: &Path, format: Format) -> io::Result<Self> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let unfinished = NamedTempFile::new_in(folder)?;
        let file: File = unfinished.reopen()?;
        let target = Target { path: path.to_owned(), unfinished };
        Ok(Self { form: Form::new(Box::new(file), format)?, target: Some(target) })
    }

    /// Standard output, or whatever else takes bytes.
    ///
    /// # Errors
    /// When it doesn't take any.
    pub fn to(out: Box<dyn Write + Send>, format: Format) -> io::Result<Self> {
        Ok(Self { form: Form::new(out, format)?, target: None })
    }

    /// Says that all is written: the file is on the disk now, under its name.
    ///
    /// # Errors
    /// When it can't be written; then there is no file of this name, or the one that there was.
    pub fn finish(mut self) -> io::Result<()> {
        match &mut self.form {
            Form::Ndjson(out) => out.flush()?,
            Form::Csv(out) => out.flush()?,
        }
        let Some(Target { path, unfinished }) = self.target else { return Ok(()) };
        unfinished.as_file().sync_all()?;
        unfinished.persist(path).map(drop).map_err(|refused| refused.error)
    }
}

impl Form {
    fn new(out: Box<dyn Write + Send>, format: Format) -> io::Result<Self> {
        Ok(match format {
            Format::Ndjson => Self::Ndjson(BufWriter::new(out)),
            Format::Csv => {
                let mut out = csv::Writer::from_writer(out);
                out.write_record(UserField::ALL.map(UserField::as_str))?;
                Self::Csv(Box::new(out))
            }
        })
    }
}

impl UserSink for ExportFile {
    fn write(&mut self, record: &UserRecord) -> Result<(), BoxError> {
        match &mut self.form {
            Form::Ndjson(out) => {
                let members = UserField::ALL.into_iter().filter_map(|field| Some((field.as_str(), record.get(field)?)));
                let mut json = serde_json::Serializer::new(&mut *out);
                serde::Serializer::collect_map(&mut json, members)?;
                out.write_all(b"\n")?;
            }
            Form::Csv(out) => out.write_record(UserField::ALL.map(|field| record.get(field).unwrap_or_default()))?,
        }
        Ok(())
    }
}
