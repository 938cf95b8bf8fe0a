//! How far clocks may differ.

use super::Finding;
use crate::Timestamp;
use chrono::TimeDelta;

/// Instances judge times that others wrote: ends of sessions, leases of jobs.
const TOLERATED: TimeDelta = TimeDelta::seconds(1);
const BEARABLE: TimeDelta = TimeDelta::seconds(5);
const ADVICE: &str = "synchronise both machines' clocks, for example by chrony or systemd-timesyncd";

/// Compares another clock, read between `before` and `after` on ours.
#[must_use]
pub fn judge_clock(name: &'static str, before: Timestamp, theirs: Timestamp, after: Timestamp) -> Finding {
    // It may have been read at any moment between the two.
    let difference = if theirs < before { before - theirs } else { (theirs - after).max(TimeDelta::zero()) };
    let direction = if theirs < before { "behind" } else { "ahead of" };
    let found = || format!("its clock is {} ms {direction} ours", difference.num_milliseconds());
    if difference <= TOLERATED {
        Finding::ok(name, "its clock agrees with ours")
    } else if difference <= BEARABLE {
        Finding::warn(name, found(), ADVICE)
    } else {
        Finding::fail(name, found(), ADVICE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::Verdict;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::milliseconds(milliseconds)
    }

    #[test]
    fn clocks_may_differ_by_a_second_and_must_not_by_more_than_five() {
        for (theirs, verdict) in [
            (10_000, Verdict::Ok),
            (9_001, Verdict::Ok),
            (11_200, Verdict::Ok),
            (8_900, Verdict::Warn),
            (12_000, Verdict::Warn),
            (4_000, Verdict::Fail),
            (20_000, Verdict::Fail),
        ] {
            assert_eq!(judge_clock("clock", at(10_000), at(theirs), at(10_200)).verdict, verdict, "{theirs}");
        }
    }

    #[test]
    fn a_slow_answer_is_no_difference() {
        assert_eq!(judge_clock("clock", at(0), at(4_000), at(8_000)).verdict, Verdict::Ok);
    }

    #[test]
    fn it_is_told_which_way_they_differ() {
        assert_eq!(judge_clock("c", at(10_000), at(8_000), at(10_000)).found, "its clock is 2000 ms behind ours");
        assert_eq!(judge_clock("c", at(10_000), at(12_500), at(10_000)).found, "its clock is 2500 ms ahead of ours");
    }
}
