//! A letter as plain text.

use crate::letter::{Letter, Part};

/// How wide a line may be, in characters (RFC 5322 §2.1.1).
const WIDTH: usize = 78;

/// The letter, its lines ended by `\n`. Links stand on lines of their own, whole.
pub(crate) fn render(letter: &Letter) -> String {
    let parts: Vec<_> = letter.parts.iter().map(part).collect();
    format!("{}\n", parts.join("\n\n"))
}

fn part(part: &Part) -> String {
    match part {
        Part::Paragraph(text) => wrapped(text),
        Part::Button { url, .. } => url.clone(),
    }
}

/// Breaks lines between words; a word that is wider than a line has one of its own.
fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_filled_up_to_its_width_and_no_further() {
        let (fits, too_long) = ("a".repeat(77), "b".repeat(78));
        assert_eq!(wrapped(&format!("{fits} {too_long} c d")), format!("{fits}\n{too_long}\nc d"));
        assert_eq!(wrapped(&format!("{} ab", "ä".repeat(75))), format!("{} ab", "ä".repeat(75)));
    }

    #[test]
    fn a_word_wider_than_a_line_stays_whole() {
        let word = "x".repeat(200);
        assert_eq!(wrapped(&format!("a {word} b")), format!("a\n{word}\nb"));
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_no_line_is_too_wide(text in "([a-zä]{1,20}[ \r\n\t]{1,3}){0,60}") {
            let wrapped = wrapped(&text);
            prop_assert!(wrapped.lines().all(|line| line.chars().count() <= WIDTH));
            prop_assert!(wrapped.split_whitespace().eq(text.split_whitespace()));
        }
    }
}
