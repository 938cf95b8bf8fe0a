//! Whether the tables are those that this program needs.

use crate::{Migration, MigrationError, MigrationState};
use threshold_application::ErrorChain;
use threshold_domain::operations::Finding;

pub(super) const NAME: &str = "migrations";

/// What is thought of the migrations; `migrates_itself` where the service applies them when it starts.
pub(super) fn judge(all: Result<Vec<Migration>, MigrationError>, migrates_itself: bool) -> Finding {
    let all = match all {
        Ok(all) => all,
        Err(error) => {
            let found = format!("they can't be read: {}", ErrorChain(&error));
            return Finding::fail(NAME, found, "let the user of database.url read all tables");
        }
    };
    let of = |state| all.iter().filter(|one| one.state == state).map(|one| one.name.as_str()).collect::<Vec<_>>();
    let (applied, pending, unknown) =
        (of(MigrationState::Applied), of(MigrationState::Pending), of(MigrationState::Unknown));
    if !unknown.is_empty() {
        let found = format!("a newer version was here: this one does not know {}", unknown.join(", "));
        return Finding::fail(NAME, found, "use that newer version, or have it run `threshold migrate down` first");
    }
    if pending.first().is_some_and(|first| applied.last().is_some_and(|last| first < last)) {
        let found = format!("{} was left out, though later ones are applied", pending.join(", "));
        return Finding::fail(
            NAME,
            found,
            "see who changed the table of migrations; `threshold migrate up` applies it",
        );
    }
    match (pending.is_empty(), migrates_itself) {
        (true, _) => Finding::ok(NAME, format!("all {} are applied", applied.len())),
        (false, true) => Finding::warn(
            NAME,
            format!("{} will be applied when the service starts", pending.join(", ")),
            "start this version, or run `threshold migrate up`",
        ),
        (false, false) => Finding::fail(NAME, format!("pending: {}", pending.join(", ")), "run `threshold migrate up`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MigrationState::{Applied, Pending, Unknown};
    use threshold_domain::operations::Verdict;

    fn verdict(states: &[MigrationState], migrates_itself: bool) -> Verdict {
        let all = (1..).zip(states).map(|(number, state)| Migration { name: format!("{number}"), state: *state });
        judge(Ok(all.collect()), migrates_itself).verdict
    }

    #[test]
    fn pending_ones_matter_where_nobody_applies_them() {
        assert_eq!(verdict(&[Applied, Applied], false), Verdict::Ok);
        assert_eq!(verdict(&[Applied, Pending], true), Verdict::Warn);
        assert_eq!(verdict(&[Applied, Pending], false), Verdict::Fail);
    }

    #[test]
    fn those_of_a_newer_version_and_gaps_are_told_of() {
        assert_eq!(verdict(&[Applied, Unknown], true), Verdict::Fail);
        assert_eq!(verdict(&[Applied, Pending, Applied], true), Verdict::Fail);
    }
}
