//! Email addresses.

use crate::{Refusal, RefusalCode};
use std::hash::{Hash, Hasher};

/// The longest address in its A-label form, in bytes (RFC 5321 §4.5.3.1.3, less the angle brackets).
const MAX_BYTES: usize = 254;
/// The longest label of a domain, in bytes (RFC 1035 §2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// An address that the HTML living standard's `<input type=email>` accepts, its domain in Unicode or punycode.
///
/// It is shown as it was entered; two addresses are equal when their canonical forms are.
#[derive(Debug, Clone)]
pub struct Email {
    entered: String,
    canonical: String,
}

impl Email {
    /// Reads an address.
    ///
    /// # Errors
    /// `invalid-format` if it isn't one (white space around it included), `too-long` over 254 bytes with the
    /// domain in A-labels.
    pub fn parse(entered: &str) -> Result<Self, Refusal> {
        let (local, domain) = entered.rsplit_once('@').ok_or_else(malformed)?;
        if local.is_empty() || !local.bytes().all(is_local_byte) {
            return Err(malformed());
        }
        let domain = to_a_labels(domain)?;
        let canonical = format!("{}@{domain}", local.to_ascii_lowercase());
        if canonical.len() > MAX_BYTES {
            return Err(Refusal::new(RefusalCode::TooLong, "An email address has at most 254 bytes."));
        }
        Ok(Self { entered: entered.to_owned(), canonical })
    }

    /// The address as its owner wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.entered
    }

    /// The form that is compared: lower case, the domain in A-labels (RFC 5891).
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The part before the `@`, in lower case.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.canonical.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Email {}

impl Hash for Email {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical.hash(state);
    }
}

fn malformed() -> Refusal {
    Refusal::new(RefusalCode::InvalidFormat, "Enter an email address like name@example.org, without spaces around it.")
}

/// The `atext` of RFC 5322 §3.2.3 plus the dot, anywhere: what browsers accept.
fn is_local_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn to_a_labels(domain: &str) -> Result<String, Refusal> {
    let too_long = domain.len() > MAX_BYTES * 4;
    if too_long || domain.bytes().any(|b| b.is_ascii() && !is_domain_byte(b)) {
        return Err(malformed());
    }
    let ascii = idna::domain_to_ascii(domain).map_err(|_idna| malformed())?;
    if ascii.split('.').all(is_label) { Ok(ascii) } else { Err(malformed()) }
}

fn is_domain_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.'
}

fn is_label(label: &str) -> bool {
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = label.as_bytes();
    bytes.len() <= MAX_LABEL_BYTES
        && edge(bytes.first())
        && edge(bytes.last())
        && bytes.iter().all(|&b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_that_browsers_accept_are_accepted() {
        for address in
            ["a@b", "Ada.Lovelace+tag@Example.ORG", "o'brien@example.ie", "..@x-y.example", "a@xn--bcher-kva.example"]
        {
            assert!(Email::parse(address).is_ok(), "{address}");
        }
    }

    #[test]
    fn addresses_that_browsers_refuse_are_refused() {
        let long_label = format!("a@{}.org", "x".repeat(64));
        for address in [
            "",
            "a",
            "@b",
            "a@",
            " a@b",
            "a@b ",
            "a b@c",
            "a@b c",
            "a@-b",
            "a@b-",
            "a@b..c",
            "a@b.",
            "a@@b",
            "\"q\"@b",
            "a@[1.2.3.4]",
            "a@b_c",
            "ä@b.de",
            "a\r\n@b",
            &long_label,
        ] {
            assert_eq!(Email::parse(address).unwrap_err().code(), RefusalCode::InvalidFormat, "{address:?}");
        }
    }

    #[test]
    fn unicode_and_punycode_domains_are_one_address() {
        let unicode = Email::parse("Info@Bücher.example").unwrap();
        assert_eq!(unicode, Email::parse("info@xn--bcher-kva.EXAMPLE").unwrap());
        assert_eq!(unicode.as_str(), "Info@Bücher.example");
        assert_eq!(unicode.canonical(), "info@xn--bcher-kva.example");
    }

    #[test]
    fn the_limit_of_254_bytes_counts_the_a_label_form() {
        let domain = [&"d".repeat(63)[..]; 3].join(".");
        let fits = format!("{}@{domain}", "l".repeat(254 - 1 - domain.len()));
        assert!(Email::parse(&fits).is_ok());
        assert_eq!(Email::parse(&format!("l{fits}")).unwrap_err().code(), RefusalCode::TooLong);
    }

    proptest! {
        #[test]
        fn any_text_is_accepted_or_refused_without_a_panic(text in ".{0,300}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(email.as_str(), &text);
                prop_assert!(email.canonical().is_ascii());
            }
        }

        #[test]
        fn the_canonical_form_is_its_own_canonical_form(local in "[A-Za-z0-9.+_-]{1,20}", domain in "[a-zA-Zäöüß0-9]{1,20}\\.[a-z]{2,5}") {
            if let Ok(email) = Email::parse(&format!("{local}@{domain}")) {
                let again = Email::parse(email.canonical()).unwrap();
                prop_assert_eq!(again.canonical(), email.canonical());
                prop_assert_eq!(again, email);
            }
        }
    }
}
