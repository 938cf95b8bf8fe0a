//! How long to wait before trying again.

use chrono::TimeDelta;

/// Waiting times that double with each try and differ by chance, so that those who failed together don't come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The longest wait after the first try.
    pub first: TimeDelta,
    /// The longest wait at all.
    pub longest: TimeDelta,
}

impl Default for Backoff {
    /// From five seconds to an hour.
    fn default() -> Self {
        Self { first: TimeDelta::seconds(5), longest: TimeDelta::hours(1) }
    }
}

impl Backoff {
    /// The wait after try number `attempt`, from 1: between half and all of what it may be at most, as `chance` says.
    #[must_use]
    pub fn delay(&self, attempt: u32, chance: u32) -> TimeDelta {
        let doublings = attempt.saturating_sub(1).min(30);
        let most = self.first.num_milliseconds().saturating_mul(1 << doublings).min(self.longest.num_milliseconds());
        let half = most / 2;
        let part = i128::from(half) * i128::from(chance) / i128::from(u32::MAX);
        TimeDelta::milliseconds(most - half + i64::try_from(part).unwrap_or(half))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let most = |attempt| Backoff::default().delay(attempt, u32::MAX).num_seconds();
        assert_eq!([1, 2, 3, 4, 10, 11, 1000].map(most), [5, 10, 20, 40, 2560, 3600, 3600]);
    }

    #[test]
    fn chance_takes_away_up_to_half() {
        let wait = |chance| Backoff::default().delay(2, chance).num_milliseconds();
        assert_eq!([0, u32::MAX / 2, u32::MAX].map(wait), [5000, 7499, 10_000]);
    }
}
