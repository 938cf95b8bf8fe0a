//! What is done again and again.

use super::Task;
use crate::Timestamp;
use chrono::TimeDelta;

/// A task and its ticks: the moments that are whole periods, and the offset, after 1970 in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// What is done at each tick.
    pub task: Task,
    period: TimeDelta,
    offset: TimeDelta,
}

impl Schedule {
    /// Every so often; a period under a second counts as one.
    #[must_use]
    pub fn every(period: TimeDelta, task: Task) -> Self {
        Self { task, period: period.max(TimeDelta::seconds(1)), offset: TimeDelta::zero() }
    }

    /// Once a day, so long after midnight in UTC.
    #[must_use]
    pub fn daily(offset: TimeDelta, task: Task) -> Self {
        Self { task, period: TimeDelta::days(1), offset }
    }

    /// The last tick at `now`.
    #[must_use]
    pub fn last_tick(&self, now: Timestamp) -> Timestamp {
        let since = now.signed_duration_since(Timestamp::UNIX_EPOCH + self.offset).num_seconds();
        let period = self.period.num_seconds();
        Timestamp::UNIX_EPOCH + self.offset + TimeDelta::seconds(since.div_euclid(period) * period)
    }

    /// The next tick after `now`.
    #[must_use]
    pub fn next_tick(&self, now: Timestamp) -> Timestamp {
        self.last_tick(now) + self.period
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn ticks_are_whole_periods() {
        let schedule = Schedule::every(TimeDelta::minutes(1), Task::EnforceRetention);
        assert_eq!(schedule.last_tick(at("2026-11-21T10:20:30.5Z")), at("2026-11-21T10:20:00Z"));
        assert_eq!(schedule.last_tick(at("2026-11-21T10:20:00Z")), at("2026-11-21T10:20:00Z"));
        assert_eq!(schedule.next_tick(at("2026-11-21T10:20:00Z")), at("2026-11-21T10:21:00Z"));
    }

    #[test]
    fn a_daily_tick_is_at_its_time_of_day() {
        let schedule = Schedule::daily(TimeDelta::hours(3), Task::EnforceRetention);
        assert_eq!(schedule.last_tick(at("2026-11-21T02:59:59Z")), at("2026-11-20T03:00:00Z"));
        assert_eq!(schedule.last_tick(at("2026-11-21T03:00:00Z")), at("2026-11-21T03:00:00Z"));
        assert_eq!(schedule.next_tick(at("2026-11-21T03:00:00Z")), at("2026-11-22T03:00:00Z"));
    }
}
