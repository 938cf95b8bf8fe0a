//! A letter as HTML.
//!
//! Mail clients keep little of HTML: the style is in the elements, there are no tables, images or scripts, and no colour but the
//! button's, so that it looks right on light and dark grounds alike.

use crate::letter::{Letter, Part};

const BUTTON: &str = "display:inline-block;padding:12px 20px;border-radius:6px;background-color:#1d4ed8;color:#ffffff;\
                      font-weight:bold;text-decoration:none";

/// The letter as a document.
pub(crate) fn render(letter: &Letter) -> String {
    let (language, title) = (letter.language, escaped(letter.subject));
    let body: String = letter.parts.iter().map(part).collect();
    format!(
        "<!doctype html>\n\
         <html lang=\"{language}\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n\
         </head>\n\
         <body style=\"margin:0;padding:24px 16px\">\n\
         <div lang=\"{language}\" style=\"max-width:560px;margin:0 auto;font:16px/1.5 sans-serif\">\n\
         {body}\
         </div>\n\
         </body>\n\
         </html>\n"
    )
}

fn part(part: &Part) -> String {
    match part {
        Part::Paragraph(text) => format!("<p>{}</p>\n", escaped(text)),
        Part::Button { label, url } => {
            let (label, url) = (escaped(label), escaped(url));
            format!(
                "<p style=\"margin:24px 0\"><a href=\"{url}\" style=\"{BUTTON}\">{label}</a></p>\n\
                 <p style=\"font-size:14px;word-break:break-all\"><a href=\"{url}\">{url}</a></p>\n"
            )
        }
    }
}

/// Text that is nothing but text, in an element or in a quoted attribute.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_is_never_markup() {
        let letter = Letter {
            subject: "S",
            language: "en",
            parts: vec![
                Part::says("<script>alert('a & b')</script>"),
                Part::Button { label: "Go", url: "https://example.org/\"><script>".to_owned() },
            ],
        };
        let html = render(&letter);
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("<p>&lt;script&gt;alert(&#39;a &amp; b&#39;)&lt;/script&gt;</p>"), "{html}");
        assert!(html.contains("<a href=\"https://example.org/&quot;&gt;&lt;script&gt;\" style"), "{html}");
    }
}
