//! An error with all its causes, for the log.

use std::error::Error;
use std::fmt;

/// Shows an error and every source below it, joined by `: `. An error's own `Display` never includes its source, so nothing
/// is said twice.
#[derive(Debug, Clone, Copy)]
pub struct ErrorChain<'a>(pub &'a (dyn Error + 'static));

impl fmt::Display for ErrorChain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Layer(&'static str, #[source] Option<Box<Layer>>);

    #[test]
    fn every_cause_is_told_outermost_first() {
        let error = Layer("sign-in failed", Some(Box::new(Layer("no answer", Some(Box::new(Layer("timeout", None)))))));
        assert_eq!(ErrorChain(&error).to_string(), "sign-in failed: no answer: timeout");
        assert_eq!(ErrorChain(&Layer("alone", None)).to_string(), "alone");
    }
}
