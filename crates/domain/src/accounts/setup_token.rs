//! What makes somebody the first administrator.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Whoever has it runs the service: it is shown where the service is started, and nowhere else. Compared in constant time, never
/// printed by accident.
#[derive(Clone)]
pub struct SetupToken(Zeroizing<String>);

impl SetupToken {
    /// From 256 bits that nobody can guess.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(Zeroizing::new(bytes).as_slice())))
    }

    /// The token as it is shown: 43 characters that need no quoting in a URL.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `sent` is this one.
    #[must_use]
    pub fn is(&self, sent: &str) -> bool {
        self.0.as_bytes().ct_eq(sent.as_bytes()).into()
    }
}

impl fmt::Debug for SetupToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetupToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_recognised_whole_and_never_printed() {
        let token = SetupToken::new([7; 32]);
        let text = token.expose().to_owned();
        assert_eq!(text.len(), 43);
        assert!(token.is(&text) && !SetupToken::new([8; 32]).is(&text));
        for other in ["", &text[1..], &format!("{text}A")] {
            assert!(!token.is(other), "{other}");
        }
        assert_eq!(format!("{token:?}"), "SetupToken(…)");
    }
}
