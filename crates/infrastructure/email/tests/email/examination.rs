//! Whether a mail server lets us in is found out without a mail.

use crate::fixture::plain;
use std::time::Duration;
use threshold_application::ports::Examination;
use threshold_domain::operations::{Finding, Verdict};
use threshold_email::{SmtpExamination, SmtpSettings};
use threshold_test_smtp::{OwnSmtp, Protection};

async fn examine(settings: SmtpSettings) -> Finding {
    let [finding] = SmtpExamination::new(settings).examine().await.try_into().unwrap();
    assert!(!format!("{finding:?}").contains("hunter2"), "{finding:?}");
    finding
}

fn settings(url: &str, server: &OwnSmtp) -> SmtpSettings {
    SmtpSettings { authorities: Some(server.certificate()), ..SmtpSettings::new(url.parse().unwrap()) }
}

#[tokio::test]
async fn a_server_that_lets_us_in_gets_no_mail() {
    for (protection, scheme, says) in [
        (Protection::StartTls, "smtp", "with our credentials, encrypted by STARTTLS"),
        (Protection::Implicit, "smtps", "with our credentials, encrypted from the start"),
    ] {
        let server = OwnSmtp::start_with(protection, Some("ada:hunter2"));
        let url = format!("{scheme}://ada:hunter2@localhost:{}", server.port());
        let finding = examine(settings(&url, &server)).await;
        assert_eq!(finding.verdict, Verdict::Ok, "{finding:?}");
        assert!(finding.found.ends_with(says), "{finding:?}");
        assert!(server.received().is_empty());
    }
    let server = OwnSmtp::start();
    let finding = examine(plain(&server)).await;
    assert!(finding.verdict == Verdict::Ok && finding.found.contains("without credentials"), "{finding:?}");
}

#[tokio::test]
async fn wrong_credentials_certificates_and_protections_are_told_of() {
    let server = OwnSmtp::start_with(Protection::StartTls, Some("ada:right"));
    let at = |before: &str, after: &str| format!("{before}localhost:{}{after}", server.port());
    for faulty in [
        settings(&at("smtp://ada:hunter2@", ""), &server),
        settings(&at("smtps://ada:right@", ""), &server),
        SmtpSettings::new(at("smtp://ada:right@", "").parse().unwrap()),
        SmtpSettings { authorities: Some("/no/such/file".into()), ..plain(&server) },
    ] {
        let finding = examine(SmtpSettings { timeout: Duration::from_secs(5), ..faulty }).await;
        assert_eq!(finding.verdict, Verdict::Fail, "{finding:?}");
        assert!(finding.advice.is_some_and(|advice| advice.contains("email.smtp_url")));
    }
}

#[tokio::test]
async fn a_server_that_is_away_or_silent_is_told_of_in_time() {
    let mut server = OwnSmtp::start();
    let impatient = SmtpSettings { timeout: Duration::from_millis(500), ..plain(&server) };
    server.freeze();
    assert_eq!(examine(impatient.clone()).await.verdict, Verdict::Fail);
    server.thaw();
    server.kill();
    assert_eq!(examine(impatient).await.verdict, Verdict::Fail);
}
