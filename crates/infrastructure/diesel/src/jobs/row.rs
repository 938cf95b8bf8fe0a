//! A job as a row.

use crate::failures::corrupt;
use crate::schema::jobs;
use crate::types::{Id, Instant};
use diesel::prelude::*;
use serde_json::{Value, json};
use threshold_application::ports::{ListedJob, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::accounts::{Email, LinkPurpose, UserId};
use threshold_domain::jobs::{Job, JobId, JobState, Priority, Task};
use threshold_domain::mail::{Language, Notice};

/// What is stored of a job.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs)]
pub(super) struct JobRow {
    pub(super) id: Id,
    kind: String,
    payload: String,
    priority: i64,
    state: String,
    attempts: i64,
    run_at: Instant,
    expires_at: Option<Instant>,
    created_at: Instant,
    claimed_by: Option<Id>,
    last_error: Option<String>,
}

impl From<&Job> for JobRow {
    fn from(job: &Job) -> Self {
        Self {
            id: Id(job.id.as_uuid()),
            kind: job.task.kind().to_owned(),
            payload: payload(&job.task),
            priority: rank(job.task.priority()),
            state: job.state.as_str().to_owned(),
            attempts: job.attempts.into(),
            run_at: Instant(job.run_at),
            expires_at: job.expires_at.map(Instant),
            created_at: Instant(job.created_at),
            claimed_by: job.claimed_by.map(Id),
            last_error: job.last_error.clone(),
        }
    }
}

impl TryFrom<JobRow> for Job {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: JobId::new(row.id.0),
            task: task(&row.kind, &row.payload)?,
            state: state(&row.state)?,
            attempts: u32::try_from(row.attempts).map_err(|error| corrupt("jobs.attempts", error))?,
            run_at: row.run_at.0,
            expires_at: row.expires_at.map(|at| at.0),
            created_at: row.created_at.0,
            claimed_by: row.claimed_by.map(|id| id.0),
            last_error: row.last_error,
        })
    }
}

impl TryFrom<JobRow> for ListedJob {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: JobId::new(row.id.0),
            kind: row.kind,
            state: state(&row.state)?,
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            created_at: row.created_at.0,
            run_at: row.run_at.0,
            last_error: row.last_error,
        })
    }
}

/// The state of a column.
pub(super) fn state(stored: &str) -> Result<JobState, StoreError> {
    JobState::from_name(stored).ok_or_else(|| corrupt("jobs.state", "no state has this name"))
}

/// The lowest goes first.
fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::High => 0,
        Priority::Normal => 1,
        Priority::Low => 2,
    }
}

/// What a task of its kind needs to know, as JSON.
fn payload(task: &Task) -> String {
    let payload = match task {
        Task::EnforceRetention | Task::CheckpointAudit => json!({}),
        Task::SendLink { purpose, to, language } => {
            json!({"purpose": purpose.as_str(), "to": to.as_str(), "language": language.tag()})
        }
        Task::SendEmailChange { user, to, language } => {
            json!({"user": user.to_string(), "to": to.as_str(), "language": language.tag()})
        }
        Task::SendNotice { notice, to, language } => {
            json!({"notice": notice_name(notice), "about": about(notice), "to": to.as_str(), "language": language.tag()})
        }
    };
    payload.to_string()
}

fn notice_name(notice: &Notice) -> &'static str {
    match notice {
        Notice::PasswordChanged => "password_changed",
        Notice::AlreadyRegistered => "already_registered",
        Notice::EmailChangeRequested { .. } => "email_change_requested",
        Notice::EmailChanged { .. } => "email_changed",
        Notice::AccountDeleted { .. } => "account_deleted",
    }
}

/// What a notice tells beside that it happened.
fn about(notice: &Notice) -> Value {
    match notice {
        Notice::PasswordChanged | Notice::AlreadyRegistered => Value::Null,
        Notice::EmailChangeRequested { new_address } | Notice::EmailChanged { new_address } => {
            new_address.as_str().into()
        }
        Notice::AccountDeleted { purge_after } => purge_after.timestamp_micros().into(),
    }
}

fn task(kind: &str, payload: &str) -> Result<Task, StoreError> {
    let payload: Value = serde_json::from_str(payload).map_err(|error| corrupt("jobs.payload", error))?;
    match kind {
        "enforce_retention" => Some(Task::EnforceRetention),
        "checkpoint_audit" => Some(Task::CheckpointAudit),
        "send_link" => send_link(&payload),
        "send_email_change" => send_email_change(&payload),
        "send_notice" => send_notice(&payload),
        _ => None,
    }
    .ok_or_else(|| corrupt("jobs.kind", "no task looks like this"))
}

fn send_link(payload: &Value) -> Option<Task> {
    let (to, language) = addressee(payload)?;
    Some(Task::SendLink { purpose: LinkPurpose::from_name(text(payload, "purpose")?)?, to, language })
}

fn send_email_change(payload: &Value) -> Option<Task> {
    let (to, language) = addressee(payload)?;
    Some(Task::SendEmailChange { user: UserId::new(text(payload, "user")?.parse().ok()?), to, language })
}

fn send_notice(payload: &Value) -> Option<Task> {
    let (to, language) = addressee(payload)?;
    let new_address = || Email::parse(text(payload, "about")?).ok();
    let notice = match text(payload, "notice")? {
        "password_changed" => Notice::PasswordChanged,
        "already_registered" => Notice::AlreadyRegistered,
        "email_change_requested" => Notice::EmailChangeRequested { new_address: new_address()? },
        "email_changed" => Notice::EmailChanged { new_address: new_address()? },
        "account_deleted" => {
            Notice::AccountDeleted { purge_after: Timestamp::from_timestamp_micros(payload.get("about")?.as_i64()?)? }
        }
        _ => return None,
    };
    Some(Task::SendNotice { notice, to, language })
}

fn addressee(payload: &Value) -> Option<(Email, Language)> {
    Some((Email::parse(text(payload, "to")?).ok()?, Language::from_tag(text(payload, "language")?)?))
}

fn text<'a>(payload: &'a Value, name: &str) -> Option<&'a str> {
    payload.get(name)?.as_str()
}
