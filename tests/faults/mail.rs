//! Mail while its server is slow, away or unwilling.

use crate::installed;
use serde_json::json;
use std::time::{Duration, Instant};
use threshold_tests::{Backend, GOOD_PASSWORD, Installation, Manner, OwnSmtp, Stage};

/// Far longer than it takes.
const PATIENCE: Duration = Duration::from_secs(20);
const ADA: &str = "ada@example.org";

async fn writing_to(backend: Backend, smtp: &OwnSmtp) -> Installation {
    let url = format!("smtp://localhost:{}?tls=none", smtp.port());
    installed(backend).await.with("EMAIL__TRANSPORT", "smtp").with("EMAIL__SMTP_URL", &url)
}

/// What `threshold jobs list` says once a line of it fits.
async fn listed(installation: &Installation, fits: impl Fn(&str) -> bool) -> String {
    let started = Instant::now();
    loop {
        let output = installation.command(&["jobs", "list"]).output().unwrap();
        let table = String::from_utf8(output.stdout).unwrap();
        if let Some(line) = table.lines().find(|line| line.contains("send_link") && fits(line)) {
            return line.to_owned();
        }
        assert!(started.elapsed() < PATIENCE, "{table}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn received(smtp: &OwnSmtp, mails: usize) {
    let started = Instant::now();
    while smtp.received().len() < mails {
        assert!(started.elapsed() < PATIENCE, "{} of {mails} mails", smtp.received().len());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_mail_waits_for_a_server_that_is_away_and_is_not_lost() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let mut smtp = OwnSmtp::start();
        let installation = writing_to(backend, &smtp).await;
        smtp.kill();
        let server = installation.start().await;
        assert_eq!(server.client().register(ADA).await.status, 201, "nobody waits for the mail");
        let line = listed(&installation, |line| line.contains("waiting") && line.contains("tries 1")).await;
        assert!(!line.contains(ADA), "{line}");
        smtp.restart();
        let id = line.split(' ').next().unwrap();
        assert!(installation.command(&["jobs", "retry", id]).status().unwrap().success());
        received(&smtp, 1).await;
    }
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_is_given_up() {
    let smtp = OwnSmtp::start();
    smtp.behave(Manner::Answers(Stage::Recipient, "550 no such mailbox"));
    let installation = writing_to(Backend::Sqlite, &smtp).await;
    let server = installation.start().await;
    assert_eq!(server.client().register(ADA).await.status, 201);
    let line = listed(&installation, |line| line.contains("dead")).await;
    assert!(line.contains("550"), "{line}");
}

#[tokio::test]
async fn a_worker_that_is_stopped_hands_back_the_mail_that_it_could_not_finish() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let smtp = OwnSmtp::start();
        smtp.behave(Manner::Stalls(Stage::Recipient));
        let installation = writing_to(backend, &smtp).await.with("SHUTDOWN__DRAIN", "0s").with("SHUTDOWN__GRACE", "1s");
        let mut server = installation.start().await;
        let body = json!({"email": ADA, "password": GOOD_PASSWORD});
        assert_eq!(server.client().post("/api/v1/register", body).await.status, 201);
        listed(&installation, |line| line.contains("running")).await;
        server.signal("TERM");
        assert!(server.ended().await.success());
        let line = listed(&installation, |line| line.contains("waiting")).await;
        assert!(line.contains("tries 0"), "{line}");
        smtp.behave(Manner::Accepts);
        let _server = installation.start().await;
        received(&smtp, 1).await;
    }
}
