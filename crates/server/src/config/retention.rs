//! How long things are kept.

use super::duration;
use super::reader::{Noted, Reader};
use chrono::TimeDelta;
use std::time::Duration;
use threshold_application::retention::RetentionPeriods;

/// Clocks differ.
const MARGIN: Duration = Duration::from_mins(1);

pub(super) fn retention(reader: &mut Reader, access_lifetime: Option<Duration>) -> Result<RetentionPeriods, Noted> {
    // An instance that starts finds in ended sessions which access tokens to refuse; they go with their accounts.
    let least = access_lifetime.and_then(|lifetime| TimeDelta::from_std(lifetime + MARGIN).ok());
    let outlasting = |text: &str| match period(text)? {
        period if least.is_some_and(|least| period < least) => {
            Err("must be longer than tokens.access_lifetime by a minute or more".to_owned())
        }
        period => Ok(period),
    };
    let accounts = reader.required("retention.deleted_accounts", outlasting);
    let sessions = reader.required("retention.sessions", outlasting);
    let dead_jobs = reader.required("retention.dead_jobs", period);
    let audit = reader.required("retention.audit", period);
    Ok(RetentionPeriods { sessions: sessions?, accounts: accounts?, dead_jobs: dead_jobs?, audit: audit? })
}

fn period(text: &str) -> Result<TimeDelta, String> {
    let period = duration::parse(text)?;
    if period > Duration::from_hours(24 * 3650) {
        return Err("must be at most 3650d".to_owned());
    }
    TimeDelta::from_std(period).map_err(|error| error.to_string())
}
