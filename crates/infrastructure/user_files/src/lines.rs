//! What both forms have in common.

use std::io;
use threshold_application::ports::SourceLine;
use threshold_domain::accounts::{UserField, UserRecord};

/// The longest line that can be a user, in bytes.
pub(crate) const MAX_LINE: usize = 64 * 1024;
pub(crate) const TOO_LONG: &str = "The line is longer than 64 KiB.";
pub(crate) const NOT_UTF8: &str = "The line is not UTF-8.";

/// Reads lines one by one.
pub(crate) trait Lines: Send {
    /// The next line; `None` at the end.
    fn next(&mut self) -> io::Result<Option<SourceLine>>;
}

/// The field of that name.
pub(crate) fn field(name: &str) -> Result<UserField, String> {
    UserField::from_name(name).ok_or_else(|| format!("There is no field {}.", shown(name)))
}

/// Adds a value to a record.
pub(crate) fn insert(record: &mut UserRecord, field: UserField, text: String) -> Result<(), String> {
    if record.insert(field, text) { Ok(()) } else { Err(format!("{} is there twice.", field.as_str())) }
}

/// A name that somebody else chose, if it is surely one: where the names are missing, values stand in their place.
fn shown(name: &str) -> String {
    let is_plain = name.len() <= 30 && name.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_-. ".contains(&byte));
    if is_plain { format!("`{name}`") } else { "of the name that stands there".to_owned() }
}
