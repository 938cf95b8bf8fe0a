//! What was counted.

mod attempts;

pub(crate) use attempts::DieselAttemptReader;
