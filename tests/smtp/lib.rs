//! Throw-away mail servers for tests.
//!
//! Each is a process of the test's own, a real server of somebody else's making that also reads the mails with a parser of its
//! own. Its Python is not ours to find: `make test` does that and says where it is in the environment. A test that needs it
//! never skips.
#![expect(clippy::missing_panics_doc, clippy::expect_used, reason = "a harness fails a test by panicking")]

mod received;

pub use received::{ReceivedMail, ReceivedPart, read_mail};

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use tempfile::TempDir;

/// Names the Python that has aiosmtpd.
pub const PYTHON_VARIABLE: &str = "THRESHOLD_TEST_SMTP_PYTHON";

/// Ports that the system doesn't give out by itself, so that nobody takes one while its server is away.
const FIRST_PORT: u16 = 14_000;
const PORTS: u16 = 5_000;

static STARTED: AtomicU16 = AtomicU16::new(0);

/// A mail server of a test's own, which ends with it.
#[derive(Debug)]
pub struct OwnSmtp {
    process: Child,
    port: u16,
    folder: TempDir,
    options: Vec<String>,
}

/// How a server protects its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Not at all.
    None,
    /// After STARTTLS, without which it takes no mail.
    StartTls,
    /// From the first byte.
    Implicit,
}

/// A point of the dialogue at which a server may behave unusually.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// When it is asked whether it is there.
    Noop,
    /// When it is told a recipient.
    Recipient,
    /// When it has got the content.
    Content,
}

/// How a server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It accepts everything.
    Accepts,
    /// It says this, a code and a text.
    Answers(Stage, &'static str),
    /// It says nothing and waits.
    Stalls(Stage),
    /// It closes the connection.
    Closes(Stage),
    /// With its answer to STARTTLS comes the answer to the next command, as a man in the middle could have it.
    Injects,
}

impl OwnSmtp {
    /// Starts one that neither encrypts nor asks who one is.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(Protection::None, None)
    }

    /// Starts one, perhaps with TLS, perhaps only for who knows `user:password`, and waits until it takes connections.
    #[must_use]
    pub fn start_with(protection: Protection, credentials: Option<&str>) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        fs::create_dir(folder.path().join("received")).expect("a folder can be made");
        certify(folder.path());
        let tls = match protection {
            Protection::None => None,
            Protection::StartTls => Some("--tls=starttls".to_owned()),
            Protection::Implicit => Some("--tls=implicit".to_owned()),
        };
        let auth = credentials.map(|credentials| format!("--auth={credentials}"));
        let options: Vec<_> = tls.into_iter().chain(auth).collect();
        write_manner(folder.path(), Manner::Accepts);
        for _ in 0..20 {
            let port = next_port();
            if let Some(process) = spawn(folder.path(), port, &options) {
                return Self { process, port, folder, options };
            }
        }
        panic!("the mail server did not start on any of twenty ports: is aiosmtpd there? Use `make test`");
    }

    /// The port that it listens on at `localhost`, also while it is away.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A file with the certificate that it shows, which is for `localhost`.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    /// Behaves like this from now on.
    pub fn behave(&self, manner: Manner) {
        write_manner(self.folder.path(), manner);
    }

    /// The mails that it has accepted, in order. Each is here before its sender knows.
    #[must_use]
    pub fn received(&self) -> Vec<ReceivedMail> {
        received::read_all(&self.folder.path().join("received"))
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        self.process.kill().expect("the server is ours to kill");
        self.process.wait().expect("who is killed ends");
    }

    /// Starts it again where it was.
    pub fn restart(&mut self) {
        self.kill();
        self.process = spawn(self.folder.path(), self.port, &self.options).expect("the server's port is free again");
    }

    /// Stops it from answering; connections stay, and new ones are taken.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.process.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "SIG{name} was not sent");
    }
}

