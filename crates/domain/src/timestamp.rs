//! Moments as people and machines write them.

use crate::{Refusal, RefusalCode, Timestamp};
use chrono::Datelike;

/// Reads a time of RFC 3339, cut to microseconds; in UTC too its year has four digits, so that it can be written again.
///
/// # Errors
/// `invalid-format`.
pub fn parse_timestamp(text: &str) -> Result<Timestamp, Refusal> {
    let read = chrono::DateTime::parse_from_rfc3339(text).ok();
    let cut = read.and_then(|at| Timestamp::from_timestamp_micros(at.timestamp_micros()));
    cut.filter(|at| (0..=9999).contains(&at.year())).ok_or_else(|| {
        Refusal::new(RefusalCode::InvalidFormat, "A time is written like 2026-11-21T03:23:02Z (RFC 3339).")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_any_offset_are_read_in_utc() {
        let at = parse_timestamp("2026-11-21T04:23:02.123456789+01:00").unwrap();
        assert_eq!(at, parse_timestamp("2026-11-21T03:23:02.123456Z").unwrap());
    }

    #[test]
    fn what_could_not_be_written_again_is_no_time() {
        for text in ["", "2026-11-21", "2026-11-21T03:23:02", "9999-12-31T23:59:59-01:00", "2026-02-30T00:00:00Z"] {
            assert_eq!(parse_timestamp(text).unwrap_err().code(), RefusalCode::InvalidFormat, "{text}");
        }
    }
}
