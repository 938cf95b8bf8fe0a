//! Languages.

/// A language that the service writes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// What is written to whoever has said nothing else.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Reads a tag of RFC 5646, such as `de` or `de-AT`, without case; `None` for a language that isn't spoken here.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next()?;
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// The tag of RFC 5646, for a `Content-Language` or `lang`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_its_tag_with_or_without_a_region() {
        for (tag, language) in [
            ("en", Language::English),
            ("en-GB", Language::English),
            ("de", Language::German),
            ("DE-at-1996", Language::German),
        ] {
            assert_eq!(Language::from_tag(tag), Some(language), "{tag}");
        }
        for language in Language::ALL {
            assert_eq!(Language::from_tag(language.tag()), Some(language));
        }
    }

    #[test]
    fn other_languages_are_none() {
        for tag in ["", "-", "fr", "deu", "german", "e", "de_DE", " de", "*"] {
            assert_eq!(Language::from_tag(tag), None, "{tag:?}");
        }
    }
}
