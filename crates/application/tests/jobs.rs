//! Jobs, against fakes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use async_trait::async_trait;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use threshold_application::jobs::{ManageJobs, Perform, PerformJobs, RunSchedules, TaskError};
use threshold_application::ports::{Clock, JobAdmin, JobFilter, ListedJob, Metric, UnitOfWork};
use threshold_domain::jobs::{Backoff, Job, JobState, Schedule, Task};
use threshold_testkit::{FixedClock, InMemoryStore, RecordingMeter, SeededSecrets, SequentialIds, a_job, at};

/// Answers what it is told to, and remembers what it was asked.
#[derive(Default)]
struct Tasks {
    answers: Mutex<Vec<Result<(), TaskError>>>,
    asked: Mutex<Vec<Job>>,
}

#[async_trait]
impl Perform for Tasks {
    async fn perform(&self, job: &Job) -> Result<(), TaskError> {
        self.asked.lock().unwrap().push(job.clone());
        self.answers.lock().unwrap().pop().unwrap_or(Ok(()))
    }
}

struct World {
    store: InMemoryStore,
    clock: Arc<FixedClock>,
    meter: Arc<RecordingMeter>,
    tasks: Arc<Tasks>,
    jobs: PerformJobs,
}

fn world() -> World {
    let (store, clock) = (InMemoryStore::default(), Arc::new(FixedClock::default()));
    let (meter, tasks) = (Arc::new(RecordingMeter::default()), Arc::new(Tasks::default()));
    let jobs = PerformJobs {
        queue: Arc::new(store.clone()),
        tasks: tasks.clone(),
        clock: clock.clone(),
        ids: Arc::new(SequentialIds::default()),
        random: Arc::new(SeededSecrets::default()),
        meter: meter.clone(),
        backoff: Backoff::default(),
        lease: Duration::from_mins(1),
    };
    World { store, clock, meter, tasks, jobs }
}

