//! The name of a role.

use crate::{Refusal, RefusalCode};
use std::fmt;

const MAX_BYTES: usize = 32;

/// 2–32 of `a-z 0-9 -`, beginning with a letter: also what stands in tokens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleName(String);

impl RoleName {
    /// Reads a name.
    ///
    /// # Errors
    /// `too-short`, `too-long`, `invalid-character`.
    pub fn parse(entered: &str) -> Result<Self, Refusal> {
        let has_place = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if entered.len() < 2 {
            return Err(Refusal::new(RefusalCode::TooShort, "A role's name has at least 2 characters."));
        }
        if entered.len() > MAX_BYTES {
            return Err(Refusal::new(RefusalCode::TooLong, "A role's name has at most 32 characters."));
        }
        if !entered.starts_with(|first: char| first.is_ascii_lowercase()) || !entered.bytes().all(has_place) {
            let rule = "A role's name is made of a-z, 0-9 and -, and begins with a letter.";
            return Err(Refusal::new(RefusalCode::InvalidCharacter, rule));
        }
        Ok(Self(entered.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_lower_case_letters_digits_and_hyphens_are_accepted() {
        for name in ["admin", "on-call", "l2", "a-", &"x".repeat(32)] {
            assert_eq!(RoleName::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn each_rule_has_its_own_code() {
        for (name, code) in [
            ("", RefusalCode::TooShort),
            ("a", RefusalCode::TooShort),
            (&"x".repeat(33), RefusalCode::TooLong),
            ("Admin", RefusalCode::InvalidCharacter),
            ("2nd", RefusalCode::InvalidCharacter),
            ("-x", RefusalCode::InvalidCharacter),
            ("on call", RefusalCode::InvalidCharacter),
            ("größe", RefusalCode::InvalidCharacter),
        ] {
            assert_eq!(RoleName::parse(name).unwrap_err().code(), code, "{name}");
        }
    }
}
