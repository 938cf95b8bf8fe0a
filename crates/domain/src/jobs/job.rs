//! Jobs.

use super::Backoff;
use crate::Timestamp;
use crate::accounts::{Email, LinkPurpose, UserId};
use crate::mail::{Language, Notice};
use chrono::TimeDelta;
use std::fmt;
use uuid::Uuid;

/// Names a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(Uuid);

impl JobId {
    /// From a new UUID.
    #[must_use]
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The UUID.
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is to be done. Doing it twice does no more than doing it once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Deletes whatever was kept for as long as it may be.
    EnforceRetention,
    /// Signs how far the audit log has got.
    CheckpointAudit,
    /// Mails a link to whoever has an address.
    SendLink {
        /// What it is for.
        purpose: LinkPurpose,
        /// The address.
        to: Email,
        /// How to write.
        language: Language,
    },
    /// Mails a link to the address that waits to become a user's.
    SendEmailChange {
        /// Whose.
        user: UserId,
        /// The address.
        to: Email,
        /// How to write.
        language: Language,
    },
    /// Tells the owner of an account what has happened.
    SendNotice {
        /// What.
        notice: Notice,
        /// Their address.
        to: Email,
        /// How to write.
        language: Language,
    },
}

impl Task {
    /// One of each kind, to list them.
    pub const KINDS: [&str; 5] =
        ["enforce_retention", "checkpoint_audit", "send_link", "send_email_change", "send_notice"];

    /// The kind, as stores, metrics and operators name it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::EnforceRetention => "enforce_retention",
            Self::CheckpointAudit => "checkpoint_audit",
            Self::SendLink { .. } => "send_link",
            Self::SendEmailChange { .. } => "send_email_change",
            Self::SendNotice { .. } => "send_notice",
        }
    }

    /// Which jobs go first.
    #[must_use]
    pub fn priority(&self) -> Priority {
        match self {
            Self::EnforceRetention => Priority::Low,
            Self::SendLink { .. } | Self::SendEmailChange { .. } => Priority::High,
            Self::CheckpointAudit | Self::SendNotice { .. } => Priority::Normal,
        }
    }

    /// After how many tries it is given up.
    #[must_use]
    pub fn max_attempts(&self) -> u32 {
        match self {
            Self::EnforceRetention | Self::CheckpointAudit => 5,
            // With the usual waits that is a day.
            Self::SendLink { .. } | Self::SendEmailChange { .. } | Self::SendNotice { .. } => 35,
        }
    }

    /// How long after its time it is still worth doing; `None` for ever.
    #[must_use]
    pub fn lifetime(&self) -> Option<TimeDelta> {
        match self {
            // The next one does the same; and nobody waits longer to choose a password.
            Self::EnforceRetention
            | Self::CheckpointAudit
            | Self::SendLink { purpose: LinkPurpose::ResetPassword, .. } => Some(TimeDelta::hours(1)),
            Self::SendLink { purpose: LinkPurpose::VerifyEmail | LinkPurpose::ChangeEmail, .. }
            | Self::SendEmailChange { .. } => Some(TimeDelta::days(1)),
            // Nobody else would ask for it.
            Self::SendNotice { .. } | Self::SendLink { purpose: LinkPurpose::Invite, .. } => None,
        }
    }
}

/// Which of the jobs that are due go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Somebody waits for it.
    High,
    /// Most.
    Normal,
    /// Whenever there is time.
    Low,
}

/// Where a job is in its life. One that is done is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// For its time.
    Waiting,
    /// On a worker, until its lease ends: then it is due again.
    Running,
    /// Given up; kept until somebody looks into it.
    Dead,
}

impl JobState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Running, Self::Dead];

    /// The name, as stores, metrics and operators use it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Dead => "dead",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// A job as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Names it.
    pub id: JobId,
    /// What is to be done.
    pub task: Task,
    /// Where it is in its life.
    pub state: JobState,
    /// How often it was begun.
    pub attempts: u32,
    /// When it is due; for a running one, when its lease ends.
    pub run_at: Timestamp,
    /// It is not worth doing from then on.
    pub expires_at: Option<Timestamp>,
    /// When it was written.
    pub created_at: Timestamp,
    /// Whose claim a running one is; each claim has a name of its own.
    pub claimed_by: Option<Uuid>,
    /// Why the last try failed; holds no secret.
    pub last_error: Option<String>,
}

impl Job {
    /// A job that is due at `run_at`.
    #[must_use]
    pub fn new(id: JobId, task: Task, now: Timestamp, run_at: Timestamp) -> Self {
        Self {
            id,
            state: JobState::Waiting,
            attempts: 0,
            run_at,
            expires_at: task.lifetime().map(|lifetime| run_at + lifetime),
            created_at: now,
            claimed_by: None,
            last_error: None,
            task,
        }
    }

    /// Whether it is not worth doing any more.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// What to do after a try that failed at `now`; `chance` picks the moment.
    #[must_use]
    pub fn after_failure(&self, error: String, now: Timestamp, backoff: &Backoff, chance: u32) -> Verdict {
        if self.attempts >= self.task.max_attempts() {
            return Verdict::Dead { error };
        }
        Verdict::Retry { at: now + backoff.delay(self.attempts, chance), error }
    }
}

/// What became of a claimed job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Which one.
    pub id: JobId,
    /// Under which claim.
    pub claimed_by: Option<Uuid>,
    /// What became of it.
    pub verdict: Verdict,
}

/// What becomes of a claimed job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is done, or not worth doing any more: it is deleted.
    Done,
    /// It failed and is tried again.
    Retry {
        /// When.
        at: Timestamp,
        /// Why.
        error: String,
    },
    /// It is given up.
    Dead {
        /// Why.
        error: String,
    },
    /// Its worker stops before it is done: it is due at once, and this was no try.
    HandedBack {
        /// Now.
        at: Timestamp,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn job() -> Job {
        Job::new(JobId::new(Uuid::nil()), Task::EnforceRetention, at(0), at(10))
    }

    #[test]
    fn a_job_is_worth_doing_until_its_lifetime_is_over() {
        assert!(!job().is_expired(at(10 + 3599)));
        assert!(job().is_expired(at(10 + 3600)));
    }

    #[test]
    fn after_the_last_try_a_job_is_dead() {
        let error = || "the disk is full".to_owned();
        let tried = |attempts| Job { attempts, ..job() }.after_failure(error(), at(20), &Backoff::default(), u32::MAX);
        assert_eq!(tried(1), Verdict::Retry { at: at(25), error: error() });
        assert_eq!(tried(4), Verdict::Retry { at: at(60), error: error() });
        assert_eq!(tried(5), Verdict::Dead { error: error() });
    }

    #[test]
    fn every_kind_and_state_has_a_name_of_its_own() {
        let (to, language) = (Email::parse("ada@example.org").unwrap(), Language::English);
        let link = Task::SendLink { purpose: LinkPurpose::VerifyEmail, to: to.clone(), language };
        let change = Task::SendEmailChange { user: UserId::new(Uuid::nil()), to: to.clone(), language };
        let notice = Task::SendNotice { notice: Notice::PasswordChanged, to, language };
        let tasks = [Task::EnforceRetention, Task::CheckpointAudit, link, change, notice];
        assert_eq!(tasks.map(|task| task.kind()), Task::KINDS);
        for state in JobState::ALL {
            assert_eq!(JobState::from_name(state.as_str()), Some(state));
        }
    }
}
