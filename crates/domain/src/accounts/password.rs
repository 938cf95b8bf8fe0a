//! A password in plain text.

use crate::{Refusal, RefusalCode};
use std::fmt;
use zeroize::Zeroizing;

/// A password as somebody typed it: never printed, wiped from memory when dropped.
///
/// It is compared and hashed as typed, without any normalisation, so that hashes made elsewhere stay
/// valid. It holds no NUL: bcrypt repeats its key with a NUL between, so that `x` and `x\0x` would be one password.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes a password as typed.
    ///
    /// # Errors
    /// `invalid-character` if it holds a NUL.
    pub fn parse(typed: impl Into<String>) -> Result<Self, Refusal> {
        let typed = Zeroizing::new(typed.into());
        if typed.contains('\0') {
            return Err(Refusal::new(RefusalCode::InvalidCharacter, "A password can't hold the NUL character."));
        }
        Ok(Self(typed))
    }

    /// The plain text, for hashing and measuring alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_printed() {
        assert_eq!(format!("{:?}", Password::parse("tr0ub4dor").unwrap()), "Password(…)");
    }

    #[test]
    fn nul_is_refused() {
        assert_eq!(Password::parse("x\0x").unwrap_err().code(), RefusalCode::InvalidCharacter);
    }
}
