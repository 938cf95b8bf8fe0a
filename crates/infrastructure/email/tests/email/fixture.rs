//! What the tests begin with.

use std::sync::Arc;
use threshold_application::ports::{MailError, Mailer};
use threshold_domain::mail::{Mail, MailContent, MailLink};
use threshold_email::{Sender, SmtpMailer, SmtpSettings};
use threshold_test_smtp::OwnSmtp;
use threshold_testkit::{FixedClock, a_mail, at};

/// What no error may hold.
pub(crate) const SECRET: &str = "s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-1";

pub(crate) fn sender() -> Sender {
    "Example <no-reply@Example.org>".parse().unwrap()
}

pub(crate) fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::default())
}

/// A mail with a secret.
pub(crate) fn mail(number: u128) -> Mail {
    let link = MailLink::new("https://id.example.org", "verify", SECRET);
    a_mail(number, MailContent::Verification { link, expires_at: at(0) })
}

/// The way to a server that doesn't encrypt.
pub(crate) fn plain(server: &OwnSmtp) -> SmtpSettings {
    SmtpSettings::new(format!("smtp://localhost:{}?tls=none", server.port()).parse().unwrap())
}

pub(crate) fn mailer(settings: &SmtpSettings) -> SmtpMailer {
    SmtpMailer::new(settings, sender(), clock()).unwrap()
}

/// Why a mail was not sent; says nothing secret.
pub(crate) async fn failure(mailer: &dyn Mailer) -> MailError {
    let error = mailer.send(&mail(1)).await.unwrap_err();
    let shown = format!("{error:?} {}", threshold_application::ErrorChain(&error));
    assert!(!shown.contains(SECRET) && !shown.contains("hunter2"), "{shown}");
    error
}

pub(crate) async fn is_temporary(mailer: &dyn Mailer) -> bool {
    matches!(failure(mailer).await, MailError::Temporary(_))
}

pub(crate) async fn is_permanent(mailer: &dyn Mailer) -> bool {
    matches!(failure(mailer).await, MailError::Permanent(_))
}
