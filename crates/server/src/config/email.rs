//! Settings of mail.

use super::duration;
use super::reader::{Noted, Reader};
use super::settings::Environment;
use std::path::PathBuf;
use std::str::FromStr;
use threshold_application::accounts::LinkLifetimes;
use threshold_email::{Sender, SmtpSettings, SmtpUrl};

/// How people are written to.
#[derive(Debug, Clone)]
pub struct EmailSettings {
    /// Where mails go.
    pub transport: MailTransport,
    /// Who they are from.
    pub sender: Sender,
    /// How long the links in them are good.
    pub links: LinkLifetimes,
}

/// Where mails go.
#[derive(Debug, Clone)]
pub enum MailTransport {
    /// To standard output; for development.
    Console,
    /// Into files of this folder; for development.
    Files(PathBuf),
    /// To a server.
    Smtp(SmtpSettings),
}

pub(super) fn email(reader: &mut Reader, environment: Environment) -> Result<EmailSettings, Noted> {
    let sender = reader.required("email.from", Sender::from_str);
    let links = links(reader);
    let transport = transport(reader, environment);
    Ok(EmailSettings { transport: transport?, sender: sender?, links: links? })
}

fn links(reader: &mut Reader) -> Result<LinkLifetimes, Noted> {
    let verify_email = reader.required("verification.lifetime", duration::parse);
    let reset_password = reader.required("reset.lifetime", duration::parse);
    let invite = reader.required("invitation.lifetime", duration::parse);
    Ok(LinkLifetimes { verify_email: verify_email?, reset_password: reset_password?, invite: invite? })
}

fn transport(reader: &mut Reader, environment: Environment) -> Result<MailTransport, Noted> {
    let directory = reader.required("email.directory", PathBuf::from_str);
    let url = reader.optional("email.smtp_url", SmtpUrl::from_str);
    let timeout = reader.required("email.timeout", duration::parse);
    let authorities = reader.optional("email.authorities", PathBuf::from_str);
    let transport = reader.required("email.transport", |text| match text {
        "console" if environment == Environment::Production => {
            Err("must be smtp or file in production: nobody reads mails on the console")
        }
        "console" | "file" | "smtp" => Ok(text.to_owned()),
        _ => Err("must be console, file or smtp"),
    })?;
    match (transport.as_str(), url?) {
        ("smtp", Some(url)) => {
            let (timeout, authorities) = (timeout?, authorities?);
            Ok(MailTransport::Smtp(SmtpSettings { timeout, authorities, ..SmtpSettings::new(url) }))
        }
        ("smtp", None) => Err(reader.fault("email.smtp_url", "is required when email.transport is smtp")),
        ("file", _) => Ok(MailTransport::Files(directory?)),
        _ => Ok(MailTransport::Console),
    }
}
