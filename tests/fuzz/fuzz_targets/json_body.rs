//! Bodies of requests: JSON, and the fields in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use threshold_transport::fuzzing;

/// The largest answer that names what is wrong with a body, in bytes.
const MAX_ANSWER: usize = 16 * 1024;

fuzz_target!(|body: &[u8]| {
    let usual: Option<Value> = serde_json::from_slice(body).ok();
    // Of members named twice the usual reader keeps one.
    let unique = usual.filter(|value| members(value.to_string().as_bytes()) == members(body));
    assert_eq!(fuzzing::json(body), unique);

    let answer = fuzzing::faults(body);
    assert!(answer.len() <= MAX_ANSWER, "an answer of {} bytes", answer.len());
});

/// How many members the objects of a JSON text have: the colons outside of strings.
fn members(json: &[u8]) -> usize {
    let (mut found, mut quoted, mut escaped) = (0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b':' if !quoted => found += 1,
            _ => {}
        }
    }
    found
}
