//! What people are told without having asked.

/// Something that has happened to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Its password was changed.
    PasswordChanged,
    /// Somebody wanted to register with its address.
    AlreadyRegistered,
}

impl Notice {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::PasswordChanged, Self::AlreadyRegistered];

    /// The name, as stores use it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password_changed",
            Self::AlreadyRegistered => "already_registered",
        }
    }

    /// The notice of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.as_str() == name)
    }
}
