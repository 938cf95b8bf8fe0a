//! Connections are used again, if that is safe.

use crate::fixture::{is_permanent, is_temporary, mail, mailer, plain};
use std::collections::BTreeSet;
use std::time::Duration;
use threshold_application::ports::Mailer;
use threshold_email::SmtpSettings;
use threshold_test_smtp::{Manner, OwnSmtp, Stage};

fn connections(server: &OwnSmtp) -> BTreeSet<u16> {
    server.received().iter().map(|mail| mail.connection).collect()
}

#[tokio::test]
async fn mails_one_after_the_other_share_a_connection() {
    let server = OwnSmtp::start();
    let mailer = mailer(&plain(&server));
    for number in 1..=5 {
        mailer.send(&mail(number)).await.unwrap();
    }
    assert_eq!((server.received().len(), connections(&server).len()), (5, 1));
}

#[tokio::test]
async fn a_connection_that_the_server_has_closed_meanwhile_costs_no_mail() {
    let server = OwnSmtp::start();
    let mailer = mailer(&plain(&server));
    mailer.send(&mail(1)).await.unwrap();
    for manner in [Manner::Closes(Stage::Noop), Manner::Answers(Stage::Noop, "421 4.4.2 Idle for too long")] {
        server.behave(manner);
        mailer.send(&mail(2)).await.unwrap();
    }
    assert_eq!((server.received().len(), connections(&server).len()), (3, 3));
}

#[tokio::test]
async fn a_connection_that_says_nothing_any_more_costs_no_mail() {
    let server = OwnSmtp::start();
    let mailer = mailer(&SmtpSettings { timeout: Duration::from_secs(8), ..plain(&server) });
    mailer.send(&mail(1)).await.unwrap();
    server.behave(Manner::Stalls(Stage::Noop));
    mailer.send(&mail(2)).await.unwrap();
    assert_eq!(connections(&server).len(), 2);
}

/// A late answer must not be taken for the answer to the next mail.
#[tokio::test]
async fn a_dialogue_that_was_given_up_is_not_gone_on_with() {
    let server = OwnSmtp::start();
    let mailer = mailer(&SmtpSettings { timeout: Duration::from_secs(3), ..plain(&server) });
    mailer.send(&mail(1)).await.unwrap();
    server.behave(Manner::Stalls(Stage::Content));
    assert!(is_temporary(&mailer).await);
    server.behave(Manner::Answers(Stage::Content, "554 5.7.1 No"));
    assert!(is_permanent(&mailer).await);
    server.behave(Manner::Accepts);
    mailer.send(&mail(2)).await.unwrap();
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_a_mailer_that_works() {
    let server = OwnSmtp::start();
    let mailer = mailer(&plain(&server));
    server.behave(Manner::Stalls(Stage::Recipient));
    let given_up = tokio::time::timeout(Duration::from_millis(300), mailer.send(&mail(1))).await;
    assert!(given_up.is_err());
    server.behave(Manner::Accepts);
    mailer.send(&mail(2)).await.unwrap();
    assert_eq!(server.received()[0].header("To"), ["user-2@example.org"]);
}
