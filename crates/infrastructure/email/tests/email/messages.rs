//! What arrives by SMTP, as another parser reads it.

use crate::fixture::{SECRET, clock, mail, mailer, plain, sender};
use std::sync::Arc;
use threshold_application::ports::Mailer;
use threshold_domain::accounts::Email;
use threshold_domain::mail::{Language, Mail};
use threshold_email::{Sender, SmtpMailer};
use threshold_test_smtp::{OwnSmtp, ReceivedMail};
use threshold_testkit::{FixedClock, a_mail, every_mail_content};

async fn sent(mail: &Mail) -> ReceivedMail {
    let server = OwnSmtp::start();
    mailer(&plain(&server)).send(mail).await.unwrap();
    server.received().remove(0)
}

#[tokio::test]
async fn a_mail_has_these_headers_each_once() {
    let arrived = sent(&mail(7)).await;
    for (name, value) in [
        ("Date", "Fri, 15 Jan 2027 08:00:00 +0000"),
        ("From", "Example <no-reply@example.org>"),
        ("To", "user-7@example.org"),
        ("Subject", "Please confirm your email address"),
        ("Message-ID", "<00000000-0000-0000-0000-000000000007@example.org>"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", "en"),
        ("MIME-Version", "1.0"),
    ] {
        assert_eq!(arrived.header(name), [value], "{name}");
    }
    assert_eq!(
        (arrived.sender.as_str(), arrived.recipients.as_slice()),
        ("no-reply@example.org", &["user-7@example.org".to_owned()][..])
    );
}

#[tokio::test]
async fn every_mail_keeps_the_rules_with_text_before_html_in_seven_bits() {
    let server = OwnSmtp::start();
    let mailer = mailer(&plain(&server));
    for language in Language::ALL {
        for (number, content) in (1..).zip(every_mail_content()) {
            mailer.send(&Mail { language, ..a_mail(number, content) }).await.unwrap();
        }
    }
    let arrived = server.received();
    assert_eq!(arrived.len(), 2 * every_mail_content().len());
    for mail in arrived {
        assert!(mail.defects.is_empty(), "{:?}", mail.defects);
        let types: Vec<_> = mail.parts.iter().map(|part| part.content_type.as_str()).collect();
        assert_eq!((mail.content_type.as_str(), types), ("multipart/alternative", vec!["text/plain", "text/html"]));
        assert!(
            mail.raw.is_ascii() && mail.raw.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n']))
        );
    }
}

#[tokio::test]
async fn german_arrives_as_it_was_written() {
    let arrived = sent(&Mail { language: Language::German, ..mail(1) }).await;
    assert_eq!(arrived.header("Subject"), ["Bitte bestätigen Sie Ihre E-Mail-Adresse"]);
    assert_eq!(arrived.header("Content-Language"), ["de"]);
    let text = arrived.text_of("text/plain");
    assert!(text.contains("Bitte bestätigen Sie") && text.lines().any(|line| line.ends_with(SECRET)), "{text}");
    assert!(arrived.text_of("text/html").contains(">Adresse bestätigen</a>"));
}

#[tokio::test]
async fn the_senders_name_may_hold_anything_on_one_line() {
    let server = OwnSmtp::start();
    let sender: Sender = "Bücher, <b>\"Bcc: x@y\"</b> & Söhne <info@bücher.example>".parse().unwrap();
    let mailer = SmtpMailer::new(&plain(&server), sender, clock()).unwrap();
    mailer.send(&mail(1)).await.unwrap();
    let arrived = server.received().remove(0);
    let from = arrived.header("From").concat();
    assert!(from.contains("Bcc: x@y") && from.ends_with("<info@xn--bcher-kva.example>"), "{from}");
    assert!(arrived.header("Bcc").is_empty() && arrived.defects.is_empty(), "{:?}", arrived.defects);
    assert_eq!(arrived.header("Message-ID"), ["<00000000-0000-0000-0000-000000000001@xn--bcher-kva.example>"]);
    assert!(arrived.text_of("text/html").contains("Bücher, &lt;b&gt;"));
}

#[tokio::test]
async fn the_local_part_stays_as_entered_and_the_domain_is_in_a_labels() {
    for (entered, addressed) in [
        ("Ada.Lovelace@Example.ORG", "Ada.Lovelace@example.org"),
        ("Info@Bücher.example", "Info@xn--bcher-kva.example"),
        ("ada..l.@example.org", "\"ada..l.\"@example.org"),
    ] {
        let arrived = sent(&Mail { to: Email::parse(entered).unwrap(), ..mail(1) }).await;
        // The server takes the quotes off.
        assert_eq!(arrived.recipients, [addressed.replace('"', "")]);
        assert!(arrived.raw.contains(&format!("\r\nTo: {addressed}\r\n")), "{}", arrived.raw);
    }
}

#[tokio::test]
async fn a_mail_sent_again_is_the_same_but_for_its_date() {
    let server = OwnSmtp::start();
    let clock = clock();
    let mailer = SmtpMailer::new(&plain(&server), sender(), Arc::<FixedClock>::clone(&clock)).unwrap();
    mailer.send(&mail(1)).await.unwrap();
    clock.advance(chrono::TimeDelta::seconds(90));
    mailer.send(&mail(1)).await.unwrap();
    let [first, second] = server.received().try_into().unwrap();
    assert_eq!(second.header("Date"), ["Fri, 15 Jan 2027 08:01:30 +0000"]);
    assert_eq!(first.raw.replace("08:00:00", "08:01:30"), second.raw);
}
