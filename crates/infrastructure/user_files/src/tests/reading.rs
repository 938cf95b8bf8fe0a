//! What lines say, in both forms.

use crate::Format::{self, Csv, Ndjson};
use crate::csv_lines::CsvLines;
use crate::cursor::Cursor;
use crate::fuzzing;
use crate::lines::Lines;
use crate::ndjson::NdjsonLines;
use proptest::prelude::*;
use threshold_application::ports::SourceLine;
use threshold_domain::accounts::{UserField, UserRecord};

fn read(format: Format, text: impl AsRef<[u8]>) -> Vec<SourceLine> {
    fuzzing::read(format, text.as_ref()).unwrap().unwrap()
}

/// Number and address, or reason, of each line.
fn told(lines: &[SourceLine]) -> Vec<(u64, Result<&str, &str>)> {
    lines.iter().map(|line| (line.place.number, line.record.as_ref().map(email).map_err(String::as_str))).collect()
}

fn email(record: &UserRecord) -> &str {
    record.get(UserField::Email).unwrap_or_default()
}

fn reason(format: Format, line: &str) -> String {
    let text = if format == Csv { format!("email,username\n{line}") } else { line.to_owned() };
    read(format, text).remove(0).record.unwrap_err()
}

#[test]
fn lines_of_json_are_users() {
    let text = "{\"email\":\"a@b\",\"username\":null}\n\n  \r\n {\"display_name\":\"\\u00e4\\\"\",\"email\":\"c@d\"}\r\n{\"email\":\"e@f\"}";
    let lines = read(Ndjson, text);
    assert_eq!(told(&lines), [(1, Ok("a@b")), (4, Ok("c@d")), (5, Ok("e@f"))]);
    assert_eq!(lines[1].record.as_ref().unwrap().get(UserField::DisplayName), Some("ä\""));
    assert_eq!(lines[0].record.as_ref().unwrap().get(UserField::Username), None);
}

