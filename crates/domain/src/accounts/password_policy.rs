//! Which passwords may be chosen.

use super::{Email, Password, Username};
use crate::{Refusal, RefusalCode};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, feedback::Feedback, zxcvbn};

const MAX_CODE_POINTS: usize = 256;
/// What zxcvbn judges: its time grows steeply with the length of text that could be written in many ways (`4@8({[…`), to
/// half a second for 100 characters. What follows can only make a password harder to guess.
const JUDGED_CHARACTERS: usize = 40;
/// Shorter names turn up inside good passwords by chance.
const MIN_NAME_CHARACTERS: usize = 4;

/// The rules for a new password; existing ones are never checked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// The fewest code points, counted after NFKC.
    pub min_length: usize,
    /// The lowest score of zxcvbn that is accepted.
    pub min_score: StrengthScore,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { min_length: 8, min_score: StrengthScore(3) }
    }
}

/// A zxcvbn score: 0 (guessed at once) to 4 (very hard to guess).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StrengthScore(u8);

impl StrengthScore {
    /// A score from 0 to 4; `None` for more.
    #[must_use]
    pub fn new(score: u8) -> Option<Self> {
        (score <= 4).then_some(Self(score))
    }
}

/// A password that the policy accepted for the account that it is for.
#[derive(Debug, Clone)]
pub struct AcceptedPassword(Password);

impl AcceptedPassword {
    /// The password itself.
    #[must_use]
    pub fn into_inner(self) -> Password {
        self.0
    }
}

impl PasswordPolicy {
    /// Decides whether `password` may be chosen by the owner of `email` and `username`.
    ///
    /// # Errors
    /// `too-short`, `too-long`, or `weak` for a password that is well known, holds the owner's name, or is
    /// easy to guess. Takes up to some tens of milliseconds of a core: not for a thread that others wait for.
    pub fn accept(
        &self,
        password: Password,
        email: Option<&Email>,
        username: Option<&Username>,
    ) -> Result<AcceptedPassword, Refusal> {
        self.check_length(&password)?;
        let names = [email.map(Email::local_part), username.map(Username::as_str)];
        let names: Vec<&str> = names.into_iter().flatten().collect();
        refuse_names_inside(&password, &names)?;
        let judged: Zeroizing<String> = Zeroizing::new(password.expose().chars().take(JUDGED_CHARACTERS).collect());
        self.check_strength(&zxcvbn(&judged, &names))?;
        Ok(AcceptedPassword(password))
    }

    fn check_length(&self, password: &Password) -> Result<(), Refusal> {
        // Compatibility forms can expand eighteenfold: no need to count beyond the limit.
        let length = password.expose().nfkc().take(MAX_CODE_POINTS + 1).count();
        if length < self.min_length {
            return Err(Refusal::new(
                RefusalCode::TooShort,
                format!("A password has at least {} characters.", self.min_length),
            ));
        }
        if length > MAX_CODE_POINTS {
            return Err(Refusal::new(
                RefusalCode::TooLong,
                format!("A password has at most {MAX_CODE_POINTS} characters."),
            ));
        }
        Ok(())
    }

    fn check_strength(&self, entropy: &Entropy) -> Result<(), Refusal> {
        if is_well_known(entropy) {
            return Err(weak("This is one of the passwords that attackers try first; choose another one."));
        }
        if u8::from(entropy.score()) < self.min_score.0 {
            let advice = entropy.feedback().map(advice).unwrap_or_default();
            return Err(weak(format!("This password is too easy to guess. {advice}").trim_end().to_owned()));
        }
        Ok(())
    }
}

fn weak(message: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Refusal::new(RefusalCode::Weak, message)
}

fn refuse_names_inside(password: &Password, names: &[&str]) -> Result<(), Refusal> {
    let lower = Zeroizing::new(password.expose().to_lowercase());
    let holds = |name: &&str| name.chars().count() >= MIN_NAME_CHARACTERS && lower.contains(*name);
    if names.iter().any(holds) {
        return Err(weak("A password can't contain your username or the name in your email address."));
    }
    Ok(())
}

