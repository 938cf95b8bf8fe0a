//! What a page must show besides its cookie.

use std::fmt;
use subtle::ConstantTimeEq;

/// Belongs to one session; who can read it runs on our pages. Compared in constant time.
#[derive(Clone)]
pub struct CsrfToken(String);

impl CsrfToken {
    /// Wraps what was derived for a session.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The token, for the page that it belongs to.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a request showed this one.
    #[must_use]
    pub fn is(&self, shown: &str) -> bool {
        self.0.as_bytes().ct_eq(shown.as_bytes()).into()
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(…)")
    }
}