#[test]
fn lines_that_are_no_users_say_why_and_no_value() {
    assert_eq!(reason(Ndjson, r#"{"email":"a@b","emial":"x"}"#), "There is no field `emial`.");
    assert_eq!(reason(Ndjson, r#"{"$2b$12$secret":"x"}"#), "There is no field of the name that stands there.");
    assert_eq!(reason(Ndjson, r#"{"email":"a@b","email":"c@d"}"#), "email is there twice.");
    assert_eq!(reason(Ndjson, r#"{"email":5}"#), "email must be a string.");
    assert_eq!(reason(Ndjson, r#""$2b$12$secret""#), "The line is no JSON object.");
    assert_eq!(reason(Ndjson, r#"{"email":"a@b"} {}"#), "The line is no JSON, from column 17 on.");
    assert_eq!(reason(Ndjson, "{\"email\":\"a\0b\"}"), "The line is no JSON, from column 12 on.");
    assert!(reason(Ndjson, &format!("{{\"email\":{}", "[".repeat(60_000))).starts_with("The line is no JSON"));
    assert_eq!(reason(Csv, "a@b"), "The line has 1 values, the header 2.");
    assert_eq!(reason(Csv, "a@b,x,y"), "The line has 3 values, the header 2.");
    assert_eq!(reason(Csv, "a@b,\"x"), "A quote is not closed, or one within a value is not doubled.");
    assert_eq!(reason(Csv, "a@b,5\" pipe"), "A quote is not closed, or one within a value is not doubled.");
    assert_eq!(reason(Csv, &",".repeat(10_000)), "The line is longer than 64 KiB.");
}

#[test]
fn bytes_that_are_no_text_cost_one_line() {
    assert_eq!(
        told(&read(Ndjson, b"{\"email\":\"\xff\"}\n{\"email\":\"a@b\"}")),
        [(1, Err("The line is not UTF-8.")), (2, Ok("a@b"))]
    );
    assert_eq!(told(&read(Csv, b"email\n\xff\na@b\n")), [(2, Err("The line is not UTF-8.")), (3, Ok("a@b"))]);
}

#[test]
fn a_line_of_ten_megabytes_costs_one_line() {
    let long = "x".repeat(10_000_000);
    let lines = format!("{{\"email\":\"{long}\"}}\n{{\"email\":\"a@b\"}}\n");
    assert_eq!(told(&read(Ndjson, lines)), [(1, Err("The line is longer than 64 KiB.")), (2, Ok("a@b"))]);
    let lines = format!("email\n{long}\n\"{}\"\na@b\n", long.replace("xxx", "x\n\n"));
    let lines = read(Csv, lines);
    let too_long = Err("The line is longer than 64 KiB.");
    assert_eq!(told(&lines)[..2], [(2, too_long), (3, too_long)]);
    assert_eq!(told(&lines)[2].1, Ok("a@b"));
}

#[test]
fn quoted_values_go_over_lines_and_lines_are_counted_through_them() {
    let text = "username,email,display_name\r\n\r\nada,a@b,\"Ada,\r\n\"\"A\"\"\"\r\n,c@d,\r\n\"\",\"e@f\",\"\"\n";
    let lines = read(Csv, text);
    assert_eq!(told(&lines), [(3, Ok("a@b")), (5, Ok("c@d")), (6, Ok("e@f"))]);
    assert_eq!(lines[0].record.as_ref().unwrap().get(UserField::DisplayName), Some("Ada,\r\n\"A\""));
    assert_eq!(lines[2].record.as_ref().unwrap().get(UserField::Username), None);
    assert_eq!(lines[1].place.bytes.end - lines[1].place.bytes.start, 7, "its end of line is part of it");
}

#[test]
fn a_value_that_never_ends_hides_no_users_within() {
    let text = format!("email,display_name\na@b,\"{}\nx@y,z\n", "long\n".repeat(20_000));
    assert_eq!(read(Csv, text).len(), 1);
}

#[test]
fn a_header_must_name_the_columns() {
    for text in ["", "\n", "username\nada", "email,emial\n", "email,email\n", "a@b,$2b$12$secret\n", "email;username\n"]
    {
        assert!(fuzzing::read(Csv, text.as_bytes()).unwrap().is_none(), "{text:?}");
    }
    assert_eq!(read(Csv, "email\n").len(), 0);
    assert_eq!(read(Ndjson, "").len(), 0);
}

/// All lines from the end of the first `done` on.
fn read_behind(format: Format, bytes: &[u8], lines: &[SourceLine], done: usize) -> Vec<SourceLine> {
    let place = &lines[done - 1].place;
    let position = usize::try_from(place.bytes.end).unwrap();
    let text =
        Cursor::new(std::io::BufReader::with_capacity(16, &bytes[position..]), place.bytes.end, place.next_number);
    let mut lines: Box<dyn Lines> = match format {
        Ndjson => Box::new(NdjsonLines::new(text)),
        Csv => Box::new(CsvLines::new(text, vec![UserField::Email, UserField::Username])),
    };
    std::iter::from_fn(|| lines.next().unwrap()).collect()
}

/// Bytes of which these forms are made, and any others.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let special = proptest::sample::select(b"\n\r\",{}:\\ ax\xff".to_vec());
    proptest::collection::vec(prop_oneof![9 => special, 1 => any::<u8>()], 0..200)
}

proptest! {
    #[test]
    fn any_bytes_are_lines_in_their_order_and_reading_can_go_on_behind_each(bytes in bytes(), csv in any::<bool>()) {
        let (format, start) = if csv { (Csv, &b"email,username\n"[..]) } else { (Ndjson, &b""[..]) };
        let bytes = [start, &bytes].concat();
        let lines = read(format, &bytes);
        let mut end = 0;
        for (before, line) in lines.iter().enumerate() {
            let place = &line.place;
            prop_assert!(place.bytes.start >= end && place.bytes.end > place.bytes.start);
            end = place.bytes.end;
            if let Err(reason) = &line.record {
                prop_assert!(reason.len() < 200);
            }
            let rest = read_behind(format, &bytes, &lines, before + 1);
            prop_assert_eq!(format!("{rest:?}"), format!("{:?}", &lines[before + 1..]));
        }
    }
}
