//! Where a sign-in came from.

use std::net::IpAddr;

/// What is known of the other end, to be shown to the account's owner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The client's address, proxies taken away.
    pub address: Option<IpAddr>,
    /// What the client calls itself.
    pub user_agent: Option<UserAgent>,
}

/// What a client calls itself: at most 256 characters, none of which controls a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAgent(String);

impl UserAgent {
    const MAX_CHARACTERS: usize = 256;

    /// What is harmless of `text`; `None` if that is nothing.
    #[must_use]
    pub fn cleaned(text: &str) -> Option<Self> {
        let kept: String = text.chars().filter(|c| !c.is_control()).take(Self::MAX_CHARACTERS).collect();
        let kept = kept.trim();
        (!kept.is_empty()).then(|| Self(kept.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_agent_is_cut_and_cleaned() {
        assert_eq!(UserAgent::cleaned(" curl/8\n\u{1b}[31m ").unwrap().as_str(), "curl/8[31m");
        assert_eq!(UserAgent::cleaned(&"ü".repeat(300)).unwrap().as_str(), "ü".repeat(256));
        assert_eq!(UserAgent::cleaned("\n \t"), None);
    }
}
