//! Jobs, and who does them.

use super::stores::Stores;
use crate::{a_job, at};
use chrono::TimeDelta;
use std::collections::HashSet;
use threshold_application::ports::{CLOCKS_DIFFER, Claim, JobCount, JobFilter, ListedJob, StoreError, Uniqueness};
use threshold_domain::Timestamp;
use threshold_domain::accounts::{Email, LinkPurpose};
use threshold_domain::jobs::{Job, JobId, JobState, Settlement, Task, Verdict};
use threshold_domain::mail::{Language, Notice};
use uuid::Uuid;

async fn enqueue(stores: &Stores, job: &Job) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.jobs().enqueue(job).await.unwrap();
    tx.commit().await.unwrap();
}

/// A claim at that second with a lease of a minute.
fn claim(number: u128, seconds: i64) -> Claim {
    Claim { id: Uuid::from_u128(number), now: at(seconds), until: at(seconds + 60) }
}

async fn claimed(stores: &Stores, number: u128, seconds: i64) -> Vec<Job> {
    stores.jobs.claim(&claim(number, seconds), 100).await.unwrap()
}

async fn settle(stores: &Stores, job: &Job, verdict: Verdict) -> u32 {
    let settlement = Settlement { id: job.id, claimed_by: job.claimed_by, verdict };
    stores.jobs.settle(&[settlement]).await.unwrap()
}

async fn all(stores: &Stores) -> Vec<ListedJob> {
    stores.job_admin.page(&JobFilter::default(), None, 100).await.unwrap()
}

fn dead() -> JobFilter {
    JobFilter { state: Some(JobState::Dead), kind: None }
}

async fn retry(stores: &Stores, id: JobId, now: Timestamp) -> bool {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let is_retried = tx.jobs().retry(id, now).await.unwrap();
    tx.commit().await.unwrap();
    is_retried
}

async fn discard(stores: &Stores, id: JobId) -> bool {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let is_discarded = tx.jobs().discard(id).await.unwrap();
    tx.commit().await.unwrap();
    is_discarded
}

/// As operators see it.
fn listed(job: &Job) -> ListedJob {
    ListedJob {
        id: job.id,
        kind: job.task.kind().to_owned(),
        state: job.state,
        attempts: job.attempts,
        created_at: job.created_at,
        run_at: job.run_at,
        last_error: job.last_error.clone(),
    }
}

fn ids(jobs: &[Job]) -> Vec<JobId> {
    jobs.iter().map(|job| job.id).collect()
}

/// And not if the transaction that wrote it never is. While it is under way nobody else gets it, but its lease ends.
pub async fn a_job_is_handed_out_once_it_is_committed(stores: &Stores) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.jobs().enqueue(&a_job(2, 0)).await.unwrap();
    drop(tx);
    assert_eq!(stores.jobs.next_due().await.unwrap(), None);
    let job = a_job(1, 0);
    enqueue(stores, &job).await;
    assert_eq!(all(stores).await, [listed(&job)]);
    let first = claimed(stores, 7, 1).await;
    let running =
        Job { state: JobState::Running, attempts: 1, run_at: at(61), claimed_by: Some(Uuid::from_u128(7)), ..job };
    assert_eq!(first, std::slice::from_ref(&running), "every column comes back");
    assert_eq!(claimed(stores, 8, 60).await, []);
    assert_eq!(stores.jobs.next_due().await.unwrap(), Some(at(61)));
    let again = Job { attempts: 2, run_at: at(121), claimed_by: Some(Uuid::from_u128(8)), ..running };
    assert_eq!(claimed(stores, 8, 61).await, [again]);
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let twice = tx.jobs().enqueue(&a_job(1, 0)).await;
    assert!(matches!(twice, Err(StoreError::NotUnique(Uniqueness::Id))), "{twice:?}");
}

/// Somebody who waits goes before the rest, whatever is due for longer.
pub async fn jobs_of_high_priority_are_handed_out_first(stores: &Stores) {
    let (to, language) = (Email::parse("ada@example.org").unwrap(), Language::German);
    let link = Task::SendLink { purpose: LinkPurpose::ResetPassword, to: to.clone(), language };
    let notice = Task::SendNotice { notice: Notice::PasswordChanged, to, language };
    let with = |number: u128, task: &Task, due: i64| {
        Job::new(JobId::new(Uuid::from_u128(number)), task.clone(), at(0), at(due))
    };
    let jobs = [a_job(1, 0), with(2, &notice, 10), with(3, &link, 20), with(4, &notice, 5)];
    for job in &jobs {
        enqueue(stores, job).await;
    }
    let mut order = Vec::new();
    for number in 0..4 {
        order.extend(stores.jobs.claim(&claim(number, 30), 1).await.unwrap().into_iter().map(|job| (job.id, job.task)));
    }
    let [purge, later, first, earlier] = jobs.map(|job| (job.id, job.task));
    assert_eq!(order, [first, earlier, later, purge]);
}

