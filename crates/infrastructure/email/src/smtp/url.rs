//! URLs of mail servers.

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use std::fmt;
use std::str::FromStr;
use url::{Host, Url};

/// The URL of a mail server.
///
/// - `smtp://user:password@host:587`: encrypted by STARTTLS, or nothing is sent;
/// - `smtps://user:password@host:465`: encrypted from the first byte;
/// - `smtp://host:25?tls=none`: not encrypted, for a server on the same machine.
///
/// User and password are percent-encoded and may be left out, the port too. Printed, it shows neither user nor password.
#[derive(Clone)]
pub struct SmtpUrl {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) credentials: Option<Credentials>,
}

/// When a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    /// Before anything but greetings is said.
    StartTls,
    /// From the first byte.
    Implicit,
    /// Never.
    Off,
}

/// Why a text is no URL of a mail server; repeats nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum SmtpUrlError {
    /// Neither of the schemes.
    #[error(
        "the URL of a mail server begins with smtp:// (encrypted by STARTTLS) or smtps:// (encrypted from the start)"
    )]
    UnknownScheme,
    /// It can't be read, or has a path.
    #[error("the URL of a mail server has the form smtp://user:password@host:port, user and password percent-encoded")]
    Malformed,
    /// A user without a password or the other way round.
    #[error("the URL of a mail server has a user and a password, or neither")]
    HalfCredentials,
    /// An option that is not offered.
    #[error("the only option in the URL of a mail server is ?tls=none, with smtp://")]
    UnknownOption,
}

impl FromStr for SmtpUrl {
    type Err = SmtpUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_repeats_values| SmtpUrlError::Malformed)?;
        let encryption = encryption(&url)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SmtpUrlError::Malformed);
        }
        let port = url.port().unwrap_or(match encryption {
            Encryption::StartTls => 587,
            Encryption::Implicit => 465,
            Encryption::Off => 25,
        });
        Ok(Self { host: host(&url)?, port, encryption, credentials: credentials(&url)? })
    }
}

fn encryption(url: &Url) -> Result<Encryption, SmtpUrlError> {
    match (url.scheme(), url.query()) {
        ("smtp", None) => Ok(Encryption::StartTls),
        ("smtps", None) => Ok(Encryption::Implicit),
        ("smtp", Some("tls=none")) => Ok(Encryption::Off),
        ("smtp" | "smtps", Some(_)) => Err(SmtpUrlError::UnknownOption),
        _ => Err(SmtpUrlError::UnknownScheme),
    }
}

/// A name in ASCII or an address, without brackets.
fn host(url: &Url) -> Result<String, SmtpUrlError> {
    match url.host() {
        Some(Host::Domain(name)) if name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)) => {
            Ok(name.to_owned())
        }
        Some(Host::Ipv4(address)) => Ok(address.to_string()),
        Some(Host::Ipv6(address)) => Ok(address.to_string()),
        Some(Host::Domain(_)) | None => Err(SmtpUrlError::Malformed),
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, SmtpUrlError> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8().map_err(|_repeats_values| SmtpUrlError::Malformed)?;
        Ok::<_, SmtpUrlError>(text.into_owned())
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None | Some("")) => Err(SmtpUrlError::HalfCredentials),
        (user, Some(password)) => Ok(Some(Credentials::new(decoded(user)?, decoded(password)?))),
    }
}

impl fmt::Display for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, option) = match self.encryption {
            Encryption::StartTls => ("smtp", ""),
            Encryption::Implicit => ("smtps", ""),
            Encryption::Off => ("smtp", "?tls=none"),
        };
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{scheme}://{open}{}{close}:{}{option}", self.host, self.port)
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> SmtpUrl {
        text.parse().unwrap()
    }

    #[test]
    fn encryption_is_checked_or_off_and_never_pretended() {
        for (text, encryption, shown) in [
            ("smtp://mail.example.org", Encryption::StartTls, "smtp://mail.example.org:587"),
            ("smtp://mail.example.org:25/", Encryption::StartTls, "smtp://mail.example.org:25"),
            ("smtps://mail.example.org", Encryption::Implicit, "smtps://mail.example.org:465"),
            ("smtp://127.0.0.1?tls=none", Encryption::Off, "smtp://127.0.0.1:25?tls=none"),
            ("smtps://[::1]:4650", Encryption::Implicit, "smtps://[::1]:4650"),
        ] {
            assert_eq!((url(text).encryption, url(text).to_string()), (encryption, shown.to_owned()));
        }
        for option in ["tls=opportunistic", "tls=", "", "tls=none&tls=none", "starttls=yes"] {
            let refused = format!("smtp://host?{option}").parse::<SmtpUrl>();
            assert!(matches!(refused, Err(SmtpUrlError::UnknownOption)), "{option}");
        }
        assert!(matches!("smtps://host?tls=none".parse::<SmtpUrl>(), Err(SmtpUrlError::UnknownOption)));
    }

    #[test]
    fn credentials_are_percent_decoded() {
        let expected = Credentials::new("ada@example.org".to_owned(), "p@ss:w/ürd".to_owned());
        assert_eq!(url("smtp://ada%40example.org:p%40ss%3Aw%2F%C3%BCrd@host").credentials, Some(expected));
        assert_eq!(url("smtp://host").credentials, None);
    }

    #[test]
    fn what_is_no_url_of_a_mail_server_is_refused() {
        for text in ["http://host", "mail://host", "host:25"] {
            assert!(matches!(text.parse::<SmtpUrl>(), Err(SmtpUrlError::UnknownScheme)), "{text}");
        }
        for text in [
            "",
            "mail.example.org",
            "smtp://",
            "smtp:host",
            "smtp://host/path",
            "smtp://host#x",
            "smtp://host:99999",
            "smtp://ho st",
            "smtp://höst",
            "smtp://a:%ff@host",
        ] {
            assert!(matches!(text.parse::<SmtpUrl>(), Err(SmtpUrlError::Malformed)), "{text}");
        }
        for text in ["smtp://ada@host", "smtp://ada:@host", "smtp://:secret@host"] {
            assert!(matches!(text.parse::<SmtpUrl>(), Err(SmtpUrlError::HalfCredentials)), "{text}");
        }
    }

    #[test]
    fn passwords_are_never_printed() {
        let good = url("smtp://ada:hunter2@mail.example.org");
        assert!(!format!("{good} {good:?}").contains("hunter2"));
        for bad in
            ["smtp://ada:hunter2@host:port/", "smtp://ada:hunter2@host?tls=hunter2", "hunter2://ada:hunter2@host"]
        {
            let error = bad.parse::<SmtpUrl>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{bad}");
        }
    }
}
