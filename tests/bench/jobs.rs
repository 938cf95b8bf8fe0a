//! Jobs that have nothing to do, against bare claims of the same rows.

use crate::program::binary;
use crate::{median, report};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::{Duration, Instant};
use threshold_application::ports::{Clock, IdGenerator, Meter, Metric};
use threshold_diesel::{Database, DatabaseSettings};
use threshold_domain::accounts::{Email, LinkPurpose};
use threshold_domain::jobs::{Job, JobId, Task};
use threshold_domain::mail::Language;
use threshold_in_process::{SystemClock, UuidV7Ids};
use threshold_tests::{Backend, Installation, Server};

const ROUNDS: usize = 3;
/// Enqueued in one transaction.
const JOBS: u32 = 30_000;
/// Enqueued one by one.
const SINGLE: u32 = 1_000;

/// Those that are done, of the worker's metrics.
const DONE: &str = "threshold_job_tries_total{kind=\"send_link\",outcome=\"done\"}";

/// One claim a commit.
const POSTGRES_CLAIM: &str = "UPDATE jobs SET state = 'running', attempts = attempts + 1, run_at = now() + interval '1 hour', \
claimed_by = gen_random_uuid() WHERE id = (SELECT id FROM jobs WHERE state <> 'dead' AND run_at <= now() \
ORDER BY priority, run_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *;\n";

/// The same for SQLite, which has one writer.
const SQLITE_CLAIM: &str = "UPDATE jobs SET state = 'running', attempts = attempts + 1, run_at = 4000000000000000, \
claimed_by = randomblob(16) WHERE id = (SELECT id FROM jobs WHERE state <> 'dead' AND run_at <= 3000000000000000 \
ORDER BY priority, run_at LIMIT 1) RETURNING *;\n";

/// Nobody looks at these figures.
pub(crate) struct NoMeter;

impl Meter for NoMeter {
    fn count(&self, _metric: Metric, _labels: &[&str]) {}
    fn set(&self, _metric: Metric, _labels: &[&str], _value: f64) {}
    fn observe(&self, _metric: Metric, _labels: &[&str], _value: f64) {}
}

/// An installation, and its database opened beside it.
struct Place {
    installation: Installation,
    database: Database,
    ids: UuidV7Ids,
    workers: u32,
}

/// What a round came to, each a second.
struct Rates {
    enqueued_singly: f64,
    enqueued_together: f64,
    claimed: f64,
    done: f64,
}

pub(crate) async fn run() {
    for (backend, name, workers) in [(Backend::Postgres, "PostgreSQL", 2), (Backend::Sqlite, "SQLite", 1)] {
        let place = Place::new(backend, workers).await;
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(place.round().await);
        }
        let of = |pick: fn(&Rates) -> f64| median(rounds.iter().map(pick).collect());
        let figures = format!("{:.0} jobs/s of {:.0} bare claims/s", of(|rates| rates.done), of(|rates| rates.claimed));
        report(&format!("jobs of {workers} workers, {name}"), &figures, of(|rates| rates.done / rates.claimed), None);
        if backend == Backend::Postgres {
            let rate = of(|rates| rates.done);
            report(
                "the same, in thousands a second",
                &format!("{rate:.0} jobs/s"),
                rate / 1000.0,
                Some(("at least", 2.0)),
            );
        }
        let (singly, together) = (of(|rates| rates.enqueued_singly), of(|rates| rates.enqueued_together));
        let figures = format!("{singly:.0} jobs/s, all together {together:.0}");
        report(&format!("jobs enqueued one by one, {name}"), &figures, singly / together, None);
    }
}

impl Place {
    async fn new(backend: Backend, workers: u32) -> Self {
        let installation = Installation::new(&binary(), backend).await;
        drop(installation.start().await);
        let settings = DatabaseSettings::new(installation.database_url().parse().unwrap());
        let database = Database::connect(&settings, Arc::new(NoMeter)).await.unwrap();
        Self { installation, database, ids: UuidV7Ids::default(), workers }
    }

    async fn round(&self) -> Rates {
        self.enqueue(1, JOBS).await;
        let claimed = self.claims_a_second();
        self.clear().await;
        let enqueued_singly = self.enqueue(SINGLE, 1).await;
        let mut servers = Vec::new();
        for _ in 0..self.workers {
            servers.push(self.installation.start().await);
        }
        // They have been at work before, on little.
        until_done(&servers, SINGLE).await;
        let enqueued_together = self.enqueue(1, JOBS).await;
        // On SQLite they don't hear of what another process enqueues, and look every five seconds.
        let before = until_done(&servers, SINGLE + 1).await;
        let began = Instant::now();
        let done = (until_done(&servers, SINGLE + JOBS).await - before) / began.elapsed().as_secs_f64();
        Rates { enqueued_singly, enqueued_together, claimed, done }
    }

    /// How many jobs a second are enqueued by one client.
    async fn enqueue(&self, transactions: u32, jobs: u32) -> f64 {
        let to = Email::parse("nobody@example.org").unwrap();
        // A mail to an address that nobody has: once it is looked for nothing is left to do.
        let task = Task::SendLink { purpose: LinkPurpose::VerifyEmail, to, language: Language::English };
        let (began, unit_of_work) = (Instant::now(), self.database.unit_of_work());
        for _ in 0..transactions {
            let mut tx = unit_of_work.begin().await.unwrap();
            for _ in 0..jobs {
                let now = SystemClock.now();
                let job = Job::new(JobId::new(self.ids.next()), task.clone(), now, now);
                tx.jobs().enqueue(&job).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        f64::from(transactions * jobs) / began.elapsed().as_secs_f64()
    }

    /// How many of the jobs are claimed a second by as many clients, each claim a transaction.
    fn claims_a_second(&self) -> f64 {
        let script = self.installation.folder().join("claims.sql");
        if let Some(postgres) = &self.installation.postgres {
            fs::write(&script, POSTGRES_CLAIM).unwrap();
            let program = Path::new(&std::env::var("THRESHOLD_TEST_POSTGRES_BIN").unwrap()).join("pgbench");
            let (clients, each) = (self.workers.to_string(), (JOBS / self.workers).to_string());
            let mut command = Command::new(program);
            command.args(["-n", "-M", "prepared", "-c", &clients, "-t", &each, "-f"]).arg(&script).arg(postgres.url());
            let text = String::from_utf8(succeeded(&mut command).stdout).unwrap();
            return text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok()).unwrap();
        }
        let claims = usize::try_from(JOBS).unwrap();
        fs::write(&script, format!("PRAGMA synchronous = FULL;\n{}", SQLITE_CLAIM.repeat(claims))).unwrap();
        let began = Instant::now();
        succeeded(self.sqlite().stdin(File::open(script).unwrap()));
        f64::from(JOBS) / began.elapsed().as_secs_f64()
    }

    /// Leaves no job behind.
    async fn clear(&self) {
        match &self.installation.postgres {
            Some(postgres) => postgres.client().await.batch_execute("TRUNCATE jobs").await.unwrap(),
            None => drop(succeeded(self.sqlite().arg("DELETE FROM jobs"))),
        }
    }

    fn sqlite(&self) -> Command {
        let mut shell = Command::new("sqlite3");
        shell.arg(self.installation.folder().join("threshold.db"));
        shell
    }
}

/// Waits until so many jobs are done; answers how many.
async fn until_done(servers: &[Server], jobs: u32) -> f64 {
    loop {
        let mut done = 0.0;
        for server in servers {
            done += server.metric(DONE).await;
        }
        if done >= f64::from(jobs) {
            return done;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn succeeded(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}