/// No more of them than were asked for.
pub async fn jobs_are_handed_out_when_they_are_due_the_oldest_first(stores: &Stores) {
    for (number, due) in [(1, 30), (2, 10), (3, 20), (4, 40)] {
        enqueue(stores, &a_job(number, due)).await;
    }
    assert_eq!(claimed(stores, 1, 9).await, []);
    assert_eq!(ids(&stores.jobs.claim(&claim(1, 30), 2).await.unwrap()), ids(&[a_job(2, 0), a_job(3, 0)]));
    assert_eq!(ids(&claimed(stores, 1, 30).await), ids(&[a_job(1, 0)]));
    assert_eq!(stores.jobs.next_due().await.unwrap(), Some(at(40)));
}

/// And every job is somebody's.
pub async fn of_many_who_claim_at_once_each_gets_others(stores: &Stores) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    for number in 0..40 {
        tx.jobs().enqueue(&a_job(number, 0)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let claims: Vec<_> = (0..8).map(|number| claim(number, 0)).collect();
    let mut handed_out = Vec::new();
    while handed_out.len() < 40 {
        let rounds = futures::future::join_all(claims.iter().map(|claim| stores.jobs.claim(claim, 5))).await;
        handed_out.extend(rounds.into_iter().flat_map(Result::unwrap).map(|job| job.id));
    }
    assert_eq!((handed_out.len(), handed_out.into_iter().collect::<HashSet<_>>().len()), (40, 40));
}

/// Several are settled together, and each but once.
pub async fn a_job_that_is_done_is_gone(stores: &Stores) {
    for number in 1..=3 {
        enqueue(stores, &a_job(number, 0)).await;
    }
    let jobs = claimed(stores, 1, 0).await;
    let done = |job: &Job| Settlement { id: job.id, claimed_by: job.claimed_by, verdict: Verdict::Done };
    let settlements: Vec<_> = jobs.iter().take(2).map(done).collect();
    assert_eq!(stores.jobs.settle(&settlements).await.unwrap(), 2);
    assert_eq!(stores.jobs.settle(&settlements).await.unwrap(), 0);
    assert_eq!(all(stores).await.len(), 1);
    assert_eq!(stores.jobs.settle(&[]).await.unwrap(), 0);
}

/// And says why it failed.
pub async fn a_job_that_failed_is_due_again_at_its_time(stores: &Stores) {
    enqueue(stores, &a_job(1, 0)).await;
    let job = claimed(stores, 1, 0).await.remove(0);
    let error = "the disk is full".to_owned();
    assert_eq!(settle(stores, &job, Verdict::Retry { at: at(20), error: error.clone() }).await, 1);
    let waiting = Job { attempts: 1, run_at: at(20), last_error: Some(error), ..a_job(1, 0) };
    assert_eq!(all(stores).await, [listed(&waiting)]);
    assert_eq!(claimed(stores, 2, 19).await, []);
    assert_eq!(claimed(stores, 2, 20).await.len(), 1);
}

/// It is kept for whoever looks into it.
pub async fn a_job_that_is_given_up_stays_and_is_not_handed_out(stores: &Stores) {
    enqueue(stores, &a_job(1, 0)).await;
    let job = claimed(stores, 1, 0).await.remove(0);
    assert_eq!(settle(stores, &job, Verdict::Dead { error: "no".to_owned() }).await, 1);
    assert_eq!(claimed(stores, 2, 10_000).await, []);
    assert_eq!(stores.jobs.next_due().await.unwrap(), None);
    let dead = stores.job_admin.page(&dead(), None, 100).await.unwrap();
    assert_eq!(dead.first().and_then(|job| job.last_error.as_deref()), Some("no"));
}

/// It is due at once.
pub async fn a_job_that_is_handed_back_was_not_tried(stores: &Stores) {
    enqueue(stores, &a_job(1, 0)).await;
    let job = claimed(stores, 1, 0).await.remove(0);
    assert_eq!(settle(stores, &job, Verdict::HandedBack { at: at(1) }).await, 1);
    assert_eq!(all(stores).await, [listed(&Job { run_at: at(1), ..a_job(1, 0) })]);
}

/// Whatever it wants to say.
pub async fn who_has_lost_the_lease_settles_nothing(stores: &Stores) {
    enqueue(stores, &a_job(1, 0)).await;
    let late = claimed(stores, 1, 0).await.remove(0);
    let in_time = claimed(stores, 2, 60).await.remove(0);
    for verdict in [Verdict::Done, Verdict::Dead { error: "no".to_owned() }, Verdict::HandedBack { at: at(1) }] {
        assert_eq!(settle(stores, &late, verdict).await, 0);
    }
    assert_eq!(all(stores).await, [listed(&in_time)]);
}

/// Each by itself.
pub async fn a_schedule_ticks_once(stores: &Stores) {
    let tick = async |name: &str, seconds: i64| {
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        let ticked = tx.jobs().tick(name, at(seconds)).await.unwrap();
        tx.commit().await.unwrap();
        ticked
    };
    assert!(tick("one", 10).await);
    assert!(!tick("one", 10).await);
    assert!(!tick("one", 9).await);
    assert!(tick("other", 9).await);
    assert!(tick("one", 11).await);
    let many = futures::future::join_all((0..5).map(|_| tick("one", 12))).await;
    assert_eq!(many.into_iter().filter(|ticked| *ticked).count(), 1);
    let far = CLOCKS_DIFFER.num_seconds() + 14;
    assert!(tick("one", far).await, "some clock is far ahead");
    assert!(!tick("one", 14).await, "others may differ by so much");
    assert!(tick("one", 13).await, "its mistake stops nobody");
    assert!(!tick("one", 13).await);
}

/// As operators do.
pub async fn jobs_are_listed_counted_retried_and_discarded(stores: &Stores) {
    for number in 1..=3 {
        enqueue(stores, &a_job(number, 0)).await;
    }
    let job = stores.jobs.claim(&claim(1, 0), 1).await.unwrap().remove(0);
    settle(stores, &job, Verdict::Dead { error: "no".to_owned() }).await;
    let mut counts = stores.job_admin.counts().await.unwrap();
    counts.sort_by_key(|count| count.jobs);
    let count = |state, jobs| JobCount { kind: "enforce_retention".to_owned(), state, jobs };
    assert_eq!(counts, [count(JobState::Dead, 1), count(JobState::Waiting, 2)]);
    assert_eq!(stores.job_admin.page(&JobFilter::default(), None, 2).await.unwrap().len(), 2);
    assert!(retry(stores, job.id, at(5)).await);
    let retried = stores
        .job_admin
        .page(&JobFilter::default(), None, 100)
        .await
        .unwrap()
        .into_iter()
        .find(|one| one.id == job.id)
        .unwrap();
    assert_eq!((retried.state, retried.attempts, retried.run_at), (JobState::Waiting, 0, at(5)));
    let again = claimed(stores, 2, 10_000).await.into_iter().find(|one| one.id == job.id).unwrap();
    assert!(!again.is_expired(at(10_000)), "it is done however late it is");
    settle(stores, &again, Verdict::HandedBack { at: at(5) }).await;
    assert!(discard(stores, job.id).await);
    assert!(!discard(stores, job.id).await);
    assert!(!retry(stores, job.id, at(5)).await);
    assert_eq!(all(stores).await.len(), 2);
}

/// Others stay, however old they are.
pub async fn jobs_given_up_long_ago_are_purged_step_by_step(stores: &Stores) {
    for number in 1..=4 {
        enqueue(stores, &a_job(number, 0)).await;
    }
    for job in stores.jobs.claim(&claim(1, 0), 3).await.unwrap() {
        settle(stores, &job, Verdict::Dead { error: "no".to_owned() }).await;
    }
    let given_up = stores.job_admin.page(&dead(), None, 1).await.unwrap().remove(0).run_at;
    let purge = async |before: Timestamp| {
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        let purged = tx.jobs().purge_dead(before, 2).await.unwrap();
        tx.commit().await.unwrap();
        purged
    };
    let later = given_up + TimeDelta::seconds(1);
    assert_eq!((purge(given_up).await, purge(later).await, purge(later).await, purge(later).await), (0, 2, 1, 0));
    assert_eq!(all(stores).await, [listed(&a_job(4, 0))]);
}

/// By operators.
pub async fn a_job_under_way_is_left_alone(stores: &Stores) {
    enqueue(stores, &a_job(1, 0)).await;
    let job = claimed(stores, 1, 0).await.remove(0);
    assert!(!retry(stores, job.id, at(0)).await);
    assert!(!discard(stores, job.id).await);
    assert_eq!(all(stores).await, [listed(&job)]);
}
