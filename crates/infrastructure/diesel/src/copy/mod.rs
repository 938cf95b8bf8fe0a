//! Copying a whole database from one kind to the other.
//!
//! Nothing here knows a table: what is copied is read from the catalogues, and every value passes in one form that both
//! databases have (`value`). A table goes in the order of its key, in transactions of some thousand rows, so that the greatest key
//! in the target tells how far a copy got that was cut off (`run`). In the end both sides are read again and compared (`digest`).

mod catalogue;
mod digest;
mod error;
mod postgres;
mod run;
mod sqlite;
mod table;
mod target;
mod value;

pub use error::CopyError;
pub use run::{CopyProgress, CopyReport, copy_database};
pub(crate) use target::{BOOKKEEPING, is_unfinished_copy};
