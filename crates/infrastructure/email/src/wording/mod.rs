//! The words of every mail, a file for each language.

mod english;
mod german;

use crate::letter::Letter;
use threshold_domain::mail::{Language, Mail};

/// The letter that a mail is, from a service of that name.
pub(crate) fn letter(mail: &Mail, service: &str) -> Letter {
    match mail.language {
        Language::English => english::letter(&mail.content, service),
        Language::German => german::letter(&mail.content, service),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{html, text};
    use threshold_domain::mail::MailLink;
    use threshold_testkit::{a_mail, every_mail_content};

    fn every_mail() -> Vec<Mail> {
        let of = |language| {
            (1..).zip(every_mail_content()).map(move |(number, content)| Mail { language, ..a_mail(number, content) })
        };
        Language::ALL.into_iter().flat_map(of).collect()
    }

    #[test]
    fn every_text_fits_a_line_and_has_its_link_on_a_line_of_its_own() {
        for mail in every_mail() {
            let text = text::render(&letter(&mail, "Example"));
            let link = mail.content.link().map(MailLink::expose);
            for line in text.lines() {
                assert!(line.chars().count() <= 78 || Some(line) == link.as_deref(), "{line}");
            }
            let alone = text.lines().filter(|line| Some(*line) == link.as_deref()).count();
            assert_eq!(alone, usize::from(link.is_some()), "{text}");
            assert!(!text.contains(" \n") && !text.contains("\n\n\n"), "{text}");
        }
    }

    #[test]
    fn every_html_has_its_language_and_its_link_to_click_and_to_read() {
        for mail in every_mail() {
            let html = html::render(&letter(&mail, "Example"));
            assert!(html.starts_with("<!doctype html>\n<html lang=\"") && html.ends_with("</html>\n"), "{html}");
            assert!(html.contains(&format!("<html lang=\"{}\">", mail.language.tag())), "{html}");
            if let Some(link) = mail.content.link().map(MailLink::expose) {
                assert_eq!(html.matches(&format!("href=\"{link}\"")).count(), 2, "{html}");
                assert!(html.contains(&format!(">{link}</a>")), "{html}");
            }
        }
    }

    #[test]
    fn every_subject_is_one_short_line_of_its_own() {
        let mut subjects: Vec<_> = every_mail().iter().map(|mail| letter(mail, "Example").subject).collect();
        assert!(subjects.iter().all(|subject| subject.chars().count() <= 78 && !subject.contains(char::is_control)));
        let all = subjects.len();
        subjects.sort_unstable();
        subjects.dedup();
        assert_eq!(subjects.len(), all);
    }

    #[test]
    fn every_letter_names_the_service_and_is_in_its_language() {
        for mail in every_mail() {
            let letter = letter(&mail, "Zwölf Bücher");
            let text = text::render(&letter).replace('\n', " ");
            let greeting = match mail.language {
                Language::English => "Hello, ",
                Language::German => "Guten Tag, ",
            };
            assert!(text.starts_with(greeting) && text.matches("Zwölf Bücher").count() == 2, "{text}");
            assert_eq!(letter.language, mail.language.tag());
        }
    }

    #[test]
    fn times_are_told_with_their_zone_and_addresses_as_they_were_entered() {
        let told = |number: usize, language| {
            let content = every_mail_content().remove(number);
            text::render(&letter(&Mail { language, ..a_mail(1, content) }, "Example")).replace('\n', " ")
        };
        assert!(told(0, Language::English).contains(" until 16 January 2027, 08:00 UTC."));
        assert!(told(0, Language::German).contains(" bis 16.01.2027, 08:00 Uhr (UTC)."));
        for language in Language::ALL {
            assert!(told(2, language).contains(": new@example.net. "));
            assert!(told(3, language).contains(" new@example.net. "));
        }
    }

    #[test]
    fn english_needs_no_encoding() {
        for mail in every_mail().iter().filter(|mail| mail.language == Language::English) {
            let letter = letter(mail, "Example");
            assert!(text::render(&letter).is_ascii() && html::render(&letter).is_ascii() && letter.subject.is_ascii());
        }
    }

    #[test]
    fn values_from_outside_stay_values() {
        let service = "<script>alert(1)</script>\r\n\r\nhttps://evil.example/\r\n";
        for mail in every_mail() {
            let letter = letter(&mail, service);
            assert!(!html::render(&letter).contains("<script"), "{mail:?}");
            let text = text::render(&letter);
            assert!(!text.contains('\r') && text.lines().all(|line| line != "https://evil.example/"), "{text}");
        }
    }
}
