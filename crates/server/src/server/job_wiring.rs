//! What does jobs, begins them, and looks into them.

use super::adapters::{Adapters, open_database};
use super::running::StartError;
use super::worker::Worker;
use crate::config::Settings;
use chrono::TimeDelta;
use std::sync::Arc;
use threshold_application::accounts::{SendLink, SendNotice};
use threshold_application::audit::CheckpointAudit;
use threshold_application::jobs::{ManageJobs, PerformJobs, PerformTasks, RunSchedules};
use threshold_application::ports::Clock;
use threshold_application::retention::EnforceRetention;
use threshold_diesel::Database;
use threshold_domain::jobs::{Backoff, Schedule, Task};
use threshold_in_process::SystemClock;
use threshold_telemetry::PrometheusMeter;

/// Everything about jobs.
pub(super) struct JobWiring {
    pub(super) worker: Worker,
    pub(super) schedules: RunSchedules,
    pub(super) manage: Arc<ManageJobs>,
}

pub(super) fn wire_jobs(settings: &Settings, adapters: &Adapters) -> JobWiring {
    let Adapters { database, clock, ids, meter, .. } = adapters;
    let tasks = PerformTasks {
        enforce_retention: EnforceRetention {
            unit_of_work: database.unit_of_work(),
            clock: Arc::clone(clock),
            periods: settings.retention,
        },
        checkpoint_audit: CheckpointAudit {
            unit_of_work: database.unit_of_work(),
            signer: Arc::clone(&adapters.audit_signer),
            clock: Arc::clone(clock),
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
            schedules: vec![
                Schedule::every(TimeDelta::minutes(10), Task::EnforceRetention),
                Schedule::every(TimeDelta::minutes(1), Task::CheckpointAudit),
            ],
        },
        manage: Arc::new(manage_jobs(database, clock, meter)),
    }
}

/// What looks into the jobs of an installation whether or not it is running.
///
/// # Errors
/// When the database can't be opened.
pub async fn job_management(settings: &Settings) -> Result<ManageJobs, StartError> {
    let meter = Arc::new(PrometheusMeter::new()?);
    let database = open_database(settings, &meter).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Ok(manage_jobs(&database, &clock, &meter))
}

fn manage_jobs(database: &Database, clock: &Arc<dyn Clock>, meter: &Arc<PrometheusMeter>) -> ManageJobs {
    ManageJobs {
        jobs: database.job_admin(),
        unit_of_work: database.unit_of_work(),
        clock: Arc::clone(clock),
        meter: meter.clone(),
    }
}
