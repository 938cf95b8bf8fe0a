//! What `Authorization` proves.

use crate::problem::{Code, Problem};
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::borrow::Cow;
use std::fmt;
use threshold_domain::access::ApiKeySecret;

/// A proof of ours, by its form; whether it is good is found out later.
#[derive(PartialEq, Eq)]
pub(super) enum Credentials<'a> {
    /// An access token.
    Token(&'a str),
    /// A machine's key. Browsers send a basic-auth password again by themselves, as they do with cookies.
    Key {
        /// The key.
        text: Cow<'a, str>,
        /// Whether it came as a password.
        is_basic: bool,
    },
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Token(…)",
            Self::Key { .. } => "Key(…)",
        })
    }
}

impl<'a> Credentials<'a> {
    /// Reads `Authorization: Bearer …` (RFC 6750 §2.1), or `Basic …` (RFC 7617) with a key as the password of any user. Whatever
    /// else stands there, another password among it, is no proof of ours.
    pub(super) fn of(headers: &'a HeaderMap) -> Result<Option<Self>, Problem> {
        let mut headers = headers.get_all(AUTHORIZATION);
        let Some(header) = headers.next() else { return Ok(None) };
        if headers.next().is_some() {
            return Err(Problem::new(Code::TokenInvalid).with_detail("Send one Authorization header only."));
        }
        let header = header.to_str().map_err(|_not_ascii| Problem::new(Code::TokenInvalid))?;
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        let rest = rest.trim_matches(' ');
        if scheme.eq_ignore_ascii_case("basic") {
            return Ok(password(rest).map(|password| Self::Key { text: password.into(), is_basic: true }));
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Ok(None);
        }
        let is_key = ApiKeySecret::is_meant_by(rest);
        Ok(Some(if is_key { Self::Key { text: rest.into(), is_basic: false } } else { Self::Token(rest) }))
    }
}

/// The password, if it is meant to be a key.
fn password(encoded: &str) -> Option<String> {
    let pair = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    let (_any_user, password) = pair.split_once(':')?;
    ApiKeySecret::is_meant_by(password).then(|| password.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (AUTHORIZATION, HeaderValue::from_str(value).unwrap())).collect()
    }

    fn basic(pair: &str) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(pair))
    }

    #[test]
    fn tokens_and_keys_are_told_apart_by_how_they_begin() {
        for (value, expected) in [
            ("Bearer abc", Some(Credentials::Token("abc"))),
            ("bEARER   abc ", Some(Credentials::Token("abc"))),
            ("Bearer", Some(Credentials::Token(""))),
            ("Bearer thr_x", Some(Credentials::Key { text: "thr_x".into(), is_basic: false })),
            (&basic("ci:thr_x"), Some(Credentials::Key { text: "thr_x".into(), is_basic: true })),
            (&basic(":thr_x:y"), Some(Credentials::Key { text: "thr_x:y".into(), is_basic: true })),
            (&basic("ci:secret"), None),
            (&basic("thr_x"), None),
            ("Basic !", None),
            ("Basic", None),
            ("Digest thr_x", None),
        ] {
            assert_eq!(Credentials::of(&headers(&[value])).unwrap(), expected, "{value}");
        }
        assert_eq!(Credentials::of(&headers(&[])).unwrap(), None);
    }

    #[test]
    fn one_header_is_enough() {
        let refused = Credentials::of(&headers(&["Bearer a", "Bearer b"])).unwrap_err();
        assert_eq!(refused.to_string(), "token-invalid");
    }

    #[test]
    fn proofs_are_never_printed() {
        assert_eq!(format!("{:?}", Credentials::of(&headers(&["Bearer thr_x"])).unwrap()), "Some(Key(…))");
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(value in "(Basic|Bearer|basic)? ?[ -~]{0,60}") {
            prop_assert!(Credentials::of(&headers(&[&value])).is_ok());
        }
    }
}
