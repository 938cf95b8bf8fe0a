//! Usernames and the words that nobody may take.

use crate::{Refusal, RefusalCode};
use std::collections::HashSet;

const MIN_CHARACTERS: usize = 3;
const MAX_CHARACTERS: usize = 32;

/// 3–32 of `a-z 0-9 . _ -`, starting with a letter or digit; upper case is folded when it is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username(String);

impl Username {
    /// Reads a username.
    ///
    /// # Errors
    /// `too-short`, `too-long`, `invalid-character`, or `invalid-format` if it starts with a punctuation mark.
    pub fn parse(entered: &str) -> Result<Self, Refusal> {
        let name = entered.to_ascii_lowercase();
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        if !name.chars().all(allowed) {
            return Err(Refusal::new(
                RefusalCode::InvalidCharacter,
                "A username holds only letters a–z, digits, '.', '_' and '-'.",
            ));
        }
        if name.len() < MIN_CHARACTERS {
            return Err(Refusal::new(RefusalCode::TooShort, "A username has at least 3 characters."));
        }
        if name.len() > MAX_CHARACTERS {
            return Err(Refusal::new(RefusalCode::TooLong, "A username has at most 32 characters."));
        }
        if name.starts_with(['.', '_', '-']) {
            return Err(Refusal::new(RefusalCode::InvalidFormat, "A username starts with a letter or a digit."));
        }
        Ok(Self(name))
    }

    /// The name in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The usernames that the operator keeps for other purposes, such as `admin`.
#[derive(Debug, Clone, Default)]
pub struct ReservedUsernames(HashSet<Username>);

impl ReservedUsernames {
    /// Reserves `names`.
    #[must_use]
    pub fn new(names: impl IntoIterator<Item = Username>) -> Self {
        Self(names.into_iter().collect())
    }

    /// Reads the name that somebody wishes to take.
    ///
    /// # Errors
    /// As [`Username::parse`], and `reserved`.
    pub fn accept(&self, entered: &str) -> Result<Username, Refusal> {
        let name = Username::parse(entered)?;
        if self.0.contains(&name) {
            return Err(Refusal::new(RefusalCode::Reserved, "This username is reserved; choose another one."));
        }
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refusal(text: &str) -> RefusalCode {
        Username::parse(text).unwrap_err().code()
    }

    #[test]
    fn upper_case_is_folded() {
        assert_eq!(Username::parse("Ada_L").unwrap().as_str(), "ada_l");
    }

    #[test]
    fn each_rule_has_its_own_code() {
        assert_eq!(refusal("ab"), RefusalCode::TooShort);
        assert_eq!(refusal(&"a".repeat(33)), RefusalCode::TooLong);
        assert_eq!(refusal("ada lovelace"), RefusalCode::InvalidCharacter);
        assert_eq!(refusal("adä"), RefusalCode::InvalidCharacter);
        assert_eq!(refusal(".ada"), RefusalCode::InvalidFormat);
    }

    #[test]
    fn reserved_words_are_refused_in_any_case() {
        let reserved = ReservedUsernames::new([Username::parse("admin").unwrap()]);
        assert_eq!(reserved.accept("ADMIN").unwrap_err().code(), RefusalCode::Reserved);
        assert!(reserved.accept("admin2").is_ok());
    }

    proptest! {
        #[test]
        fn what_is_accepted_keeps_the_rules(text in "\\PC{0,40}") {
            if let Ok(name) = Username::parse(&text) {
                prop_assert!((3..=32).contains(&name.as_str().len()));
                prop_assert_eq!(Username::parse(name.as_str()).unwrap(), name);
            }
        }
    }
}
