//! Settings of sessions.

use super::duration;
use super::reader::{Noted, Reader};
use super::settings::positive;
use chrono::TimeDelta;
use std::num::NonZeroUsize;
use std::time::Duration;
use threshold_domain::sessions::SessionLifetimes;

/// How long sessions live, and how many there can be.
#[derive(Debug, Clone, Copy)]
pub struct SessionsSettings {
    /// How long they live.
    pub lifetimes: SessionLifetimes,
    /// How many a user can have.
    pub max_per_user: u32,
}

pub(super) fn sessions(reader: &mut Reader) -> Result<SessionsSettings, Noted> {
    let refresh_idle = reader.required("tokens.refresh_idle_lifetime", lifetime);
    let absolute = reader.required("tokens.refresh_absolute_lifetime", lifetime);
    let remembered_idle = reader.required("sessions.remembered_lifetime", lifetime);
    let browser = reader.required("sessions.lifetime", lifetime);
    let max_per_user = reader.required("sessions.max_per_user", |text| {
        let number: NonZeroUsize = positive(text)?;
        u32::try_from(number.get()).ok().filter(|number| *number <= 200).ok_or("must be between 1 and 200")
    });
    Ok(SessionsSettings {
        lifetimes: SessionLifetimes {
            refresh_idle: refresh_idle?,
            absolute: absolute?,
            remembered_idle: remembered_idle?,
            browser: browser?,
        },
        max_per_user: max_per_user?,
    })
}

/// Cookies live for 400 days at most (RFC 6265bis §5.5).
fn lifetime(text: &str) -> Result<TimeDelta, String> {
    let lifetime = duration::parse(text)?;
    if !(Duration::from_secs(1)..=Duration::from_hours(24 * 400)).contains(&lifetime) {
        return Err("must be between 1s and 400d".to_owned());
    }
    TimeDelta::from_std(lifetime).map_err(|error| error.to_string())
}