impl Drop for OwnSmtp {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn certify(folder: &Path) {
    let CertifiedKey { cert, signing_key }: CertifiedKey<KeyPair> =
        generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate can be made");
    fs::write(folder.join("certificate.pem"), cert.pem()).expect("a file can be written");
    fs::write(folder.join("key.pem"), signing_key.serialize_pem()).expect("a file can be written");
}

fn write_manner(folder: &Path, manner: Manner) {
    let stage = |stage| match stage {
        Stage::Noop => "NOOP",
        Stage::Recipient => "RCPT",
        Stage::Content => "DATA",
    };
    let text = match manner {
        Manner::Accepts => String::new(),
        Manner::Answers(at, answer) => format!("{} answers {answer}", stage(at)),
        Manner::Stalls(at) => format!("{} stalls", stage(at)),
        Manner::Closes(at) => format!("{} closes", stage(at)),
        Manner::Injects => "STARTTLS injects".to_owned(),
    };
    // In one step, because the server may be reading.
    fs::write(folder.join("next"), text).expect("a file can be written");
    fs::rename(folder.join("next"), folder.join("manner")).expect("a file can be renamed");
}

/// A command that runs the server's program.
fn program() -> Command {
    let missing = |error| panic!("no mail server can be started ({PYTHON_VARIABLE}: {error}): use `make test`");
    let mut program = Command::new(std::env::var(PYTHON_VARIABLE).unwrap_or_else(missing));
    program.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/server.py"));
    program
}

/// Starts far apart in each process.
fn next_port() -> u16 {
    let process = u16::try_from(std::process::id() % u32::from(PORTS)).unwrap_or_default();
    FIRST_PORT + (process.wrapping_mul(7) % PORTS + STARTED.fetch_add(1, Ordering::Relaxed)) % PORTS
}

/// Starts the server, unless the port is taken: then it ends without ever being ready.
fn spawn(folder: &Path, port: u16, options: &[String]) -> Option<Child> {
    let mut process = program()
        .arg("serve")
        .arg(folder)
        .arg(port.to_string())
        .args(options)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server's program runs");
    let mut line = String::new();
    let log = process.stdout.take().expect("its output is piped");
    BufReader::new(log).read_line(&mut line).expect("a pipe is readable");
    if line.trim_end() == "ready" {
        return Some(process);
    }
    process.wait().expect("who closes its output ends");
    None
}

#[cfg(test)]
mod tests {
    use super::{Manner, OwnSmtp, Stage, read_mail};
    use std::io::{BufRead, BufReader, Write};
    use std::net::{Ipv4Addr, TcpStream};

    /// Says these lines, each after the answer to the one before, and gives back the last answer.
    fn talk(server: &OwnSmtp, lines: &[&str]) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port())).unwrap();
        let mut answers = BufReader::new(stream.try_clone().unwrap()).lines();
        let mut last = answers.next().unwrap().unwrap();
        for line in lines {
            stream.write_all(format!("{line}\r\n").as_bytes()).unwrap();
            last = answers.next().unwrap().unwrap();
        }
        last
    }

    const MAIL: [&str; 5] = [
        "HELO test",
        "MAIL FROM:<a@example.org>",
        "RCPT TO:<b@example.org>",
        "DATA",
        "Subject: =?utf-8?q?=C3=A4?=\r\n\r\nText\r\n.",
    ];

    #[test]
    fn it_takes_a_mail_apart_and_keeps_its_place() {
        let mut server = OwnSmtp::start();
        server.restart();
        assert!(talk(&server, &MAIL).starts_with("250 "));
        let [mail] = server.received().try_into().unwrap();
        assert_eq!((mail.sender.as_str(), mail.header("subject")), ("a@example.org", vec!["ä"]));
        assert_eq!(mail.raw, "Subject: =?utf-8?q?=C3=A4?=\r\n\r\nText\r\n");
        assert_eq!(read_mail(mail.raw.as_bytes()).headers, mail.headers);
    }

    #[test]
    fn it_behaves_as_it_is_told() {
        let server = OwnSmtp::start();
        server.behave(Manner::Answers(Stage::Content, "451 4.3.0 Not now"));
        assert_eq!(talk(&server, &MAIL), "451 4.3.0 Not now");
        assert!(server.received().is_empty());
        server.behave(Manner::Accepts);
        assert!(talk(&server, &MAIL).starts_with("250 "));
    }
}
