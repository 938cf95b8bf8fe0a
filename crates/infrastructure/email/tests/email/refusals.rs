//! Servers that say no.

use crate::fixture::{SECRET, failure, is_permanent, is_temporary, mail, mailer, plain};
use threshold_application::ErrorChain;
use threshold_application::ports::{MailError, Mailer};
use threshold_domain::accounts::Email;
use threshold_domain::mail::Mail;
use threshold_test_smtp::{Manner, OwnSmtp, Stage};

#[tokio::test]
async fn a_refusal_of_4xx_is_temporary() {
    let server = OwnSmtp::start();
    let mailer = mailer(&plain(&server));
    for stage in [Stage::Recipient, Stage::Content] {
        for answer in ["450 4.2.0 Greylisted", "421 4.3.2 Shutting down", "452 Full"] {
            server.behave(Manner::Answers(stage, answer));
            assert!(is_temporary(&mailer).await, "{stage:?} {answer}");
        }
    }
    server.behave(Manner::Accepts);
    mailer.send(&mail(1)).await.unwrap();
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_refusal_of_5xx_is_permanent() {
    let server = OwnSmtp::start();
    let mailer = mailer(&plain(&server));
    for stage in [Stage::Recipient, Stage::Content] {
        for answer in ["550 5.1.1 No such user", "552 5.2.2 Mailbox full", "554 Spam"] {
            server.behave(Manner::Answers(stage, answer));
            assert!(is_permanent(&mailer).await, "{stage:?} {answer}");
        }
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn the_servers_reason_is_told() {
    let server = OwnSmtp::start();
    server.behave(Manner::Answers(Stage::Recipient, "550 5.1.1 No such user here"));
    let error = failure(&mailer(&plain(&server))).await;
    let told = ErrorChain(&error).to_string();
    assert!(told.contains("550") && told.matches("No such user here").count() == 1, "{told}");
}

#[tokio::test]
async fn a_reason_that_may_repeat_the_mail_is_told_by_its_codes_alone() {
    let server = OwnSmtp::start();
    for (answer, codes) in [
        ("554 5.7.1 Blocked: https://id.example.org/verify/s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-1", "554 5.7.1"),
        ("554 s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-1", "554"),
    ] {
        assert!(answer.contains(SECRET));
        server.behave(Manner::Answers(Stage::Content, answer));
        let error = failure(&mailer(&plain(&server))).await;
        assert!(ErrorChain(&error).to_string().ends_with(&format!("the content with {codes}")), "{error:?}");
    }
}

#[tokio::test]
async fn an_address_that_mail_can_not_reach_is_permanent() {
    let server = OwnSmtp::start();
    let to = Email::parse(&format!("{}@example.org", "x".repeat(65))).unwrap();
    let refused = mailer(&plain(&server)).send(&Mail { to, ..mail(1) }).await;
    assert!(matches!(refused, Err(MailError::Permanent(_))));
    assert!(server.received().is_empty());
}
