//! English.

use crate::letter::{Letter, Part};
use threshold_domain::Timestamp;
use threshold_domain::mail::{Language, MailContent, MailLink};

/// The letter with that content, from a service of that name. It is ASCII, so that it needs no encoding.
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
    let greeting = Part::says("Hello,");
    let closing = Part::says(format!("This mail was sent by {service}, automatically."));
    let parts = [vec![greeting], parts, vec![closing]].concat();
    Letter { subject, language: Language::English.tag(), parts }
}

type Words = (&'static str, Vec<Part>);

fn button(label: &'static str, link: &MailLink) -> Part {
    Part::Button { label, url: link.expose() }
}

fn time(at: Timestamp) -> String {
    at.format("%-d %B %Y, %H:%M UTC").to_string()
}

fn verification(service: &str, link: &MailLink, expires_at: Timestamp) -> Words {
    let parts = vec![
        Part::says(format!(
            "Somebody, hopefully you, registered at {service} with this address. Please confirm that it is yours:"
        )),
        button("Confirm address", link),
        Part::says(format!(
            "The link works until {}. If it wasn't you, don't confirm it: whoever registered has chosen the password.",
            time(expires_at)
        )),
    ];
    ("Please confirm your email address", parts)
}

fn email_change(service: &str, link: &MailLink, expires_at: Timestamp) -> Words {
    let parts = vec![
        Part::says(format!(
            "The owner of an account at {service} wants to use this address from now on. If that is you, please confirm it:"
        )),
        button("Confirm address", link),
        Part::says(format!(
            "The link works until {}. If it wasn't you, don't confirm it: the account belongs to somebody else.",
            time(expires_at)
        )),
    ];
    ("Please confirm your new email address", parts)
}

fn email_change_requested(service: &str, new_address: &str) -> Words {
    let parts = vec![
        Part::says(format!(
            "A new email address was entered for your account at {service}: {new_address}. It replaces this one as soon as \
             it is confirmed."
        )),
        Part::says("If it wasn't you, change your password at once: somebody else may know it."),
    ];
    ("Your email address is about to change", parts)
}

fn email_changed(service: &str, new_address: &str) -> Words {
    let parts = vec![
        Part::says(format!(
            "The email address of your account at {service} is now {new_address}. This one belongs to it no longer."
        )),
        Part::says("If it wasn't you, tell whoever runs the service: somebody else may be using your account."),
    ];
    ("Your email address has changed", parts)
}

fn password_reset(service: &str, link: &MailLink, expires_at: Timestamp) -> Words {
    let parts = vec![
        Part::says(format!("A new password was asked for, for your account at {service}. You can choose it here:")),
        button("Choose password", link),
        Part::says(format!(
            "The link works once, until {}. If it wasn't you, you need not do anything: your password stays as it is.",
            time(expires_at)
        )),
    ];
    ("Choose a new password", parts)
}

fn password_changed(service: &str) -> Words {
    let parts = vec![
        Part::says(format!("The password of your account at {service} has changed.")),
        Part::says("If it wasn't you, choose a new one at once: on the page to sign in, say that you forgot yours."),
    ];
    ("Your password has changed", parts)
}

fn already_registered(service: &str, link: &MailLink) -> Words {
    let parts = vec![
        Part::says(format!(
            "Somebody, hopefully you, tried to register at {service} with this address, but you have an account already. \
             You can sign in here, and choose a new password if you forgot yours:"
        )),
        button("Sign in", link),
        Part::says("If it wasn't you, you need not do anything: nothing has changed."),
    ];
    ("You have an account already", parts)
}

fn account_deleted(service: &str, purge_after: Timestamp) -> Words {
    let parts = vec![
        Part::says(format!(
            "Your account at {service} is deleted. What is stored about you will be erased for good after {}.",
            time(purge_after)
        )),
        Part::says("If it wasn't you, tell whoever runs the service: until then the account can be brought back."),
    ];
    ("Your account is deleted", parts)
}

fn invitation(service: &str, link: &MailLink, expires_at: Timestamp) -> Words {
    let parts = vec![
        Part::says(format!("There is an account for you at {service}. Choose a password, and you can use it:")),
        button("Choose password", link),
        Part::says(format!("The link works once, until {}.", time(expires_at))),
    ];
    ("An account for you", parts)
}
