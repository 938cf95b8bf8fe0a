//! A letter: the words of a mail, before they are text or HTML.

/// What a mail says, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    /// At most 78 characters on one line.
    pub(crate) subject: &'static str,
    /// The language's tag.
    pub(crate) language: &'static str,
    /// What stands below each other.
    pub(crate) parts: Vec<Part>,
}

/// A part of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Sentences. Values from outside may be among them.
    Paragraph(String),
    /// Something to click on.
    Button {
        /// What it does.
        label: &'static str,
        /// Where it leads.
        url: String,
    },
}

impl Part {
    /// A paragraph.
    pub(crate) fn says(text: impl Into<String>) -> Self {
        Self::Paragraph(text.into())
    }
}