impl World {
    async fn enqueue(&self, job: &Job) {
        let mut tx = self.store.begin().await.unwrap();
        tx.jobs().enqueue(job).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Does whatever is due; answers what is left.
    async fn work(&self) -> Vec<ListedJob> {
        let mut settlements = Vec::new();
        for job in self.jobs.claim(10).await.unwrap() {
            settlements.push(self.jobs.perform(&job).await);
        }
        self.jobs.settle(&settlements).await.unwrap();
        self.store.page(&JobFilter::default(), None, 100).await.unwrap()
    }

    fn fail_with(&self, error: fn(threshold_application::ports::BoxError) -> TaskError) {
        self.tasks.answers.lock().unwrap().push(Err(error("the disk is full".into())));
    }

    fn tries(&self, outcome: &str) -> u64 {
        self.meter.counted(Metric::JobTries, &["enforce_retention", outcome])
    }
}

#[tokio::test]
async fn a_job_is_done_once_and_gone() {
    let world = world();
    world.enqueue(&a_job(1, 0)).await;
    assert_eq!(world.work().await, []);
    assert_eq!(world.work().await, []);
    assert_eq!((world.tasks.asked.lock().unwrap().len(), world.tries("done")), (1, 1));
}

#[tokio::test]
async fn a_job_that_fails_is_tried_again_later_and_later() {
    let world = world();
    world.enqueue(&a_job(1, 0)).await;
    let mut waits = Vec::new();
    for _ in 0..4 {
        world.fail_with(TaskError::Temporary);
        let waiting = world.work().await.remove(0);
        assert_eq!((waiting.state, waiting.last_error.as_deref()), (JobState::Waiting, Some("the disk is full")));
        let wait = waiting.run_at - world.clock.now();
        waits.push(wait);
        world.clock.advance(wait);
    }
    for (wait, most) in waits.iter().zip([5, 10, 20, 40]) {
        let most = chrono::TimeDelta::seconds(most);
        assert!(*wait <= most && *wait >= most / 2, "{wait} of {most}");
    }
    world.fail_with(TaskError::Temporary);
    assert_eq!(world.work().await.remove(0).state, JobState::Dead, "the fifth try was the last");
    assert_eq!((world.tries("failed"), world.tries("dead")), (4, 1));
}

#[tokio::test]
async fn a_job_that_can_never_be_done_is_given_up_at_once_and_stops_no_other() {
    let world = world();
    world.enqueue(&a_job(1, 0)).await;
    world.enqueue(&a_job(2, 0)).await;
    world.fail_with(TaskError::Permanent);
    let left = world.work().await;
    assert_eq!((left.len(), left.first().map(|job| job.state)), (1, Some(JobState::Dead)));
    assert_eq!((world.tries("dead"), world.tries("done")), (1, 1));
}

#[tokio::test]
async fn a_job_that_is_too_late_is_not_done() {
    let world = world();
    world.enqueue(&a_job(1, 0)).await;
    world.clock.advance(chrono::TimeDelta::hours(1));
    assert_eq!(world.work().await, []);
    assert_eq!((world.tasks.asked.lock().unwrap().len(), world.tries("expired")), (0, 1));
}

#[tokio::test]
async fn a_job_whose_worker_vanished_is_done_by_another_when_the_lease_ends() {
    let world = world();
    world.enqueue(&a_job(1, 0)).await;
    assert_eq!(world.jobs.claim(10).await.unwrap().len(), 1);
    assert_eq!(world.work().await.len(), 1);
    assert_eq!(world.jobs.next_in().await.unwrap(), Some(Duration::from_mins(1)));
    world.clock.advance(chrono::TimeDelta::seconds(60));
    assert_eq!(world.work().await, []);
}

#[tokio::test]
async fn a_job_that_kills_its_workers_is_given_up_at_last() {
    let world = world();
    world.enqueue(&Job { expires_at: None, ..a_job(1, 0) }).await;
    for _ in 0..5 {
        assert_eq!(world.jobs.claim(10).await.unwrap().len(), 1, "and nobody heard of it again");
        world.clock.advance(chrono::TimeDelta::seconds(60));
    }
    assert_eq!(world.work().await.remove(0).state, JobState::Dead);
    assert_eq!(world.tasks.asked.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn what_is_stored_of_an_error_has_no_control_characters() {
    let world = world();
    world.enqueue(&a_job(1, 0)).await;
    world.tasks.answers.lock().unwrap().push(Err(TaskError::Permanent("a\0b\u{1b}[31mc".into())));
    assert_eq!(world.work().await.remove(0).last_error.as_deref(), Some("a b [31mc"));
}

#[tokio::test]
async fn a_schedule_writes_one_job_a_tick_whoever_asks_and_however_often() {
    let world = world();
    let run = || RunSchedules {
        unit_of_work: Arc::new(world.store.clone()),
        clock: world.clock.clone(),
        ids: Arc::new(SequentialIds::default()),
        schedules: vec![Schedule::every(chrono::TimeDelta::minutes(1), Task::EnforceRetention)],
    };
    let one = run();
    let next = one.execute().await.unwrap();
    assert!(next <= Duration::from_mins(1) && next > Duration::ZERO, "{next:?}");
    run().execute().await.unwrap();
    assert_eq!(world.work().await, []);
    assert_eq!(world.tries("done"), 1);
    // Three ticks that nobody was there for.
    world.clock.advance(chrono::TimeDelta::minutes(3));
    one.execute().await.unwrap();
    world.work().await;
    assert_eq!(world.tries("done"), 2);
}

#[tokio::test]
async fn counts_of_every_state_are_shown_also_if_there_is_none() {
    let world = world();
    world.enqueue(&a_job(1, 0)).await;
    let (clock, store) = (world.clock.clone(), Arc::new(world.store.clone()));
    let manage = ManageJobs { jobs: store.clone(), unit_of_work: store, clock, meter: world.meter.clone() };
    manage.measure().await.unwrap();
    let shown = |state| world.meter.gauge(Metric::Jobs, &["enforce_retention", state]);
    assert_eq!((shown("waiting"), shown("running"), shown("dead")), (Some(1.0), Some(0.0), Some(0.0)));
    assert_eq!(at(0), a_job(1, 0).created_at);
}
