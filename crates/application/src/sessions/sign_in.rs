//! Signing in.

use super::guessing::{Barred, Guess, GuessGuard, Guesser};
use super::{Announcer, SignedIn, recognise};
use crate::ports::{
    AccountReader, Clock, HashingError, IdGenerator, Meter, Metric, News, PasswordHasher, PasswordMatch,
    SecretGenerator, SessionSecrets, StoreError, Transaction, UnitOfWork,
};
use std::sync::Arc;
use std::time::Duration;
use threshold_domain::Timestamp;
use threshold_domain::accounts::{Credentials, Login, Password, PasswordHash, PasswordVersion, SignInRefusal, User};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::sessions::{Session, SessionId, SessionLifetimes, SessionRequest, SessionSecret, SessionToken};

/// Checks a password and starts a session.
pub struct SignIn {
    /// Finds the account.
    pub accounts: Arc<dyn AccountReader>,
    /// Keeps people from guessing.
    pub guard: Arc<GuessGuard>,
    /// Compares the password.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Stores the session.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Makes the session's secret.
    pub random: Arc<dyn SecretGenerator>,
    /// Digests it.
    pub secrets: Arc<dyn SessionSecrets>,
    /// Tells of the sign-in, and of sessions that end for it.
    pub announcer: Arc<Announcer>,
    /// Dates the session.
    pub clock: Arc<dyn Clock>,
    /// Names the session.
    pub ids: Arc<dyn IdGenerator>,
    /// Counts outcomes.
    pub meter: Arc<dyn Meter>,
    /// How long, how many, and for whom.
    pub settings: SignInSettings,
}

/// What the operator decides about sign-in.
#[derive(Debug, Clone, Copy)]
pub struct SignInSettings {
    /// How long sessions live.
    pub lifetimes: SessionLifetimes,
    /// How many sessions a user can have; one more ends the one that was not used for longest.
    pub max_sessions: u32,
    /// Whether the address must be proven first.
    pub require_verified_email: bool,
}

