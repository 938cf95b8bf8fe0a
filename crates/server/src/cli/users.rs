//! `threshold users`

use super::import_progress::ShownProgress;
use super::{Failure, print, serve};
use crate::config::Settings;
use crate::server::{user_export, user_import};
use clap::{Subcommand, ValueEnum};
use std::io;
use std::path::{Path, PathBuf};
use threshold_application::ports::{BoxError, ImportTally};
use threshold_domain::audit::Initiator;
use threshold_user_files::{ExportFile, Format, ImportFile};

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Task {
    /// Brings in the users of a file, also while the service runs.
    ///
    /// A line is a user: `email`, and if known `username`, `display_name`, `password_hash` (bcrypt, cost 4 to 16),
    /// `email_verified_at`, `status`, `created_at`, `last_login_at`, `id`. Lines that are no good are written to FILE.rejected, and
    /// why to FILE.reasons; all others go in. Cut off, it goes on where it was when it is run again. Who is there already with the
    /// same names and the same hash is left alone. Nobody is sent a mail.
    ///
    /// Ends with 0 if every line is in, with 1 if some were refused.
    Import {
        /// NDJSON (`.ndjson`, `.jsonl`) or CSV with a header line (`.csv`).
        file: PathBuf,
        /// How it is written, whatever its name says.
        #[arg(long)]
        format: Option<Form>,
    },
    /// Writes down all users who are not deleted, in a form that `users import` takes; the audit log tells of it.
    Export {
        /// Where to; standard output without it. The file can be read by its owner alone, and appears when it is complete.
        file: Option<PathBuf>,
        /// How to write it; else the name decides, and NDJSON is written where it says nothing.
        #[arg(long)]
        format: Option<Form>,
        /// Writes password hashes too, so that people keep their passwords in another installation.
        ///
        /// Whoever gets hold of the file can then guess passwords as fast as their machines allow, unseen and unlimited. Without
        /// hashes people choose a new password by a mailed link.
        #[arg(long)]
        with_password_hashes: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Form {
    /// A JSON object a line.
    Ndjson,
    /// Values between commas, the names in the first line.
    Csv,
}

impl From<Form> for Format {
    fn from(form: Form) -> Self {
        match form {
            Form::Ndjson => Self::Ndjson,
            Form::Csv => Self::Csv,
        }
    }
}

pub(super) fn run(task: &Task, settings: &Settings) -> Result<(), Failure> {
    match task {
        Task::Import { file, format } => import(file, format.map(Format::from), settings),
        Task::Export { file, format, with_password_hashes } => {
            let named = file.as_deref().and_then(Format::of);
            let format = format.map(Format::from).or(named).unwrap_or(Format::Ndjson);
            export(file.as_deref(), format, *with_password_hashes, settings)
        }
    }
}

fn import(path: &Path, format: Option<Format>, settings: &Settings) -> Result<(), Failure> {
    let Some(format) = format.or_else(|| Format::of(path)) else {
        return Err(Failure::Usage("say by --format how the file is written: its name doesn't".into()));
    };
    let store = settings.database.url.to_string();
    let mut file = ImportFile::open(path, format, &store).map_err(|error| Failure::Usage(error.into()))?;
    let mut progress = ShownProgress::new(file.size().map_err(BoxError::from)?);
    let tally = serve::runtime()?.block_on(async {
        let users = user_import(settings).await?;
        let imported = users.execute(&mut file, &mut progress).await;
        progress.end();
        Ok::<_, BoxError>(imported?)
    })?;
    report(&tally, &file)
}

fn report(tally: &ImportTally, file: &ImportFile) -> Result<(), Failure> {
    let ImportTally { imported, already_there, refused } = tally;
    print(&format!("Imported {imported}, already there {already_there}, refused {refused}.\n"))?;
    if *refused == 0 {
        return Ok(());
    }
    let (rejected, reasons) = (file.rejected().display(), file.reasons().display());
    Err(Failure::Other(format!("refused lines are in {rejected}, why is in {reasons}: mend and import it").into()))
}

fn export(path: Option<&Path>, format: Format, with_hashes: bool, settings: &Settings) -> Result<(), Failure> {
    let opened = match path {
        Some(path) => ExportFile::create(path, format),
        None => ExportFile::to(Box::new(io::stdout()), format),
    };
    let mut file = opened.map_err(|error| {
        let path = path.unwrap_or(Path::new("standard output")).display();
        Failure::Usage(format!("{path}: {error}").into())
    })?;
    let written = serve::runtime()?.block_on(async {
        let users = user_export(settings).await?;
        Ok::<_, BoxError>(users.execute(&Initiator::operator(), &mut file, format.as_str(), with_hashes).await?)
    })?;
    file.finish().map_err(BoxError::from)?;
    match path {
        Some(_) => print(&format!("Exported {written}.\n")),
        None => Ok(()),
    }
}
