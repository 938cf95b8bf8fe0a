//! How often somebody may guess.

use crate::Timestamp;
use chrono::TimeDelta;

/// So many failures in so long, counted from the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptLimit {
    /// How many failures there may be.
    pub failures: u32,
    /// How long they are remembered.
    pub window: TimeDelta,
}

/// What is counted under: a digest that names an account, or an account and where somebody tries from. Never the name itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttemptKey(pub [u8; 32]);

/// How many failures were counted since the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptCount {
    /// How many.
    pub failures: u32,
    /// When the first one was.
    pub since: Timestamp,
}

impl AttemptLimit {
    /// How many failures are left before nobody may try again.
    ///
    /// # Errors
    /// If none is: when that will be over.
    pub fn left(&self, count: Option<AttemptCount>, now: Timestamp) -> Result<u32, Timestamp> {
        let counted = count.filter(|count| now < count.since + self.window);
        let Some(count) = counted else { return Ok(self.failures) };
        match self.failures.saturating_sub(count.failures) {
            0 => Err(count.since + self.window),
            left => Ok(left),
        }
    }
}

impl AttemptLimit {
    /// Whether a count that has just grown is beyond the limit: then when that will be over.
    #[must_use]
    pub fn exceeded(&self, count: AttemptCount) -> Option<Timestamp> {
        (count.failures > self.failures).then(|| count.since + self.window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_beyond_the_limit_exceeds_it() {
        let limit = AttemptLimit { failures: 5, window: TimeDelta::hours(1) };
        let since = Timestamp::UNIX_EPOCH;
        assert_eq!(limit.exceeded(AttemptCount { failures: 5, since }), None);
        assert_eq!(limit.exceeded(AttemptCount { failures: 6, since }), Some(since + TimeDelta::hours(1)));
    }

    #[test]
    fn after_the_last_failure_nobody_may_try_until_the_window_ends() {
        let limit = AttemptLimit { failures: 10, window: TimeDelta::minutes(15) };
        let start = Timestamp::UNIX_EPOCH;
        let after = |failures, minutes| {
            limit.left(Some(AttemptCount { failures, since: start }), start + TimeDelta::minutes(minutes))
        };
        assert_eq!(limit.left(None, start), Ok(10));
        assert_eq!(after(9, 14), Ok(1));
        assert_eq!(after(10, 14), Err(start + TimeDelta::minutes(15)));
        assert_eq!(after(11, 0), Err(start + TimeDelta::minutes(15)));
        assert_eq!(after(11, 15), Ok(10));
    }
}
