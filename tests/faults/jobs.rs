//! Jobs survive their workers.

use crate::installed;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use threshold_application::ports::{Clock, JobCount, Meter, Metric};
use threshold_diesel::{Database, DatabaseSettings};
use threshold_domain::accounts::Email;
use threshold_domain::jobs::{Job, JobId, JobState, Task};
use threshold_domain::mail::{Language, Notice};
use threshold_in_process::SystemClock;
use threshold_tests::{Backend, Installation};

/// Far longer than it takes.
const PATIENCE: Duration = Duration::from_mins(1);
const BURST: u128 = 10_000;

/// Nobody looks at these figures.
struct NoMeter;

impl Meter for NoMeter {
    fn count(&self, _metric: Metric, _labels: &[&str]) {}
    fn set(&self, _metric: Metric, _labels: &[&str], _value: f64) {}
    fn observe(&self, _metric: Metric, _labels: &[&str], _value: f64) {}
}

/// The database of an installation, opened beside it.
pub(crate) async fn opened(installation: &Installation) -> Database {
    let settings = DatabaseSettings::new(installation.database_url().parse().unwrap());
    Database::connect(&settings, Arc::new(NoMeter)).await.unwrap()
}

fn job_id(number: u128) -> JobId {
    JobId::new(uuid::Uuid::from_u128(number))
}

/// Each leaves a mail behind, named after its job.
fn notice() -> Task {
    let to = Email::parse("ada@example.org").unwrap();
    Task::SendNotice { notice: Notice::PasswordChanged, to, language: Language::English }
}

/// Which jobs have left a mail behind.
fn done(installation: &Installation) -> HashSet<uuid::Uuid> {
    let files = std::fs::read_dir(installation.folder().join("mails")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(".eml")?.split_once("Z-")?.1.parse().ok()).collect()
}

async fn enqueue_burst(database: &Database) {
    let now = SystemClock.now();
    for step in 0..BURST / 1000 {
        let mut tx = database.unit_of_work().begin().await.unwrap();
        for number in step * 1000..(step + 1) * 1000 {
            tx.jobs().enqueue(&Job::new(job_id(number), notice(), now, now)).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}

async fn left(database: &Database) -> Vec<JobCount> {
    database.job_admin().counts().await.unwrap()
}

fn total(counts: &[JobCount]) -> u64 {
    counts.iter().map(|count| count.jobs).sum()
}

/// Waits until no more than so many are left; answers what.
async fn until_left(database: &Database, most: u64) -> Vec<JobCount> {
    let started = Instant::now();
    loop {
        let counts = left(database).await;
        if total(&counts) <= most {
            return counts;
        }
        assert!(started.elapsed() < PATIENCE, "still left: {counts:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn a_burst_survives_workers_killed_in_the_middle(backend: Backend) {
    let installation = installed(backend).await.with("JOBS__LEASE", "2s");
    drop(installation.start().await);
    let database = opened(&installation).await;
    enqueue_burst(&database).await;
    for most in [8_000, 5_000] {
        let mut server = installation.start().await;
        until_left(&database, most).await;
        server.signal("KILL");
        server.ended().await;
        let running = left(&database).await.into_iter().find(|count| count.state == JobState::Running);
        assert!(running.is_some(), "it was killed in the middle of some");
    }
    let _server = installation.start().await;
    until_left(&database, 0).await;
    let done = done(&installation);
    let lost = (0..BURST).filter(|number| !done.contains(&job_id(*number).as_uuid())).count();
    assert_eq!(lost, 0, "every job was done");
}

#[tokio::test]
async fn a_burst_survives_workers_killed_in_the_middle_on_sqlite() {
    a_burst_survives_workers_killed_in_the_middle(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_burst_survives_workers_killed_in_the_middle_on_postgres() {
    a_burst_survives_workers_killed_in_the_middle(Backend::Postgres).await;
}

#[tokio::test]
async fn operators_list_retry_and_discard_jobs_that_were_given_up() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let installation = installed(backend).await.with("JOBS__AT_ONCE", "0");
        drop(installation.start().await);
        let database = opened(&installation).await;
        let now = SystemClock.now();
        let dead = |number| Job {
            state: JobState::Dead,
            last_error: Some("the disk is full".to_owned()),
            ..Job::new(JobId::new(uuid::Uuid::from_u128(number)), Task::EnforceRetention, now, now)
        };
        let mut tx = database.unit_of_work().begin().await.unwrap();
        tx.jobs().enqueue(&dead(1)).await.unwrap();
        tx.jobs().enqueue(&dead(2)).await.unwrap();
        tx.commit().await.unwrap();
        let run = |arguments: &[&str]| {
            let output = installation.command(arguments).output().unwrap();
            (output.status.code(), String::from_utf8(output.stdout).unwrap())
        };
        let (code, table) = run(&["jobs", "list", "--state", "dead"]);
        assert_eq!((code, table.lines().count()), (Some(0), 2), "{table}");
        assert!(
            table.lines().all(|line| line.contains("enforce_retention") && line.ends_with("the disk is full")),
            "{table}"
        );
        let (one, other) = (dead(1).id.to_string(), dead(2).id.to_string());
        assert_eq!(run(&["jobs", "retry", &one]).0, Some(0));
        assert_eq!(run(&["jobs", "discard", &other]).0, Some(0));
        assert_eq!(run(&["jobs", "discard", &other]).0, Some(1), "it is not there any more");
        let (_, table) = run(&["jobs", "list", "--state", "waiting"]);
        assert!(table.contains(&one), "{table}");
    }
}
