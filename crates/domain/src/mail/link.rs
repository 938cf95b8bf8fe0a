//! Links in mails.

use std::fmt;

/// Where a mail sends its reader; whoever has the link can do what the mail is about.
///
/// It is one word of printable ASCII: whatever has no place in a URL is percent-encoded. Printed for debugging it shows no
/// secret.
#[derive(Clone, PartialEq, Eq)]
pub struct MailLink {
    page: String,
    secret: String,
}

impl MailLink {
    /// The link `{public_url}/{page}/{secret}`; `public_url` is the service's, with or without a slash at its end.
    #[must_use]
    pub fn new(public_url: &str, page: &str, secret: &str) -> Self {
        Self { secret: encoded(secret), ..Self::to_page(public_url, page) }
    }

    /// The link `{public_url}/{page}`, which anybody may know.
    #[must_use]
    pub fn to_page(public_url: &str, page: &str) -> Self {
        let (public_url, page) = (public_url.trim_end_matches('/'), page.trim_matches('/'));
        Self { page: encoded(&format!("{public_url}/{page}")), secret: String::new() }
    }

    /// The link as it is sent.
    #[must_use]
    pub fn expose(&self) -> String {
        let slash = if self.secret.is_empty() { "" } else { "/" };
        format!("{}{slash}{}", self.page, self.secret)
    }
}

impl fmt::Debug for MailLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailLink({}{})", self.page, if self.secret.is_empty() { "" } else { "/…" })
    }
}

/// The text with everything percent-encoded that RFC 3986 gives no place in a URL.
fn encoded(text: &str) -> String {
    text.bytes().map(encoded_byte).collect()
}

fn encoded_byte(byte: u8) -> String {
    let has_a_place = byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    if has_a_place { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_link_is_the_public_url_the_page_and_the_secret() {
        for public_url in ["https://id.example.org/auth", "https://id.example.org/auth/"] {
            let link = MailLink::new(public_url, "verify", "s3-cret_");
            assert_eq!(link.expose(), "https://id.example.org/auth/verify/s3-cret_");
        }
        assert_eq!(MailLink::to_page("http://[::1]:8080", "/login").expose(), "http://[::1]:8080/login");
    }

    #[test]
    fn secrets_are_never_printed() {
        let link = MailLink::new("https://id.example.org", "reset", "hunter2");
        assert_eq!(format!("{link:?}"), "MailLink(https://id.example.org/reset/…)");
    }

    #[test]
    fn what_is_no_url_is_encoded() {
        let link = MailLink::new("https://id.example.org", "a b", "\r\n<\">ü");
        assert_eq!(link.expose(), "https://id.example.org/a%20b/%0D%0A%3C%22%3E%C3%BC");
    }

    proptest! {
        #[test]
        fn a_link_is_one_word_whatever_it_is_made_of(url in ".{0,40}", page in ".{0,10}", secret in ".{0,40}") {
            let link = MailLink::new(&url, &page, &secret).expose();
            prop_assert!(link.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"\\".contains(&byte)), "{link}");
        }
    }
}
