//! The language of whoever asks.

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;
use threshold_domain::mail::Language;

/// The first language of `Accept-Language` that we write, by its weight (RFC 9110 §12.5.4); English where there is none.
pub(crate) fn language(request: &HttpRequest) -> Language {
    let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    preferred(header.unwrap_or_default())
}

fn preferred(header: &str) -> Language {
    let ranges = header.split(',').filter_map(|range| {
        let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
        let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
        Some((Language::from_tag(tag.trim())?, weight))
    });
    let wanted = ranges.filter(|(_, weight)| *weight > 0.0);
    // Of equals the first.
    let best = wanted.fold(None, |best: Option<(Language, f32)>, one| match best {
        Some(best) if best.1 >= one.1 => Some(best),
        Some(_) | None => Some(one),
    });
    best.map_or(Language::English, |(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_the_greatest_weight_that_we_write_is_taken() {
        for header in ["de", "de-AT, en;q=0.8", "fr, de;q=0.9, en;q=0.5", "en;q=0.2,de;q=0.3", "de,en"] {
            assert_eq!(preferred(header), Language::German, "{header}");
        }
    }

    #[test]
    fn anything_else_is_english() {
        for header in ["", "en", "fr", "de;q=0", "en, de", "*", "de;q=x", ";;;,,,", "\u{0}"] {
            assert_eq!(preferred(header), Language::English, "{header}");
        }
    }
}
