//! Sessions: signing in, proving it, signing out.

mod announcer;
mod authenticate;
mod authenticate_browser;
mod end_sessions;
mod follow_news;
mod follow_revocations;
mod guessing;
mod issue_access_token;
mod list_sessions;
mod recognise;
mod refresh_session;
mod rotate_keys;
mod sign_in;
mod signed_in;

pub use announcer::Announcer;
pub use authenticate::{Authenticate, AuthenticateError, Person};
pub use authenticate_browser::{AuthenticateBrowser, BrowserCaller};
pub use end_sessions::{EndOthersSessionsError, EndSessionError, EndSessions};
pub use follow_news::FollowNews;
pub use follow_revocations::FollowRevocations;
pub use guessing::{GuessGuard, GuessLimits, Guesser};
pub use issue_access_token::{IssueAccessToken, IssuedToken};
pub use list_sessions::ListSessions;
pub use refresh_session::{RefreshError, RefreshSession};
pub use rotate_keys::{RotateKeys, RotateKeysError};
pub use sign_in::{Attempt, ProvenUser, SignIn, SignInError, SignInSettings};
pub use signed_in::SignedIn;

use chrono::TimeDelta;
use std::time::Duration;

/// A secret that was replaced is good for so long: an answer got lost, or a page sent many requests at once.
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// A duration as what is added to times; lifetimes beyond the calendar end with it.
fn time_delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
