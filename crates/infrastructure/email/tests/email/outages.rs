//! Servers that are away, or go while they are spoken to.

use crate::fixture::{is_temporary, mail, mailer, plain};
use std::time::Duration;
use threshold_application::ports::Mailer;
use threshold_email::SmtpSettings;
use threshold_test_smtp::{Manner, OwnSmtp, Stage};

fn impatient(server: &OwnSmtp) -> SmtpSettings {
    SmtpSettings { timeout: Duration::from_millis(500), ..plain(server) }
}

#[tokio::test]
async fn a_server_that_is_away_is_temporary_and_used_again_when_it_is_back() {
    let mut server = OwnSmtp::start();
    let mailer = mailer(&plain(&server));
    mailer.send(&mail(1)).await.unwrap();
    server.kill();
    assert!(is_temporary(&mailer).await);
    server.restart();
    mailer.send(&mail(2)).await.unwrap();
    // It begins to count anew, over the first.
    assert_eq!(server.received()[0].header("To"), ["user-2@example.org"]);
}

#[tokio::test]
async fn a_server_that_stalls_is_temporary_within_the_time_out() {
    for stage in [Stage::Recipient, Stage::Content] {
        let server = OwnSmtp::start();
        server.behave(Manner::Stalls(stage));
        let stalled = tokio::time::timeout(Duration::from_secs(30), is_temporary(&mailer(&impatient(&server)))).await;
        assert_eq!(stalled, Ok(true), "{stage:?}");
    }
}

#[tokio::test]
async fn a_server_that_takes_connections_and_says_nothing_is_temporary() {
    let server = OwnSmtp::start();
    let mailer = mailer(&impatient(&server));
    server.freeze();
    assert!(is_temporary(&mailer).await);
    server.thaw();
}

#[tokio::test]
async fn a_server_that_closes_in_the_middle_is_temporary() {
    let server = OwnSmtp::start();
    let mailer = mailer(&plain(&server));
    for stage in [Stage::Recipient, Stage::Content] {
        server.behave(Manner::Closes(stage));
        assert!(is_temporary(&mailer).await, "{stage:?}");
    }
}

#[tokio::test]
async fn a_name_that_nobody_has_is_temporary() {
    let settings = SmtpSettings::new("smtp://no-such-host.invalid?tls=none".parse().unwrap());
    assert!(is_temporary(&mailer(&settings)).await);
}
