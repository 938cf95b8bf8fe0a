//! Settings of jobs.

use super::duration;
use super::reader::{Noted, Reader};
use super::settings::number;
use std::time::Duration;

/// How jobs are done.
#[derive(Debug, Clone, Copy)]
pub struct JobsSettings {
    /// How many at once.
    pub at_once: usize,
    /// How long a worker has a job to itself.
    pub lease: Duration,
}

pub(super) fn jobs(reader: &mut Reader) -> Result<JobsSettings, Noted> {
    let at_once = reader.required("jobs.at_once", number);
    let lease = reader.required("jobs.lease", |text| match duration::parse(text)? {
        lease if lease < Duration::from_secs(2) => Err("must be at least 2s".to_owned()),
        lease => Ok(lease),
    });
    Ok(JobsSettings { at_once: at_once?, lease: lease? })
}
