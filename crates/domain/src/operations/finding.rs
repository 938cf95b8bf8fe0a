//! One finding.

/// What is thought of something that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It does not apply here, or could not be looked at because of something else that failed.
    Skip,
    /// It is as it should be.
    Ok,
    /// It works, and something should be done about it.
    Warn,
    /// It does not work, or is dangerous.
    Fail,
}

impl Verdict {
    /// Its name, of four letters at most.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// Something that was looked at: how it is, and what to do about it. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, for example `redis-eviction`.
    pub name: &'static str,
    /// What is thought of it.
    pub verdict: Verdict,
    /// How it is.
    pub found: String,
    /// What to do, where something is to be done.
    pub advice: Option<String>,
}

impl Finding {
    /// It is as it should be.
    #[must_use]
    pub fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Ok, found: found.into(), advice: None }
    }

    /// It does not apply, or could not be looked at.
    #[must_use]
    pub fn skip(name: &'static str, reason: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Skip, found: reason.into(), advice: None }
    }

    /// It works, and something should be done.
    #[must_use]
    pub fn warn(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Warn, found: found.into(), advice: Some(advice.into()) }
    }

    /// It does not work, or is dangerous.
    #[must_use]
    pub fn fail(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Fail, found: found.into(), advice: Some(advice.into()) }
    }
}
