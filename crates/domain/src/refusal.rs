//! Why a value is not accepted.

use std::borrow::Cow;

/// Why a value is refused: a stable code for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    code: RefusalCode,
    message: Cow<'static, str>,
}

impl Refusal {
    /// A refusal with its reason; `message` says what to do and never repeats the value.
    pub fn new(code: RefusalCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into() }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> RefusalCode {
        self.code
    }
}

/// The stable codes that a refused value can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCode {
    /// Not of the form that the field has.
    InvalidFormat,
    /// Shorter than allowed.
    TooShort,
    /// Longer than allowed.
    TooLong,
    /// Holds a character that the field can't.
    InvalidCharacter,
    /// A name that the operator keeps for other purposes.
    Reserved,
    /// A password that is too easy to guess.
    Weak,
}

impl RefusalCode {
    /// The code as clients see it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFormat => "invalid-format",
            Self::TooShort => "too-short",
            Self::TooLong => "too-long",
            Self::InvalidCharacter => "invalid-character",
            Self::Reserved => "reserved",
            Self::Weak => "weak",
        }
    }
}
