//! Hearing of sessions that other instances ended.

use super::sign_in::time_delta;
use crate::ports::{Clock, Meter, Metric, RevocationList, SessionReader, StoreError};
use std::sync::Arc;
use std::time::Duration;
use threshold_domain::Timestamp;

/// How far each look reaches back before the last one: an end is dated before its transaction commits, by a clock that
/// may differ from ours. Far beyond the longest transaction that the store lets live.
const OVERLAP: Duration = Duration::from_mins(1);

/// Brings the list of ended sessions up to date from the store.
pub struct FollowRevocations {
    /// Where ends are stored.
    pub sessions: Arc<dyn SessionReader>,
    /// What is brought up to date.
    pub revocations: Arc<dyn RevocationList>,
    /// Tells how far to look back.
    pub clock: Arc<dyn Clock>,
    /// Reports how many are held.
    pub meter: Arc<dyn Meter>,
    /// How long a token can outlive its session's end.
    pub access_lifetime: Duration,
}

impl FollowRevocations {
    /// Looks once; called again and again, faster than once a second. `last` is what the previous successful look
    /// answered, `None` for the first: that one reaches back over the whole life of an access token.
    ///
    /// # Errors
    /// When the store failed: the list then says by itself that it is out of date.
    pub async fn execute(&self, last: Option<Timestamp>) -> Result<Timestamp, StoreError> {
        let now = self.clock.now();
        let lifetime = time_delta(self.access_lifetime);
        let reach = time_delta(OVERLAP);
        let since = last.unwrap_or(now - lifetime) - reach;
        for ended in self.sessions.ended_since(since).await? {
            self.revocations.revoke(ended.id, ended.ended_at + lifetime + reach);
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
