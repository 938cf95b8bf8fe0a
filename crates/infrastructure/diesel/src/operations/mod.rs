//! Looking at the database without changing anything.

mod examination;
mod integrity;
mod migrations;
mod postgres;
mod sqlite;

pub(crate) use examination::DatabaseExamination;
pub(crate) use integrity::IntegrityExamination;
