//! Finding users by a part of what they are called.

use super::User;
use crate::{Refusal, RefusalCode};
use unicode_normalization::UnicodeNormalization;

const MAX_CHARACTERS: usize = 100;
/// Stands before each name in what is searched; no name and no search holds a control character.
const BEGINNING: &str = "\n\n";
/// Stores index every three characters that follow each other.
const TRIGRAM: usize = 3;

/// A part of an email address, a username or a display name, taken literally; case does not matter.
///
/// One or two characters are found at the beginning of a name only: elsewhere they are in nearly every name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSearch {
    needle: String,
}

impl UserSearch {
    /// Reads what somebody looks for.
    ///
    /// # Errors
    /// `too-short` if it is empty, `too-long` over 100 characters, `invalid-character` for control characters.
    pub fn parse(entered: &str) -> Result<Self, Refusal> {
        if entered.is_empty() {
            return Err(Refusal::new(RefusalCode::TooShort, "A search has at least 1 character."));
        }
        if entered.chars().any(char::is_control) {
            return Err(Refusal::new(RefusalCode::InvalidCharacter, "A search holds no control characters."));
        }
        if entered.chars().count() > MAX_CHARACTERS {
            return Err(Refusal::new(RefusalCode::TooLong, "A search has at most 100 characters."));
        }
        let folded = folded(entered);
        let is_short = folded.chars().count() < TRIGRAM;
        Ok(Self { needle: if is_short { format!("{BEGINNING}{folded}") } else { folded } })
    }

    /// What must occur in the [`searched_text`] of a user who is found; at least three characters.
    #[must_use]
    pub fn needle(&self) -> &str {
        &self.needle
    }

    /// Every three characters of the needle that follow each other.
    #[must_use]
    pub fn trigrams(&self) -> Vec<String> {
        let characters: Vec<char> = self.needle.chars().collect();
        let mut trigrams: Vec<String> = characters.windows(TRIGRAM).map(|three| three.iter().collect()).collect();
        trigrams.sort_unstable();
        trigrams.dedup();
        trigrams
    }

    /// Whether it finds this user.
    #[must_use]
    pub fn finds(&self, user: &User) -> bool {
        searched_text(user).contains(&self.needle)
    }
}

/// What a user is found by, in one text: the address as it was entered and as it is compared, the username, the display name.
#[must_use]
pub fn searched_text(user: &User) -> String {
    let address = folded(user.email.as_str());
    let compared = Some(user.email.canonical()).filter(|compared| *compared != address);
    let username = user.username.as_ref().map(super::Username::as_str);
    let display_name = user.display_name.as_ref().map(|name| folded(name.as_str()));
    [Some(address.as_str()), compared, username, display_name.as_deref()]
        .into_iter()
        .flatten()
        .flat_map(|name| [BEGINNING, name])
        .collect()
}

/// One spelling for all that differ in case alone. By way of upper case, which `ß` and `ς` share with `ss` and `σ`.
fn folded(text: &str) -> String {
    let upper = text.chars().flat_map(char::to_lowercase).flat_map(char::to_uppercase);
    upper.flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::super::{DisplayName, Email, UserId, Username};
    use super::*;
    use crate::Timestamp;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn user(display_name: &str) -> User {
        let email = Email::parse("Ada.L@Bücher.example").unwrap();
        let (username, name) = (Username::parse("countess").ok(), DisplayName::parse(display_name).ok());
        User::registered(UserId::new(Uuid::nil()), email, username, name, Timestamp::UNIX_EPOCH)
    }

    fn finds(search: &str, display_name: &str) -> bool {
        UserSearch::parse(search).unwrap().finds(&user(display_name))
    }

    #[test]
    fn any_part_of_any_name_is_found_without_case() {
        for search in
            ["ada.l@", "BÜCHER", "xn--bcher", "OUNTE", "lovelace", "Straße", "STRASSE", "οδος", "ΟΔΟΣ", "STRAẞE"]
        {
            assert!(finds(search, "Lovelace, Strasse, Οδος"), "{search}");
        }
        assert!(!finds("adal", "Ada"));
    }

    #[test]
    fn one_or_two_characters_are_found_at_the_beginning_of_a_name() {
        for search in ["a", "ad", "c", "Co", "ü", "Üb"] {
            assert!(finds(search, "über"), "{search}");
        }
        for search in ["d", "ss", "be"] {
            assert!(!finds(search, "über"), "{search}");
        }
    }

    #[test]
    fn each_rule_has_its_own_code() {
        let refusal = |text: &str| UserSearch::parse(text).unwrap_err().code();
        assert_eq!(refusal(""), RefusalCode::TooShort);
        assert_eq!(refusal(&"ß".repeat(101)), RefusalCode::TooLong);
        assert_eq!(refusal("a\0b"), RefusalCode::InvalidCharacter);
        assert_eq!(refusal("ada\n\ncountess"), RefusalCode::InvalidCharacter);
    }

    #[test]
    fn a_needle_is_cut_into_trigrams() {
        assert_eq!(UserSearch::parse("Adada").unwrap().trigrams(), ["ada", "dad"]);
        assert_eq!(UserSearch::parse("a").unwrap().trigrams(), ["\n\na"]);
    }

    proptest! {
        #[test]
        fn whatever_is_found_holds_every_trigram(name in "\\PC{1,20}", from in 0_usize..20, length in 1_usize..20) {
            let part: String = name.chars().skip(from).take(length).collect();
            if let Ok(search) = UserSearch::parse(&part) && search.finds(&user(&name)) {
                let text = searched_text(&user(&name));
                prop_assert!(!search.trigrams().is_empty());
                prop_assert!(search.trigrams().iter().all(|three| text.contains(three)));
            }
        }
    }
}
