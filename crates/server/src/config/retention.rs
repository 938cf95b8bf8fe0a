//! How long things are kept.

use super::duration;
use super::reader::{Noted, Reader};
use chrono::TimeDelta;
use std::time::Duration;
use threshold_application::retention::RetentionPeriods;

/// Clocks differ.
const MARGIN: Duration = Duration::from_mins(1);

pub(super) fn retention(reader: &mut Reader, access_lifetime: Option<Duration>) -> Result<RetentionPeriods, Noted> {
    let accounts = reader.required("retention.deleted_accounts", period);
    let dead_jobs = reader.required("retention.dead_jobs", period);
    let sessions = reader.required("retention.sessions", period)?;
    // An instance that starts finds in these rows which access tokens to refuse.
    if access_lifetime
        .is_some_and(|lifetime| TimeDelta::from_std(lifetime + MARGIN).is_ok_and(|least| sessions < least))
    {
        return Err(
            reader.fault("retention.sessions", "must be longer than tokens.access_lifetime by a minute or more")
        );
    }
    Ok(RetentionPeriods { sessions, accounts: accounts?, dead_jobs: dead_jobs? })
}

fn period(text: &str) -> Result<TimeDelta, String> {
    let period = duration::parse(text)?;
    if period > Duration::from_hours(24 * 3650) {
        return Err("must be at most 3650d".to_owned());
    }
    TimeDelta::from_std(period).map_err(|error| error.to_string())
}
