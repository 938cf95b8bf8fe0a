//! NDJSON: a JSON object a line.

use crate::cursor::Cursor;
use crate::lines::{Lines, MAX_LINE, NOT_UTF8, TOO_LONG, field, insert};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt;
use std::io::{self, BufRead};
use threshold_application::ports::{LinePlace, SourceLine};
use threshold_domain::accounts::UserRecord;

/// Reads objects line by line; blank lines are none.
pub(crate) struct NdjsonLines<R> {
    cursor: Cursor<R>,
    line: Vec<u8>,
}

impl<R: BufRead> NdjsonLines<R> {
    pub(crate) fn new(cursor: Cursor<R>) -> Self {
        Self { cursor, line: Vec::new() }
    }

    /// Reads to the end of a line; of one that is too long nothing is remembered, and `false` answered.
    fn read_line(&mut self) -> io::Result<bool> {
        self.line.clear();
        let (mut fits, mut ended) = (true, false);
        while !ended {
            let bytes = self.cursor.bytes()?;
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let part = bytes.get(..end.map_or(bytes.len(), |at| at + 1)).unwrap_or_default();
            ended = end.is_some() || part.is_empty();
            fits = fits && self.line.len() + part.len() <= MAX_LINE;
            if fits {
                self.line.extend_from_slice(part);
            }
            let count = part.len();
            self.cursor.advance(count)?;
        }
        Ok(fits)
    }
}

impl<R: BufRead + Send> Lines for NdjsonLines<R> {
    fn next(&mut self) -> io::Result<Option<SourceLine>> {
        loop {
            let (start, number) = (self.cursor.position, self.cursor.number);
            let fits = self.read_line()?;
            if self.cursor.position == start {
                return Ok(None);
            }
            if fits && self.line.trim_ascii().is_empty() {
                continue;
            }
            let record = if fits { read(&self.line) } else { Err(TOO_LONG.to_owned()) };
            let bytes = start..self.cursor.position;
            let place = LinePlace { number, next_number: self.cursor.number, bytes };
            return Ok(Some(SourceLine { place, record }));
        }
    }
}

fn read(line: &[u8]) -> Result<UserRecord, String> {
    let text = str::from_utf8(line).map_err(|_utf8| NOT_UTF8.to_owned())?;
    if !text.trim_ascii_start().starts_with('{') {
        return Err("The line is no JSON object.".to_owned());
    }
    // Of the error only the place: its text may repeat what stands there.
    let members: Members = serde_json::from_str(text)
        .map_err(|error| format!("The line is no JSON, from column {} on.", error.column()))?;
    let mut record = UserRecord::default();
    for (name, value) in members.0 {
        let field = field(&name)?;
        match value {
            Value::String(text) => insert(&mut record, field, text)?,
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                return Err(format!("{} must be a string.", field.as_str()));
            }
        }
    }
    Ok(record)
}

/// The members of an object, those that are named twice included.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}
