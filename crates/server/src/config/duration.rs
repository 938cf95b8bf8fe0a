//! Durations as operators write them.

use std::time::Duration;

/// Reads `500ms`, `90s`, `15m`, `12h` or `30d`.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let refused = || "must be a duration such as 500ms, 90s, 15m, 12h or 30d".to_owned();
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(refused)?;
    let (number, unit) = text.split_at(unit_at);
    let number: u64 = number.parse().map_err(|_not_a_number| refused())?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60 * 1000,
        "h" => 60 * 60 * 1000,
        "d" => 24 * 60 * 60 * 1000,
        _ => return Err(refused()),
    };
    number.checked_mul(milliseconds).map(Duration::from_millis).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_unit_is_read() {
        for (text, seconds) in [("90s", 90), ("15m", 900), ("12h", 43_200), ("30d", 2_592_000), ("0s", 0)] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "5", "s", "-5s", "5 s", "5S", "1.5h", "5weeks", "18446744073709551615d"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".{0,30}") {
            if let Ok(duration) = parse(&text) {
                prop_assert!(duration <= Duration::MAX && text.starts_with(|c: char| c.is_ascii_digit()));
            }
        }
    }
}
