//! Work that no request asks for.

use super::key_keeper::KeyKeeper;
use std::sync::Arc;
use std::time::Duration;
use threshold_application::ErrorChain;
use threshold_application::jobs::{ManageJobs, RunSchedules};
use threshold_application::ports::MakeKeyError;
use threshold_application::sessions::{FollowNews, FollowRevocations, RotateKeys, RotateKeysError};
use threshold_domain::Timestamp;
use threshold_telemetry::PrometheusMeter;
use threshold_tokens::JwtTokens;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tracing::{info, warn};

/// Sign-outs of other instances are known after this time and a query's; the list calls itself out of date after a second.
const FOLLOW_EVERY: Duration = Duration::from_millis(250);
/// A key that was withdrawn is out of use everywhere within this time and a query's.
const LOOK_FOR_KEYS_EVERY: Duration = Duration::from_secs(1);
/// Keys live for weeks.
const ROTATE_KEYS_EVERY: Duration = Duration::from_hours(1);
/// After the feed has failed.
const LISTEN_AGAIN: Duration = Duration::from_millis(250);
/// After scheduled jobs could not be begun.
const SCHEDULE_AGAIN: Duration = Duration::from_secs(1);
/// Jobs are counted this often.
const MEASURE_JOBS_EVERY: Duration = Duration::from_secs(15);
/// Observations are folded into their buckets this often.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Looks for ended sessions for as long as the process runs. A streak of failures is logged once, and so is its end.
pub(super) async fn follow_revocations(follow: FollowRevocations) {
    let mut ticks = interval(FOLLOW_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last: Option<Timestamp> = None;
    let mut failing = false;
    loop {
        ticks.tick().await;
        match follow.execute(last).await {
            Ok(now) => {
                if std::mem::take(&mut failing) {
                    info!("ended sessions are followed again");
                }
                last = Some(now);
            }
            Err(error) if !failing => {
                warn!(error = %ErrorChain(&error), "ended sessions can't be followed; the database is asked for each request");
                failing = true;
            }
            Err(_still_failing) => {}
        }
    }
}

/// Hears from other instances for as long as the process runs. A streak of failures is logged once, and so is its end.
pub(super) async fn follow_news(follow: FollowNews) {
    let mut position = None;
    let mut failing = false;
    loop {
        match follow.execute(position.as_ref()).await {
            Ok(heard) => {
                if std::mem::take(&mut failing) {
                    info!("news of other instances is heard again");
                }
                position = Some(heard);
            }
            Err(error) => {
                if !std::mem::replace(&mut failing, true) {
                    warn!(error = %ErrorChain(&error), "news of other instances can't be heard; the database is looked at instead");
                }
                position = None;
                sleep(LISTEN_AGAIN).await;
            }
        }
    }
}

/// Looks once before the first request comes, so that it needn't ask the database. What fails is tried again soon.
pub(super) async fn catch_up(follow: &FollowRevocations) {
    if let Err(error) = follow.execute(None).await {
        warn!(error = %ErrorChain(&error), "ended sessions could not be read at the start");
    }
}

/// Begins the jobs that come again and again, for as long as the process runs.
pub(super) async fn run_schedules(schedules: RunSchedules) {
    loop {
        match schedules.execute().await {
            Ok(next) => sleep(next).await,
            Err(error) => {
                warn!(error = %ErrorChain(&error), "scheduled jobs can't be begun; tried again in a second");
                sleep(SCHEDULE_AGAIN).await;
            }
        }
    }
}

/// Shows how many jobs there are, for as long as the process runs.
pub(super) async fn measure_jobs(jobs: Arc<ManageJobs>) {
    let mut ticks = interval(MEASURE_JOBS_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // Where the store fails the figures stay; others say so already.
        let _measured = jobs.measure().await;
    }
}

/// Looks for new and withdrawn signing keys for as long as the process runs. While the store fails the keys stay as they are.
pub(super) async fn follow_keys(keeper: KeyKeeper, tokens: Arc<JwtTokens>) {
    let mut ticks = interval(LOOK_FOR_KEYS_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        ticks.tick().await;
        match keeper.load().await {
            Ok(keys) => {
                tokens.replace_keys(keys);
                failing = false;
            }
            Err(error) => {
                if !std::mem::replace(&mut failing, true) {
                    warn!(error = %ErrorChain(&error), "the signing keys can't be read again; those that are known stay");
                }
            }
        }
    }
}

/// Rotates signing keys that are too old, and deletes those of no use, for as long as the process runs.
pub(super) async fn rotate_keys(keys: RotateKeys) {
    let mut ticks = interval(ROTATE_KEYS_EVERY);
    loop {
        ticks.tick().await;
        match keys.rotate_by_age().await {
            Ok(None) | Err(RotateKeysError::Make(MakeKeyError::SharedSecret)) => {}
            Ok(Some(key)) => {
                info!(kid = key.id.as_str(), signs_from = %key.signs_from, "published the next signing key");
            }
            Err(error) => warn!(error = %ErrorChain(&error), "the signing key could not be rotated"),
        }
        if let Err(error) = keys.purge().await {
            warn!(error = %ErrorChain(&error), "signing keys of no use could not be deleted");
        }
    }
}

/// Keeps the memory of metrics small when nobody asks for them.
pub(super) async fn keep_metrics(meter: Arc<PrometheusMeter>) {
    let mut ticks = interval(UPKEEP_EVERY);
    loop {
        ticks.tick().await;
        meter.upkeep();
    }
}
