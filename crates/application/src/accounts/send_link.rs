//! Mailing a link.

use crate::ports::{AccountReader, Clock, LinkSecrets, MailError, Mailer, StoreError, UnitOfWork};
use std::sync::Arc;
use std::time::Duration;
use threshold_domain::Timestamp;
use threshold_domain::accounts::{AccountLink, Email, LinkId, LinkPurpose, Login, Standing, User, UserId};
use threshold_domain::jobs::Job;
use threshold_domain::mail::{Language, Mail, MailContent, MailId, MailLink};

/// Makes a link for whoever has an address, and mails it.
pub struct SendLink {
    /// Tells who has the address.
    pub accounts: Arc<dyn AccountReader>,
    /// Keeps the link.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Makes its secret.
    pub secrets: Arc<dyn LinkSecrets>,
    /// Sends it.
    pub mailer: Arc<dyn Mailer>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
    /// Where links lead.
    pub public_url: String,
    /// How long they are good.
    pub lifetimes: LinkLifetimes,
}

/// How long links are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkLifetimes {
    /// Those that prove an address.
    pub verify_email: Duration,
    /// Those that replace a password.
    pub reset_password: Duration,
    /// Those that invite somebody to an account.
    pub invite: Duration,
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mailer failed.
    #[error(transparent)]
    Mail(#[from] MailError),
}

/// Who is written to.
struct Reader {
    user: UserId,
    to: Email,
    language: Language,
}

impl SendLink {
    /// Sends a link for `purpose` to whoever has that address and a use for it. Done again for the same job it sends the same link
    /// again.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn to_owner(
        &self,
        job: &Job,
        purpose: LinkPurpose,
        to: &Email,
        language: Language,
    ) -> Result<(), SendError> {
        let owner = self.accounts.find_by_login(&Login::Email(to.clone())).await?.map(|found| found.user);
        let Some(user) = owner.filter(|user| is_of_use(purpose, user)) else { return Ok(()) };
        let content = match purpose {
            LinkPurpose::VerifyEmail => |link, expires_at| MailContent::Verification { link, expires_at },
            LinkPurpose::ChangeEmail => |link, expires_at| MailContent::EmailChange { link, expires_at },
            LinkPurpose::ResetPassword => |link, expires_at| MailContent::PasswordReset { link, expires_at },
            LinkPurpose::Invite => |link, expires_at| MailContent::Invitation { link, expires_at },
        };
        self.send(job, purpose, Reader { user: user.id, to: user.email, language }, content).await
    }

    /// Sends a link to the address that is to become that of `user`, if it still is. Done again for the same job it sends the same
    /// link again.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn to_new_address(
        &self,
        job: &Job,
        user: UserId,
        to: &Email,
        language: Language,
    ) -> Result<(), SendError> {
        let user = self.accounts.find(user).await?;
        let waits = |user: &User| user.pending_email.as_ref() == Some(to) && is_of_use(LinkPurpose::ChangeEmail, user);
        let Some(user) = user.filter(waits) else { return Ok(()) };
        let content = |link, expires_at| MailContent::EmailChange { link, expires_at };
        let reader = Reader { user: user.id, to: to.clone(), language };
        self.send(job, LinkPurpose::ChangeEmail, reader, content).await
    }

    async fn send(
        &self,
        job: &Job,
        purpose: LinkPurpose,
        reader: Reader,
        content: fn(MailLink, Timestamp) -> MailContent,
    ) -> Result<(), SendError> {
        let Reader { user, to, language } = reader;
        let id = LinkId::new(job.id.as_uuid());
        let token = self.secrets.link_token(id);
        let link = AccountLink {
            id,
            user_id: user,
            purpose,
            email: to.clone(),
            digest: self.secrets.link_digest(&token),
            created_at: job.created_at,
            expires_at: self.expiry(purpose),
            used_at: None,
        };
        let mut tx = self.unit_of_work.begin().await?;
        let is_good = tx.links().add(&link).await?;
        tx.commit().await?;
        if !is_good {
            return Ok(());
        }
        let content = content(MailLink::new(&self.public_url, purpose.page(), &token.expose()), link.expires_at);
        let mail = Mail { id: MailId::new(job.id.as_uuid()), to, language, content };
        Ok(self.mailer.send(&mail).await?)
    }

    fn expiry(&self, purpose: LinkPurpose) -> Timestamp {
        let lifetime = match purpose {
            LinkPurpose::VerifyEmail | LinkPurpose::ChangeEmail => self.lifetimes.verify_email,
            LinkPurpose::ResetPassword => self.lifetimes.reset_password,
            LinkPurpose::Invite => self.lifetimes.invite,
        };
        self.clock.now() + chrono::TimeDelta::from_std(lifetime).unwrap_or(chrono::TimeDelta::days(365))
    }
}

/// Who is barred gets no mail, and who has proven their address need not do so again.
fn is_of_use(purpose: LinkPurpose, user: &User) -> bool {
    match (purpose, user.standing) {
        (_, Standing::Suspended) => false,
        (LinkPurpose::VerifyEmail | LinkPurpose::Invite, _) => user.email_verified_at.is_none(),
        (LinkPurpose::ChangeEmail | LinkPurpose::ResetPassword, Standing::Unverified | Standing::Active) => true,
    }
}
