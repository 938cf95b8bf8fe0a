//! Mails as their readers have them, read by Python's parser.

use super::program;
use serde::Deserialize;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

/// A mail that was taken apart.
#[derive(Debug, Clone, Deserialize)]
pub struct ReceivedMail {
    /// Who sent it, as the envelope says; nobody for a mail from a file.
    #[serde(default)]
    pub sender: String,
    /// Who gets it, as the envelope says.
    #[serde(default)]
    pub recipients: Vec<String>,
    /// The client's port: mails with the same one came over one connection.
    #[serde(default)]
    pub connection: u16,
    /// Names and decoded values, in order.
    pub headers: Vec<(String, String)>,
    /// The media type of the whole.
    pub content_type: String,
    /// The parts, in order.
    pub parts: Vec<ReceivedPart>,
    /// Where it breaks the rules.
    pub defects: Vec<String>,
    /// Every byte, as the character of that number.
    pub raw: String,
}

/// A part of a mail.
#[derive(Debug, Clone, Deserialize)]
pub struct ReceivedPart {
    /// Its media type.
    pub content_type: String,
    /// Its text, decoded, its lines ended by `\n`.
    pub text: String,
}

impl ReceivedMail {
    /// The values of a header, without case.
    #[must_use]
    pub fn header(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(one, _)| one.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The text of the part of that media type; empty if there is none.
    #[must_use]
    pub fn text_of(&self, content_type: &str) -> &str {
        self.parts.iter().find(|part| part.content_type == content_type).map_or("", |part| &part.text)
    }
}

/// Takes a mail apart that came in another way.
#[must_use]
pub fn read_mail(raw: &[u8]) -> ReceivedMail {
    let mut parser =
        program().arg("parse").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the server's program runs");
    parser.stdin.take().expect("its input is piped").write_all(raw).expect("a pipe takes a mail");
    let output = parser.wait_with_output().expect("the parser ends");
    serde_json::from_slice(&output.stdout).expect("the parser writes JSON")
}

/// Every mail in the folder, sorted by the file's name.
pub(crate) fn read_all(folder: &Path) -> Vec<ReceivedMail> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("the folder is readable").path()).collect();
    files.sort();
    let read = |file| fs::read(file).expect("the server leaves its files alone");
    files.iter().map(|file| serde_json::from_slice(&read(file)).expect("the server writes JSON")).collect()
}
