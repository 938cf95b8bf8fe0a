//! Files of users: NDJSON and CSV, read and written.
//!
//! [`ImportFile`] reads any file in bounded memory, whatever is in it, and keeps beside it how far that got and which lines were
//! refused; [`ExportFile`] writes one that appears under its name once it is complete. No reason repeats a value of a line.

mod checkpoint_file;
mod csv_lines;
mod cursor;
mod export_file;
mod format;
#[cfg(any(feature = "fuzzing", test))]
pub mod fuzzing;
mod import_file;
mod kept;
mod lines;
mod ndjson;

pub use export_file::ExportFile;
pub use format::Format;
pub use import_file::{ImportFile, OpenError};

#[cfg(test)]
mod tests {
    mod files;
    mod reading;
}
