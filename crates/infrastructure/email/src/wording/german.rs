//! German.

use crate::letter::{Letter, Part};
use threshold_domain::Timestamp;
use threshold_domain::mail::{Language, MailContent, MailLink};

/// The letter with that content, from a service of that name.
pub(crate) fn letter(content: &MailContent, service: &str) -> Letter {
    let (subject, parts) = match content {
        MailContent::Verification { link, expires_at } => verification(service, link, *expires_at),
        MailContent::EmailChange { link, expires_at } => email_change(service, link, *expires_at),
        MailContent::EmailChangeRequested { new_address } => email_change_requested(service, new_address.as_str()),
        MailContent::EmailChanged { new_address } => email_changed(service, new_address.as_str()),
        MailContent::PasswordReset { link, expires_at } => password_reset(service, link, *expires_at),
        MailContent::PasswordChanged => password_changed(service),
        MailContent::AlreadyRegistered { link } => already_registered(service, link),
        MailContent::AccountDeleted { purge_after } => account_deleted(service, *purge_after),
        MailContent::Invitation { link, expires_at } => invitation(service, link, *expires_at),
    };
    let greeting = Part::says("Guten Tag,");
    let closing = Part::says(format!("Diese Mail hat {service} automatisch verschickt."));
    let parts = [vec![greeting], parts, vec![closing]].concat();
    Letter { subject, language: Language::German.tag(), parts }
}

type Words = (&'static str, Vec<Part>);

fn button(label: &'static str, link: &MailLink) -> Part {
    Part::Button { label, url: link.expose() }
}

fn time(at: Timestamp) -> String {
    at.format("%d.%m.%Y, %H:%M Uhr (UTC)").to_string()
}

fn verification(service: &str, link: &MailLink, expires_at: Timestamp) -> Words {
    let parts = vec![
        Part::says(format!(
            "jemand, hoffentlich Sie, hat mit dieser Adresse ein Konto bei {service} angelegt. Bitte bestätigen Sie, dass sie \
             Ihnen gehört:"
        )),
        button("Adresse bestätigen", link),
        Part::says(format!(
            "Der Link gilt bis {}. Waren Sie es nicht, bestätigen Sie nichts: Das Passwort hat gewählt, wer das Konto angelegt hat.",
            time(expires_at)
        )),
    ];
    ("Bitte bestätigen Sie Ihre E-Mail-Adresse", parts)
}

fn email_change(service: &str, link: &MailLink, expires_at: Timestamp) -> Words {
    let parts = vec![
        Part::says(format!(
            "zu einem Konto bei {service} soll ab jetzt diese Adresse gehören. Ist es Ihres, bestätigen Sie sie bitte:"
        )),
        button("Adresse bestätigen", link),
        Part::says(format!(
            "Der Link gilt bis {}. Waren Sie es nicht, bestätigen Sie nichts: Das Konto gehört jemand anderem.",
            time(expires_at)
        )),
    ];
    ("Bitte bestätigen Sie Ihre neue E-Mail-Adresse", parts)
}

fn email_change_requested(service: &str, new_address: &str) -> Words {
    let parts = vec![
        Part::says(format!(
            "für Ihr Konto bei {service} wurde eine neue E-Mail-Adresse eingetragen: {new_address}. Sie ersetzt diese hier, \
             sobald sie bestätigt ist."
        )),
        Part::says("Waren Sie es nicht, ändern Sie sofort Ihr Passwort: jemand anders kennt es vielleicht."),
    ];
    ("Ihre E-Mail-Adresse soll sich ändern", parts)
}

fn email_changed(service: &str, new_address: &str) -> Words {
    let parts = vec![
        Part::says(format!(
            "die E-Mail-Adresse Ihres Kontos bei {service} ist jetzt {new_address}. Diese hier gehört nicht mehr dazu."
        )),
        Part::says("Waren Sie es nicht, wenden Sie sich an den Betreiber: jemand anders benutzt vielleicht Ihr Konto."),
    ];
    ("Ihre E-Mail-Adresse hat sich geändert", parts)
}

fn password_reset(service: &str, link: &MailLink, expires_at: Timestamp) -> Words {
    let parts = vec![
        Part::says(format!(
            "für Ihr Konto bei {service} wurde ein neues Passwort angefordert. Hier können Sie es wählen:"
        )),
        button("Passwort wählen", link),
        Part::says(format!(
            "Der Link gilt einmal, bis {}. Waren Sie es nicht, brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist.",
            time(expires_at)
        )),
    ];
    ("Wählen Sie ein neues Passwort", parts)
}

fn password_changed(service: &str) -> Words {
    let parts = vec![
        Part::says(format!("das Passwort Ihres Kontos bei {service} wurde geändert.")),
        Part::says(
            "Waren Sie es nicht, wählen Sie sofort ein neues: geben Sie dort, wo Sie sich anmelden, an, dass Sie Ihres \
             vergessen haben.",
        ),
    ];
    ("Ihr Passwort wurde geändert", parts)
}

fn already_registered(service: &str, link: &MailLink) -> Words {
    let parts = vec![
        Part::says(format!(
            "jemand, hoffentlich Sie, wollte mit dieser Adresse ein Konto bei {service} anlegen, aber Sie haben schon eines. \
             Hier können Sie sich anmelden und ein neues Passwort wählen, falls Sie Ihres vergessen haben:"
        )),
        button("Anmelden", link),
        Part::says("Waren Sie es nicht, brauchen Sie nichts zu tun: es hat sich nichts geändert."),
    ];
    ("Sie haben schon ein Konto", parts)
}

fn account_deleted(service: &str, purge_after: Timestamp) -> Words {
    let parts = vec![
        Part::says(format!(
            "Ihr Konto bei {service} ist gelöscht. Was über Sie gespeichert ist, wird nach dem {} endgültig entfernt.",
            time(purge_after)
        )),
        Part::says(
            "Waren Sie es nicht, wenden Sie sich an den Betreiber: bis dahin lässt sich das Konto wiederherstellen.",
        ),
    ];
    ("Ihr Konto ist gelöscht", parts)
}

fn invitation(service: &str, link: &MailLink, expires_at: Timestamp) -> Words {
    let parts = vec![
        Part::says(format!(
            "bei {service} gibt es ein Konto für Sie. Wählen Sie ein Passwort, dann können Sie es benutzen:"
        )),
        button("Passwort wählen", link),
        Part::says(format!("Der Link gilt einmal, bis {}.", time(expires_at))),
    ];
    ("Ein Konto für Sie", parts)
}
