//! Who may try a password.

use super::gate::{Entry, Gate, Leave};
use crate::ports::{AttemptReader, Clock, SessionSecrets, StoreError, Transaction, UnitOfWork};
use chrono::TimeDelta;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use threshold_domain::accounts::{Login, User, UserId};
use threshold_domain::audit::{AuditAction, AuditEvent};
use threshold_domain::limits::{AttemptKey, AttemptLimit};
use threshold_domain::sessions::KnownDevice;

/// Counts failed sign-ins, for names that exist and names that don't alike.
///
/// Counted are the pair of a name and an address, and the name alone. A device on which the account was signed in to before is
/// counted by itself instead: whatever strangers do, its owner gets in there.
pub struct GuessGuard {
    /// Reads the counts.
    pub attempts: Arc<dyn AttemptReader>,
    /// Counts.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Names what is counted, and knows devices.
    pub secrets: Arc<dyn SessionSecrets>,
    /// Tells when a count is over.
    pub clock: Arc<dyn Clock>,
    /// How much is too much.
    pub limits: GuessLimits,
    gate: Arc<Gate>,
}

/// How many failed sign-ins are too many.
#[derive(Debug, Clone, Copy)]
pub struct GuessLimits {
    /// For one name from one address, and for one name on one known device.
    pub pair: AttemptLimit,
    /// For one name from everywhere.
    pub name: AttemptLimit,
}

impl Default for GuessLimits {
    fn default() -> Self {
        Self {
            pair: AttemptLimit { failures: 10, window: TimeDelta::minutes(15) },
            name: AttemptLimit { failures: 100, window: TimeDelta::hours(1) },
        }
    }
}

/// Where somebody tries from.
#[derive(Debug, Clone, Default)]
pub struct Guesser {
    /// Their address.
    pub address: Option<IpAddr>,
    /// What their browser says of earlier sign-ins on it.
    pub device: Option<KnownDevice>,
}

/// One attempt under way; nobody else takes its place until it is dropped.
#[derive(Debug)]
pub(in crate::sessions) struct Guess {
    counted: Vec<(AttemptKey, AttemptLimit)>,
    has_failed_before: bool,
    leaves: Vec<Leave>,
}

/// Why nobody may try.
#[derive(Debug)]
pub(in crate::sessions) enum Barred {
    /// There were too many failures.
    TooMany {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// The counts can't be read.
    Store(StoreError),
}

impl GuessGuard {
    /// A guard with nobody inside.
    pub fn new(
        attempts: Arc<dyn AttemptReader>,
        unit_of_work: Arc<dyn UnitOfWork>,
        secrets: Arc<dyn SessionSecrets>,
        clock: Arc<dyn Clock>,
        limits: GuessLimits,
    ) -> Self {
        Self { attempts, unit_of_work, secrets, clock, limits, gate: Arc::default() }
    }

    /// Admits an attempt, waiting while as many are under way as may fail.
    pub(in crate::sessions) async fn admit(
        &self,
        login: &Login,
        user: Option<&User>,
        guesser: &Guesser,
    ) -> Result<Guess, Barred> {
        let counted = self.keys(login, user, guesser);
        let mut guess = Guess { counted: Vec::new(), has_failed_before: false, leaves: Vec::new() };
        for (key, limit) in counted {
            let (leave, has_failed) = self.enter(key, limit).await?;
            guess.has_failed_before |= has_failed && guess.counted.is_empty();
            guess.counted.push((key, limit));
            guess.leaves.push(leave);
        }
        Ok(guess)
    }

    async fn enter(&self, key: AttemptKey, limit: AttemptLimit) -> Result<(Leave, bool), Barred> {
        loop {
            let departures = self.gate.departures();
            let count = self.attempts.counted(key).await.map_err(Barred::Store)?;
            let now = self.clock.now();
            let left = limit
                .left(count, now)
                .map_err(|until| Barred::TooMany { retry_after: (until - now).to_std().unwrap_or_default() })?;
            match self.gate.enter(key, left, departures) {
                Entry::Leave(leave) => return Ok((leave, count.is_some())),
                // An error would say that whoever was inside has gone: look again as well.
                Entry::Wait(wait) => drop(wait.await),
                Entry::CountAgain => {}
            }
        }
    }

    /// Counts the attempt as failed, and records `failure`.
    pub(in crate::sessions) async fn failed(&self, guess: Guess, failure: AuditEvent) -> Result<(), StoreError> {
        let now = self.clock.now();
        let exhausted = AuditEvent { action: AuditAction::LoginsExhausted, ..failure.clone() };
        let mut tx = self.unit_of_work.begin().await?;
        tx.audit().record(failure);
        let mut is_exhausted = false;
        for (key, limit) in &guess.counted {
            let count = tx.attempts().count(*key, now, now - limit.window).await?;
            is_exhausted |= limit.left(Some(count), now).is_err();
        }
        if is_exhausted {
            tx.audit().record(exhausted);
        }
        tx.commit().await
    }

    /// Forgets the failures of this pair, or of this device: their owner has got in.
    pub(in crate::sessions) async fn succeeded(guess: &Guess, tx: &mut dyn Transaction) -> Result<(), StoreError> {
        match guess.counted.first() {
            Some((pair, _)) if guess.has_failed_before => tx.attempts().clear(*pair).await,
            Some(_) | None => Ok(()),
        }
    }

    /// The pair first. Email and username of one account are one name.
    fn keys(&self, login: &Login, user: Option<&User>, guesser: &Guesser) -> Vec<(AttemptKey, AttemptLimit)> {
        let name = match (user, login) {
            (Some(user), _) => format!("user {}", user.id),
            (None, Login::Email(email)) => format!("email {}", email.canonical()),
            (None, Login::Username(username)) => format!("username {}", username.as_str()),
        };
        if let Some(device) = user.and_then(|user| self.known(guesser, user.id)) {
            let device = format!("{:?}", device.id);
            return vec![(self.secrets.attempt_key(&["device", &name, &device]), self.limits.pair)];
        }
        let address = guesser.address.map(|address| address.to_string()).unwrap_or_default();
        vec![
            (self.secrets.attempt_key(&["pair", &name, &address]), self.limits.pair),
            (self.secrets.attempt_key(&["name", &name]), self.limits.name),
        ]
    }

    fn known<'a>(&self, guesser: &'a Guesser, user: UserId) -> Option<&'a KnownDevice> {
        let device = guesser.device.as_ref()?;
        device.knows(&self.secrets.device_tag(&device.id, user)).then_some(device)
    }
}
