//! What does jobs, begins them, and looks into them.

use super::adapters::{Adapters, open_database};
use super::running::StartError;
use super::worker::Worker;
use crate::config::Settings;
use chrono::TimeDelta;
use std::sync::Arc;
use threshold_application::accounts::{SendLink, SendNotice};
use threshold_application::jobs::{ManageJobs, PerformJobs, PerformTasks, RunSchedules};
use threshold_application::retention::EnforceRetention;
use threshold_domain::jobs::{Backoff, Schedule, Task};
use threshold_in_process::SystemClock;
use threshold_telemetry::PrometheusMeter;

/// Everything about jobs.
pub(super) struct JobWiring {
    pub(super) worker: Worker,
    pub(super) schedules: RunSchedules,
    pub(super) manage: ManageJobs,
}

pub(super) fn wire_jobs(settings: &Settings, adapters: &Adapters) -> JobWiring {
    let Adapters { database, clock, ids, meter, .. } = adapters;
    let tasks = PerformTasks {
        enforce_retention: EnforceRetention {
            unit_of_work: database.unit_of_work(),
            clock: Arc::clone(clock),
            periods: settings.retention,
        },
        send_link: SendLink {
            accounts: database.accounts(),
            unit_of_work: database.unit_of_work(),
            secrets: Arc::clone(&adapters.link_secrets),
            mailer: Arc::clone(&adapters.mailer),
            clock: Arc::clone(clock),
            public_url: settings.server.public_url.clone(),
            lifetimes: settings.email.links,
        },
        send_notice: SendNotice {
            mailer: Arc::clone(&adapters.mailer),
            public_url: settings.server.public_url.clone(),
        },
    };
    let jobs = PerformJobs {
        queue: database.job_queue(),
        tasks: Arc::new(tasks),
        clock: Arc::clone(clock),
        ids: Arc::clone(ids),
        random: Arc::clone(&adapters.random),
        meter: meter.clone(),
        backoff: Backoff::default(),
        lease: settings.jobs.lease,
    };
    JobWiring {
        worker: Worker {
            jobs: Arc::new(jobs),
            bell: database.job_bell(),
            at_once: settings.jobs.at_once,
            // The rest is for settling it.
            limit: settings.jobs.lease * 3 / 4,
        },
        schedules: RunSchedules {
            unit_of_work: database.unit_of_work(),
            clock: Arc::clone(clock),
            ids: Arc::clone(ids),
            schedules: vec![Schedule::every(TimeDelta::minutes(10), Task::EnforceRetention)],
        },
        manage: ManageJobs { jobs: database.job_admin(), clock: Arc::clone(clock), meter: meter.clone() },
    }
}

/// What looks into the jobs of an installation whether or not it is running.
///
/// # Errors
/// When the database can't be opened.
pub async fn job_management(settings: &Settings) -> Result<ManageJobs, StartError> {
    let meter = Arc::new(PrometheusMeter::new()?);
    let database = open_database(settings, &meter).await?;
    Ok(ManageJobs { jobs: database.job_admin(), clock: Arc::new(SystemClock), meter })
}
