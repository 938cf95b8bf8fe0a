//! Encryption and credentials.

use crate::fixture::{clock, failure, is_temporary, mail, mailer, plain, sender};
use std::fs;
use tempfile::NamedTempFile;
use threshold_application::ErrorChain;
use threshold_application::ports::{MailError, Mailer};
use threshold_email::{SmtpMailer, SmtpSettings};
use threshold_test_smtp::{Manner, OwnSmtp, Protection};

/// The way to a server whose certificate is trusted.
fn trusting(server: &OwnSmtp, scheme: &str, host: &str) -> SmtpSettings {
    let url = format!("{scheme}://{host}:{}", server.port()).parse().unwrap();
    SmtpSettings { authorities: Some(server.certificate()), ..SmtpSettings::new(url) }
}

#[tokio::test]
async fn mail_goes_encrypted_by_starttls_and_from_the_first_byte() {
    for (protection, scheme) in [(Protection::StartTls, "smtp"), (Protection::Implicit, "smtps")] {
        let server = OwnSmtp::start_with(protection, None);
        let mailer = mailer(&trusting(&server, scheme, "localhost"));
        for number in [1, 2] {
            mailer.send(&mail(number)).await.unwrap();
        }
        assert_eq!(server.received().len(), 2, "{protection:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_is_refused() {
    for (protection, scheme) in [(Protection::StartTls, "smtp"), (Protection::Implicit, "smtps")] {
        let server = OwnSmtp::start_with(protection, None);
        let settings = SmtpSettings { authorities: None, ..trusting(&server, scheme, "localhost") };
        let error = failure(&mailer(&settings)).await;
        assert!(matches!(error, MailError::Temporary(_)) && ErrorChain(&error).to_string().contains("certificate"));
        assert!(server.received().is_empty());
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let server = OwnSmtp::start_with(Protection::Implicit, None);
    assert!(is_temporary(&mailer(&trusting(&server, "smtps", "127.0.0.1"))).await);
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing() {
    let server = OwnSmtp::start_with(Protection::None, Some("ada:hunter2"));
    assert!(is_temporary(&mailer(&trusting(&server, "smtp", "ada:hunter2@localhost"))).await);
    assert!(server.received().is_empty());
}

/// Otherwise a man in the middle could answer for the server.
#[tokio::test]
async fn what_was_said_before_encryption_counts_for_nothing_afterwards() {
    let server = OwnSmtp::start_with(Protection::StartTls, None);
    server.behave(Manner::Injects);
    assert!(is_temporary(&mailer(&trusting(&server, "smtp", "localhost"))).await);
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn the_right_credentials_are_taken() {
    let server = OwnSmtp::start_with(Protection::StartTls, Some("ada@example.org:hunter2 ö/@:%"));
    let host = "ada%40example.org:hunter2%20%C3%B6%2F%40%3A%25@localhost";
    mailer(&trusting(&server, "smtp", host)).send(&mail(1)).await.unwrap();
    assert_eq!(server.received().len(), 1);
}

/// The operator can set them right, and then no mail is lost.
#[tokio::test]
async fn wrong_or_missing_credentials_are_temporary() {
    let server = OwnSmtp::start_with(Protection::StartTls, Some("ada:secret"));
    for host in ["ada:hunter2@localhost", "localhost"] {
        assert!(is_temporary(&mailer(&trusting(&server, "smtp", host))).await, "{host}");
    }
    assert!(server.received().is_empty());
}

#[test]
fn authorities_must_be_certificates() {
    let server = OwnSmtp::start();
    let file = NamedTempFile::new().unwrap();
    let settings = SmtpSettings { authorities: Some(file.path().to_owned()), ..plain(&server) };
    let is_refused = || SmtpMailer::new(&settings, sender(), clock()).is_err();
    for text in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nnonsense"] {
        fs::write(file.path(), text).unwrap();
        assert!(is_refused(), "{text}");
    }
    fs::copy(server.certificate(), file.path()).unwrap();
    assert!(!is_refused());
    fs::remove_file(file.path()).unwrap();
    assert!(is_refused());
}