/// Whether the whole password, as it is, stands in one of zxcvbn's lists: leaked passwords, words, names.
fn is_well_known(entropy: &Entropy) -> bool {
    match entropy.sequence() {
        [only] => matches!(&only.pattern, MatchPattern::Dictionary(word) if !word.l33t && !word.reversed),
        _ => false,
    }
}

fn advice(feedback: &Feedback) -> String {
    let warning = feedback.warning().map(|w| w.to_string());
    let suggestions = feedback.suggestions().iter().map(ToString::to_string);
    warning.into_iter().chain(suggestions).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refusal(text: &str) -> Refusal {
        let email = Email::parse("lovelace@example.org").unwrap();
        let username = Username::parse("countess").unwrap();
        PasswordPolicy::default().accept(Password::parse(text).unwrap(), Some(&email), Some(&username)).unwrap_err()
    }

    fn accepts(policy: PasswordPolicy, text: &str) -> bool {
        policy.accept(Password::parse(text).unwrap(), None, None).is_ok()
    }

    #[test]
    fn a_long_unrelated_phrase_is_accepted() {
        assert!(accepts(PasswordPolicy::default(), "violet harbour 92 kites"));
        assert!(accepts(PasswordPolicy::default(), "пять зелёных чайников"));
    }

    #[test]
    fn length_is_counted_in_code_points_after_nfkc() {
        // One ligature becomes eighteen code points.
        assert_eq!(refusal("\u{FDFA}\u{FDFA}").code(), RefusalCode::Weak);
        assert_eq!(refusal("ﬁﬁﬁ").code(), RefusalCode::TooShort);
        assert_eq!(refusal(&"\u{FDFA}".repeat(15)).code(), RefusalCode::TooLong);
        assert_eq!(refusal("e\u{301}".repeat(7).as_str()).code(), RefusalCode::TooShort);
    }

    #[test]
    fn the_limits_are_8_and_256() {
        assert_eq!(refusal("q8#Lw2!").code(), RefusalCode::TooShort);
        let lenient = PasswordPolicy { min_score: StrengthScore(0), ..PasswordPolicy::default() };
        assert!(accepts(lenient, "q8#Lw2!z"));
        let base = "q8#Lw2!zT5&nB1$v".repeat(16);
        assert!(accepts(PasswordPolicy::default(), &base));
        assert_eq!(refusal(&format!("{base}x")).code(), RefusalCode::TooLong);
    }

    #[test]
    fn well_known_passwords_are_refused_whatever_the_score_demanded() {
        let lenient = PasswordPolicy { min_score: StrengthScore(0), ..PasswordPolicy::default() };
        assert!(!accepts(lenient, "password1"));
        assert!(!accepts(lenient, "PASSWORD"));
        assert!(!accepts(lenient, "iloveyou1"));
        assert!(accepts(lenient, "zebrazebra"));
    }

    #[test]
    fn names_of_the_owner_are_refused_in_any_case() {
        assert_eq!(refusal("xk2!LoveLace#9qqv").code(), RefusalCode::Weak);
        assert_eq!(refusal("xk2!COUNTESS#9qqv").code(), RefusalCode::Weak);
    }

    #[test]
    fn a_short_name_inside_a_password_is_no_reason() {
        let email = Email::parse("ada@example.org").unwrap();
        let password = Password::parse("xk2!ada#9qqv").unwrap();
        assert!(PasswordPolicy::default().accept(password, Some(&email), None).is_ok());
    }

    #[test]
    fn a_guessable_password_is_refused_with_advice() {
        let refusal = refusal("qwertyuiop[]");
        assert_eq!(refusal.code(), RefusalCode::Weak);
        assert!(refusal.to_string().len() > "This password is too easy to guess. ".len(), "{refusal}");
    }

    proptest! {
        #[test]
        fn any_text_is_decided_without_a_panic(text in "[^\\x00]{0,120}") {
            let length = text.nfkc().count();
            let accepted = accepts(PasswordPolicy::default(), &text);
            prop_assert!(!accepted || (8..=256).contains(&length));
        }
    }
}
