//! Settings read one by one, every fault noted.

use super::fault::{Fault, Faults};
use super::layers::{Found, Layers};
use std::collections::BTreeMap;
use std::fmt::Display;

/// The values while they are read.
pub(crate) struct Reader {
    values: BTreeMap<&'static str, Found>,
    faults: Vec<Fault>,
}

/// A fault was found and noted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noted;

impl Reader {
    pub(crate) fn new(layers: Layers) -> Self {
        Self { values: layers.values, faults: layers.faults }
    }

    /// What `read` made of the values.
    ///
    /// # Errors
    /// Every fault at once.
    pub(crate) fn finish<T>(self, value: Result<T, Noted>) -> Result<T, Faults> {
        match value {
            Ok(value) if self.faults.is_empty() => Ok(value),
            Ok(_) | Err(Noted) => Err(Faults(self.faults)),
        }
    }

    /// A setting that has a value; empty text is none.
    pub(crate) fn required<T, E: Display>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Noted> {
        match self.optional(key, parse)? {
            Some(value) => Ok(value),
            None => Err(self.fault(key, "must not be empty")),
        }
    }

    /// A setting that may have none.
    pub(crate) fn optional<T, E: Display>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Noted> {
        match self.values.get(key).filter(|found| !found.text.is_empty()) {
            None => Ok(None),
            Some(found) => parse(&found.text).map(Some).map_err(|error| self.fault(key, error.to_string())),
        }
    }

    /// Notes what is wrong with a setting.
    pub(crate) fn fault(&mut self, key: &'static str, message: impl Into<String>) -> Noted {
        let origin = self.values.get(key).map_or("no layer", |found| found.origin.as_str()).to_owned();
        self.faults.push(Fault { key: key.to_owned(), origin, message: message.into() });
        Noted
    }
}
