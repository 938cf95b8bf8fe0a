//! CSV: values between commas, quoted where they hold a comma, a quote or the end of a line (RFC 4180).

use crate::cursor::Cursor;
use crate::lines::{Lines, MAX_LINE, NOT_UTF8, TOO_LONG, field, insert};
use csv_core::{ReadRecordResult, Reader};
use std::io::{self, BufRead};
use threshold_application::ports::{LinePlace, SourceLine};
use threshold_domain::accounts::{UserField, UserRecord};

/// More values than that are in no line.
const MAX_VALUES: usize = 64;
const NOT_CLOSED: &str = "A quote is not closed, or one within a value is not doubled.";

/// Reads lines as lists of values, each into the same room.
struct Room {
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

/// A line of values, or why it is none.
type Values<'a> = Result<Vec<&'a str>, String>;

impl Room {
    fn new() -> Self {
        Self { reader: Reader::new(), text: vec![0; MAX_LINE], ends: vec![0; MAX_VALUES] }
    }

    /// The next line that is not empty; `None` at the end. Of one that is too long the end is looked for and nothing kept.
    fn next<R: BufRead>(&mut self, cursor: &mut Cursor<R>) -> io::Result<Option<(LinePlace, Values<'_>)>> {
        cursor.skip(b"\r\n")?;
        let (start, number) = (cursor.position, cursor.number);
        let (mut written, mut values, mut fits, mut quotes) = (0, 0, true, 0);
        loop {
            let bytes = cursor.bytes()?;
            let text = self.text.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(values..).unwrap_or_default();
            let (result, read, more_text, more_values) = self.reader.read_record(bytes, text, ends);
            quotes += bytes.iter().take(read).filter(|byte| **byte == b'"').count();
            let after_return = bytes.get(..read).is_some_and(|read| read.ends_with(b"\r"));
            (written, values) = (written + more_text, values + more_values);
            cursor.advance(read)?;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    (written, values, fits) = (0, 0, false);
                }
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record => {
                    if after_return && cursor.bytes()?.first() == Some(&b'\n') {
                        cursor.advance(1)?;
                    }
                    break;
                }
            }
        }
        let bytes = start..cursor.position;
        let place = LinePlace { number, next_number: cursor.number, bytes };
        Ok(Some((place, self.values(values, fits, quotes % 2 == 0))))
    }

    fn values(&self, count: usize, fits: bool, quotes_are_closed: bool) -> Values<'_> {
        if !quotes_are_closed {
            return Err(NOT_CLOSED.to_owned());
        }
        if !fits {
            return Err(TOO_LONG.to_owned());
        }
        let mut start = 0;
        let ends = self.ends.iter().take(count);
        let value = ends.map(|end| {
            let value = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            str::from_utf8(value).map_err(|_utf8| NOT_UTF8.to_owned())
        });
        value.collect()
    }
}

/// The first line: which value of a line is which field.
pub(crate) struct Header {
    pub(crate) place: LinePlace,
    pub(crate) columns: Vec<UserField>,
}

impl Header {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read<R: BufRead>(text: &mut Cursor<R>) -> io::Result<Result<Self, String>> {
        let mut room = Room::new();
        let Some((place, names)) = room.next(text)? else {
            return Ok(Err("The file has no header line.".to_owned()));
        };
        let columns = names.and_then(|names| columns(&names));
        let explained = |reason| format!("The header line doesn't name the columns: {reason}");
        Ok(columns.map(|columns| Self { place, columns }).map_err(explained))
    }
}

fn columns(names: &[&str]) -> Result<Vec<UserField>, String> {
    let columns = names.iter().map(|name| field(name)).collect::<Result<Vec<_>, _>>()?;
    let mut seen = UserRecord::default();
    columns.iter().try_for_each(|column| insert(&mut seen, *column, String::new()))?;
    if columns.contains(&UserField::Email) { Ok(columns) } else { Err("email is missing.".to_owned()) }
}

/// Reads the lines behind the header.
pub(crate) struct CsvLines<R> {
    cursor: Cursor<R>,
    room: Room,
    columns: Vec<UserField>,
}

impl<R: BufRead> CsvLines<R> {
    pub(crate) fn new(cursor: Cursor<R>, columns: Vec<UserField>) -> Self {
        Self { cursor, room: Room::new(), columns }
    }
}

impl<R: BufRead + Send> Lines for CsvLines<R> {
    fn next(&mut self) -> io::Result<Option<SourceLine>> {
        let Some((place, values)) = self.room.next(&mut self.cursor)? else { return Ok(None) };
        let record = values.and_then(|values| record(&self.columns, &values));
        Ok(Some(SourceLine { place, record }))
    }
}

/// An empty value is none.
fn record(columns: &[UserField], values: &[&str]) -> Result<UserRecord, String> {
    if values.len() != columns.len() {
        return Err(format!("The line has {} values, the header {}.", values.len(), columns.len()));
    }
    let mut record = UserRecord::default();
    for (column, value) in columns.iter().zip(values).filter(|(_, value)| !value.is_empty()) {
        insert(&mut record, *column, (*value).to_owned())?;
    }
    Ok(record)
}
