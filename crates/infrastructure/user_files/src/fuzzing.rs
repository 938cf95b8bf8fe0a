//! A way in for fuzzing, which reaches only what is public.

use crate::csv_lines::{CsvLines, Header};
use crate::cursor::Cursor;
use crate::format::Format;
use crate::lines::Lines;
use crate::ndjson::NdjsonLines;
use std::io;
use threshold_application::ports::SourceLine;

/// All lines of a file that holds `bytes`; `None` where its header is no good.
///
/// # Errors
/// Never: there is no file.
pub fn read(format: Format, bytes: &[u8]) -> io::Result<Option<Vec<SourceLine>>> {
    // Small pieces, so that everything is cut somewhere.
    let mut text = Cursor::new(io::BufReader::with_capacity(16, bytes), 0, 1);
    match format {
        Format::Ndjson => all(&mut NdjsonLines::new(text)).map(Some),
        Format::Csv => match Header::read(&mut text)? {
            Ok(header) => all(&mut CsvLines::new(text, header.columns)).map(Some),
            Err(_refused) => Ok(None),
        },
    }
}

fn all(lines: &mut dyn Lines) -> io::Result<Vec<SourceLine>> {
    std::iter::from_fn(|| lines.next().transpose()).collect()
}
