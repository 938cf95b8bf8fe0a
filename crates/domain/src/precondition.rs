//! What must still be so for a change to be made.

/// Which versions of something a change was made for (RFC 9110 §13.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Precondition {
    /// Whichever it has: the last change wins.
    #[default]
    None,
    /// One of these.
    VersionIn(Vec<i64>),
}

impl Precondition {
    /// Whether the change may be made to that version.
    #[must_use]
    pub fn holds(&self, version: i64) -> bool {
        match self {
            Self::None => true,
            Self::VersionIn(versions) => versions.contains(&version),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_made_to_the_versions_that_it_names() {
        assert!(Precondition::None.holds(3));
        assert!(Precondition::VersionIn(vec![2, 3]).holds(3));
        assert!(!Precondition::VersionIn(vec![2, 4]).holds(3));
        assert!(!Precondition::VersionIn(Vec::new()).holds(3));
    }
}