/// What somebody shows to be signed in.
#[derive(Debug)]
pub struct Attempt {
    /// Who they say they are.
    pub login: Login,
    /// What proves it.
    pub password: Password,
    /// Where they try from.
    pub guesser: Guesser,
    /// Who asks.
    pub initiator: Initiator,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown name or wrong password: which of them is not told.
    #[error("the name or the password is wrong")]
    InvalidCredentials,
    /// There were too many failures; the password was not looked at.
    #[error("there were too many failed attempts")]
    TooManyAttempts {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// The password was right, and the account is suspended.
    #[error("the account is suspended")]
    Suspended,
    /// The password was right, and the address must be proven first.
    #[error("the email address is not verified")]
    EmailUnverified,
    /// The password was not compared.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A user whose password was right and who may sign in: only [`SignIn::check`] makes one.
#[derive(Debug)]
pub struct ProvenUser {
    user: User,
    /// Which password they have proven.
    password: PasswordVersion,
    guess: Guess,
    upgrade: Option<HashUpgrade>,
    /// They themselves, now that they are known.
    initiator: Initiator,
}

/// A weak hash, and a better one of the same password.
#[derive(Debug)]
struct HashUpgrade {
    old: PasswordHash,
    new: PasswordHash,
}

impl SignIn {
    /// The first half: slow, and may be dropped when nobody waits for it any more. Unknown names take the time of wrong
    /// passwords, and are counted like them.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn check(&self, attempt: Attempt) -> Result<ProvenUser, SignInError> {
        let outcome = self.admit(attempt).await;
        let label = match &outcome {
            Err(SignInError::InvalidCredentials) => "failed",
            Err(SignInError::Suspended | SignInError::EmailUnverified) => "refused",
            Err(SignInError::TooManyAttempts { .. }) => "throttled",
            Ok(_) | Err(SignInError::Hashing(_) | SignInError::Store(_)) => return outcome,
        };
        self.meter.count(Metric::SignIns, &[label]);
        outcome
    }

    async fn admit(&self, attempt: Attempt) -> Result<ProvenUser, SignInError> {
        let Attempt { login, password, guesser, initiator } = attempt;
        let credentials = self.accounts.find_by_login(&login).await?;
        let failure = AuditEvent::new(AuditAction::LoginFailed, &initiator, self.clock.now());
        let (proven, weak_hash) =
            self.compare(&login, credentials, password.clone(), &guesser, failure.clone()).await?;
        if let Err(refusal) = proven.user.may_sign_in(self.settings.require_verified_email) {
            let refused = failure.on(Subject::User(proven.user.id)).with("reason", refusal.as_str());
            self.record(refused).await?;
            return Err(refusal.into());
        }
        let Some(old) = weak_hash else { return Ok(proven) };
        // Nobody is kept from signing in because there is no time for it now.
        let upgrade = self.hasher.hash(password).await.ok().map(|new| HashUpgrade { old, new });
        Ok(ProvenUser { upgrade, ..proven })
    }

    async fn record(&self, event: AuditEvent) -> Result<(), StoreError> {
        let mut tx = self.unit_of_work.begin().await?;
        tx.audit().record(event);
        tx.commit().await
    }

    /// Whether `password` is that of `credentials`, whatever else may keep the account from signing in; wrong ones are counted
    /// all the same, and recorded as `failure`. Answers which password it was.
    ///
    /// # Errors
    /// `InvalidCredentials`, `TooManyAttempts`, `Hashing`, `Store`.
    pub async fn prove(
        &self,
        credentials: Credentials,
        password: Password,
        guesser: &Guesser,
        failure: AuditEvent,
    ) -> Result<PasswordVersion, SignInError> {
        let login = Login::Email(credentials.user.email.clone());
        let (proven, _weak_hash) = self.compare(&login, Some(credentials), password, guesser, failure).await?;
        Ok(proven.password)
    }

    /// The user whose password it is, and the hash if it is weaker than it should be.
    async fn compare(
        &self,
        login: &Login,
        credentials: Option<Credentials>,
        password: Password,
        guesser: &Guesser,
        mut failure: AuditEvent,
    ) -> Result<(ProvenUser, Option<PasswordHash>), SignInError> {
        let user = credentials.as_ref().map(|credentials| &credentials.user);
        let guess = self.guard.admit(login, user, guesser).await?;
        let hash = credentials.as_ref().and_then(|credentials| credentials.password_hash.clone());
        let weak_hash = match self.hasher.verify(password, hash.clone()).await? {
            PasswordMatch::Match => None,
            PasswordMatch::Outdated => hash,
            PasswordMatch::Mismatch => {
                failure.subject = user.map(|user| Subject::User(user.id));
                self.guard.failed(guess, failure).await?;
                return Err(SignInError::InvalidCredentials);
            }
        };
        // Where there is no account there is no hash that a password could match.
        let Credentials { user, password_version, .. } = credentials.ok_or(SignInError::InvalidCredentials)?;
        let initiator = failure.initiator.known_as(user.id);
        Ok((ProvenUser { user, password: password_version, guess, upgrade: None, initiator }, weak_hash))
    }

    /// The second half: starts the session, and should run to its end once it has begun. The session of `replaced`, which the
    /// same client had so far, ends with it: nobody keeps the secret of a session from before the sign-in (ASVS 5.0, 7.2.4).
    ///
    /// # Errors
    /// `InvalidCredentials` if the account was deleted or suspended, or its password replaced, in between; `Store`.
    pub async fn start_session(
        &self,
        proven: ProvenUser,
        request: SessionRequest,
        replaced: Option<&SessionToken>,
    ) -> Result<SignedIn, SignInError> {
        let ProvenUser { mut user, password, guess, upgrade, initiator } = proven;
        let now = self.clock.now();
        let token = SessionToken::first(SessionId::new(self.ids.next()), self.new_secret());
        let digest = self.secrets.digest(&token);
        let session = Session::started(token.session, user.id, request, digest, now, &self.settings.lifetimes);
        let mut tx = self.unit_of_work.begin().await?;
        if !tx.users().record_login(user.id, password, now).await? {
            return Err(SignInError::InvalidCredentials);
        }
        if let Some(HashUpgrade { old, new }) = upgrade {
            tx.passwords().upgrade(user.id, &old, &new).await?;
        }
        GuessGuard::succeeded(&guess, tx.as_mut()).await?;
        let ended = self.make_room(tx.as_mut(), &session, replaced, now).await?;
        tx.sessions().insert(&session).await?;
        let grants = tx.grants().of(user.id).await?;
        let signed_in = AuditEvent::new(AuditAction::LoginSucceeded, &initiator, now).on(Subject::Session(session.id));
        tx.audit().record(signed_in);
        tx.commit().await?;
        self.tell(&session, ended, now).await;
        user.last_login_at = Some(now);
        Ok(SignedIn { user, grants, session, token })
    }

    fn new_secret(&self) -> SessionSecret {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        SessionSecret::new(bytes)
    }

    /// Ends the sessions that go for the new one.
    async fn make_room(
        &self,
        tx: &mut dyn Transaction,
        session: &Session,
        replaced: Option<&SessionToken>,
        now: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        let keep = self.settings.max_sessions.saturating_sub(1);
        let mut ended = tx.sessions().end_oldest(session.user_id, keep, now).await?;
        let Some(token) = replaced else { return Ok(ended) };
        let known = tx.sessions().lock(token.session).await?;
        if known.is_some_and(|known| recognise::is_current(self.secrets.as_ref(), &known, token))
            && tx.sessions().end(token.session, now).await?
        {
            ended.push(token.session);
        }
        Ok(ended)
    }

    async fn tell(&self, session: &Session, ended: Vec<SessionId>, now: Timestamp) {
        self.meter.count(Metric::SignIns, &["succeeded"]);
        let ended = ended.into_iter().map(|id| self.announcer.ended(id, now));
        let news: Vec<_> = ended.chain([News::UserChanged(session.user_id)]).collect();
        self.announcer.announce(&news).await;
    }
}

impl From<SignInRefusal> for SignInError {
    fn from(refusal: SignInRefusal) -> Self {
        match refusal {
            SignInRefusal::Suspended => Self::Suspended,
            SignInRefusal::EmailUnverified => Self::EmailUnverified,
        }
    }
}

impl From<Barred> for SignInError {
    fn from(barred: Barred) -> Self {
        match barred {
            Barred::TooMany { retry_after } => Self::TooManyAttempts { retry_after },
            Barred::Store(error) => Self::Store(error),
        }
    }
}
