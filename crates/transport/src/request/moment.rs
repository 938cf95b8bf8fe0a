//! Moments, as cursors hold them.

use serde::{Deserialize, Serialize};
use threshold_domain::Timestamp;

/// Microseconds since 1970. None that clients make up is before the year 0 or after 9999: every database knows them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub(crate) struct Moment(pub(crate) Timestamp);

impl From<Moment> for i64 {
    fn from(moment: Moment) -> Self {
        moment.0.timestamp_micros()
    }
}

impl TryFrom<i64> for Moment {
    type Error = &'static str;

    fn try_from(micros: i64) -> Result<Self, Self::Error> {
        const YEAR_0: i64 = -62_167_219_200_000_000;
        const YEAR_10000: i64 = 253_402_300_800_000_000;
        let known = Some(micros).filter(|micros| (YEAR_0..YEAR_10000).contains(micros));
        known.and_then(Timestamp::from_timestamp_micros).map(Self).ok_or("no moment that a list can begin at")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_that_no_database_knows_are_made_up() {
        for micros in [i64::MIN, -300_000_000_000_000_000, -62_167_219_200_000_001, 253_402_300_800_000_000, i64::MAX] {
            assert!(serde_json::from_str::<Moment>(&micros.to_string()).is_err(), "{micros}");
        }
        for micros in [-62_167_219_200_000_000_i64, 0, 253_402_300_799_999_999] {
            let moment: Moment = serde_json::from_str(&micros.to_string()).unwrap();
            assert_eq!(serde_json::to_string(&moment).unwrap(), micros.to_string());
        }
    }
}
