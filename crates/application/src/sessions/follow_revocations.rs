//! Finding in the store what other instances ended or changed.

use super::{Announcer, time_delta};
use crate::ports::{ApiKeyReader, Clock, GrantsChange, Meter, Metric, RevocationList, SessionReader, StoreError};
use std::sync::Arc;
use std::time::Duration;
use threshold_domain::Timestamp;

/// How far each look reaches back before the last one: an end is dated before its transaction commits, by a clock that
/// may differ from ours. Far beyond the longest transaction that the store lets live.
const OVERLAP: Duration = Duration::from_mins(1);

/// Brings the list of what no longer counts up to date from the store, which knows everything.
pub struct FollowRevocations {
    /// Where ends and changes are stored.
    pub sessions: Arc<dyn SessionReader>,
    /// Where revoked keys are.
    pub keys: Arc<dyn ApiKeyReader>,
    /// Has this instance know them.
    pub announcer: Arc<Announcer>,
    /// What is brought up to date.
    pub revocations: Arc<dyn RevocationList>,
    /// Tells how far to look back.
    pub clock: Arc<dyn Clock>,
    /// Reports how many are held.
    pub meter: Arc<dyn Meter>,
}

impl FollowRevocations {
    /// Looks once; called again and again, faster than once a second. `last` is what the previous successful look
    /// answered, `None` for the first: that one reaches back over the whole life of an access token.
    ///
    /// # Errors
    /// When the store failed: the list then says by itself that it is out of date.
    pub async fn execute(&self, last: Option<Timestamp>) -> Result<Timestamp, StoreError> {
        let now = self.clock.now();
        let since = last.unwrap_or(now - time_delta(self.announcer.access_lifetime)) - time_delta(OVERLAP);
        let ended = self.sessions.ended_since(since).await?;
        let changed = self.sessions.grants_changed_since(since).await?;
        let revoked = self.keys.revoked_since(since).await?;
        let ended = ended.into_iter().map(|ended| self.announcer.ended(ended.id, ended.ended_at));
        let changed = changed
            .into_iter()
            .map(|GrantsChange { holder, version, at }| self.announcer.grants_changed(holder, version, at));
        let revoked = revoked.into_iter().map(|key| self.announcer.key_revoked(key.id, key.revoked_at));
        for news in ended.chain(changed).chain(revoked) {
            self.revocations.note(&news);
        }
        self.revocations.caught_up(now);
        self.meter.set(Metric::Revocations, &[], count(self.revocations.len()));
        Ok(now)
    }
}

/// A count as a gauge's value.
fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::INFINITY, f64::from)
}
