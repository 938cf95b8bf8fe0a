//! The name that a user is shown by.

use crate::{Refusal, RefusalCode};

const MAX_CHARACTERS: usize = 100;

/// 1–100 characters, none of them a control character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    /// Reads a display name.
    ///
    /// # Errors
    /// `too-short` if it is empty, `too-long` over 100 characters, `invalid-character` for control characters.
    pub fn parse(entered: &str) -> Result<Self, Refusal> {
        if entered.is_empty() {
            return Err(Refusal::new(RefusalCode::TooShort, "A display name has at least 1 character."));
        }
        if entered.chars().any(char::is_control) {
            return Err(Refusal::new(RefusalCode::InvalidCharacter, "A display name holds no control characters."));
        }
        if entered.chars().count() > MAX_CHARACTERS {
            return Err(Refusal::new(RefusalCode::TooLong, "A display name has at most 100 characters."));
        }
        Ok(Self(entered.to_owned()))
    }

    /// The name as it was entered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_a_hundred_characters_of_any_script_are_accepted() {
        assert!(DisplayName::parse("名").is_ok());
        assert!(DisplayName::parse(&"ß".repeat(100)).is_ok());
    }

    #[test]
    fn each_rule_has_its_own_code() {
        assert_eq!(DisplayName::parse("").unwrap_err().code(), RefusalCode::TooShort);
        assert_eq!(DisplayName::parse(&"ß".repeat(101)).unwrap_err().code(), RefusalCode::TooLong);
        assert_eq!(DisplayName::parse("a\u{0}b").unwrap_err().code(), RefusalCode::InvalidCharacter);
        assert_eq!(DisplayName::parse("a\u{85}b").unwrap_err().code(), RefusalCode::InvalidCharacter);
    }
}
