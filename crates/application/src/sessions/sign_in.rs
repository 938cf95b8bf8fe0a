//! Signing in.

use crate::ports::{
    AccessTokens, AccountReader, Clock, HashingError, IdGenerator, IssueTokenError, Meter, Metric, PasswordHasher,
    PasswordMatch, StoreError, UnitOfWork,
};
use std::sync::Arc;
use std::time::Duration;
use threshold_domain::Timestamp;
use threshold_domain::access::Grants;
use threshold_domain::accounts::{Credentials, Login, Password, SignInRefusal, User};
use threshold_domain::sessions::{AccessClaims, AccessToken, Session, SessionId, TokenId};

/// Checks a password and starts a session.
pub struct SignIn {
    /// Finds the account.
    pub accounts: Arc<dyn AccountReader>,
    /// Compares the password.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Stores the session.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Signs the access token.
    pub tokens: Arc<dyn AccessTokens>,
    /// Dates the session.
    pub clock: Arc<dyn Clock>,
    /// Names the session and its token.
    pub ids: Arc<dyn IdGenerator>,
    /// Counts outcomes.
    pub meter: Arc<dyn Meter>,
    /// How long, and for whom.
    pub settings: SignInSettings,
}

/// What the operator decides about sign-in.
#[derive(Debug, Clone, Copy)]
pub struct SignInSettings {
    /// How long an access token is valid.
    pub access_lifetime: Duration,
    /// Whether the address must be proven first.
    pub require_verified_email: bool,
}

/// What a sign-in gives.
#[derive(Debug)]
pub struct SignedIn {
    /// Who signed in.
    pub user: User,
    /// What they prove it with from now on.
    pub access_token: AccessToken,
    /// How long it is valid.
    pub expires_in: Duration,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown name or wrong password: which of them is not told.
    #[error("the name or the password is wrong")]
    InvalidCredentials,
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
    /// The token was not made.
    #[error(transparent)]
    Token(#[from] IssueTokenError),
}

/// A user whose password was right and who may sign in: only [`SignIn::check`] makes one.
pub struct ProvenUser(User);

impl SignIn {
    /// Signs somebody in. Unknown names take the time of wrong passwords.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn execute(&self, login: Login, password: Password) -> Result<SignedIn, SignInError> {
        let user = self.check(login, password).await?;
        self.start_session(user).await
    }

    /// The first half: slow, changes nothing, and may be dropped when nobody waits for it any more.
    ///
    /// # Errors
    /// `InvalidCredentials`, `Suspended`, `EmailUnverified`, `Hashing`, `Store`.
    pub async fn check(&self, login: Login, password: Password) -> Result<ProvenUser, SignInError> {
        let outcome = self.check_password(&login, password).await.and_then(|user| {
            user.may_sign_in(self.settings.require_verified_email)?;
            Ok(ProvenUser(user))
        });
        match &outcome {
            Err(SignInError::InvalidCredentials) => self.meter.count(Metric::SignIns, &["failed"]),
            Err(SignInError::Suspended | SignInError::EmailUnverified) => {
                self.meter.count(Metric::SignIns, &["refused"]);
            }
            Ok(_) | Err(SignInError::Hashing(_) | SignInError::Store(_) | SignInError::Token(_)) => {}
        }
        outcome
    }

    async fn check_password(&self, login: &Login, password: Password) -> Result<User, SignInError> {
        let (user, hash) = match self.accounts.find_by_login(login).await? {
            Some(Credentials { user, password_hash }) => (Some(user), password_hash),
            None => (None, None),
        };
        match (self.hasher.verify(password, hash).await?, user) {
            (PasswordMatch::Match, Some(user)) => Ok(user),
            (PasswordMatch::Match | PasswordMatch::Mismatch, _) => Err(SignInError::InvalidCredentials),
        }
    }

    /// The second half: starts the session, and should run to its end once it has begun.
    ///
    /// # Errors
    /// `InvalidCredentials` if the account was deleted in between, `Store`, `Token`.
    pub async fn start_session(&self, proven: ProvenUser) -> Result<SignedIn, SignInError> {
        let ProvenUser(mut user) = proven;
        let now = self.clock.now();
        let lifetime = self.settings.access_lifetime;
        let session = Session::started(SessionId::new(self.ids.next()), user.id, now, time_delta(lifetime));
        let claims = AccessClaims {
            subject: user.id,
            session: session.id,
            token_id: TokenId::new(self.ids.next()),
            issued_at: now,
            expires_at: session.expires_at,
            grants: Grants::of_every_user(),
        };
        let access_token = self.tokens.issue(&claims)?;
        if !self.record(&session, now).await? {
            return Err(SignInError::InvalidCredentials);
        }
        self.meter.count(Metric::SignIns, &["succeeded"]);
        user.last_login_at = Some(now);
        Ok(SignedIn { user, access_token, expires_in: lifetime })
    }

    /// Stores the session; `false` if the account was deleted since its password was read.
    async fn record(&self, session: &Session, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.unit_of_work.begin().await?;
        if !tx.users().record_login(session.user_id, now).await? {
            return Ok(false);
        }
        tx.sessions().insert(session).await?;
        tx.commit().await?;
        Ok(true)
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

/// A duration as what is added to times; lifetimes beyond the calendar end with it.
pub(super) fn time_delta(duration: Duration) -> chrono::TimeDelta {
    chrono::TimeDelta::from_std(duration).unwrap_or(chrono::TimeDelta::MAX)
}
