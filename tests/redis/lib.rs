//! Throw-away Redis servers for tests.
//!
//! Each is a process of the test's own, which may be killed, frozen and emptied. The program is not ours to find: `make test`
//! does that and says where it is in the environment. A test that needs it never skips.
#![expect(clippy::missing_panics_doc, clippy::expect_used, reason = "a harness fails a test by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// Names the program: `redis-server` or `valkey-server`, from 7 on.
pub const PROGRAM_VARIABLE: &str = "THRESHOLD_TEST_REDIS_BIN";

/// Ports that the system doesn't give out by itself, so that nobody takes one while its server is away.
const FIRST_PORT: u16 = 20_000;
const PORTS: u16 = 12_000;

static STARTED: AtomicU16 = AtomicU16::new(0);

/// A Redis of a test's own, which ends with it. It stores nothing.
#[derive(Debug)]
pub struct OwnRedis {
    server: Child,
    port: u16,
    folder: TempDir,
}

impl OwnRedis {
    /// Starts one and waits until it answers.
    #[must_use]
    pub fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        for _ in 0..20 {
            let port = next_port();
            if let Some(server) = spawn(port, &folder) {
                return Self { server, port, folder };
            }
        }
        panic!("Redis did not start on any of twenty ports");
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The port that it listens on, also while it is away.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends it at once. What it held is lost.
    pub fn kill(&mut self) {
        self.server.kill().expect("Redis is ours to kill");
        self.server.wait().expect("who is killed ends");
    }

    /// Starts it again, empty, where it was.
    pub fn restart(&mut self) {
        self.kill();
        self.server = spawn(self.port, &self.folder).expect("Redis' port is free again");
    }

    /// Stops it from answering; connections stay, and new ones are taken.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Empties it.
    pub fn flush(&self) {
        assert_eq!(self.command("FLUSHALL"), "+OK");
    }

    /// Sends one command, its words parted by spaces, and gives back the answer's first line, or the text if it is one.
    #[must_use]
    pub fn command(&self, line: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("Redis takes connections");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time-out is settable");
        stream.write_all(format!("{line}\r\n").as_bytes()).expect("Redis takes commands");
        let mut answer = BufReader::new(stream);
        let first = read_line(&mut answer);
        match first.strip_prefix('$').and_then(|length| length.parse().ok()) {
            Some(length) => {
                let mut text = vec![0; length];
                answer.read_exact(&mut text).expect("Redis answers");
                String::from_utf8_lossy(&text).into_owned()
            }
            None => first,
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.server.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "SIG{name} was not sent");
    }
}

impl Drop for OwnRedis {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn program() -> String {
    let missing = |error| panic!("Redis can't be started ({PROGRAM_VARIABLE}: {error}): use `make test`");
    std::env::var(PROGRAM_VARIABLE).unwrap_or_else(missing)
}

/// Starts far apart in each process.
fn next_port() -> u16 {
    let process = u16::try_from(std::process::id() % u32::from(PORTS)).unwrap_or_default();
    FIRST_PORT + (process.wrapping_mul(7) % PORTS + STARTED.fetch_add(1, Ordering::Relaxed)) % PORTS
}

/// Starts the server, unless the port is taken: then it ends without ever being ready.
fn spawn(port: u16, folder: &TempDir) -> Option<Child> {
    let mut server = Command::new(program())
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no"])
        .arg("--dir")
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Redis' program runs");
    let mut log = BufReader::new(server.stdout.take().expect("its log is piped"));
    loop {
        let line = read_line(&mut log);
        if line.contains("Ready to accept connections") {
            return Some(server);
        }
        if line.is_empty() && server.try_wait().is_ok_and(|status| status.is_some()) {
            return None;
        }
    }
}

/// A line without its end; empty at the end.
fn read_line(lines: &mut impl BufRead) -> String {
    let mut line = Vec::new();
    lines.read_until(b'\n', &mut line).expect("a pipe is readable");
    String::from_utf8_lossy(&line).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::OwnRedis;

    #[test]
    fn it_starts_empty_keeps_its_place_and_can_be_emptied() {
        let mut redis = OwnRedis::start();
        assert_eq!(redis.command("SET key value"), "+OK");
        assert_eq!(redis.command("GET key"), "value");
        redis.flush();
        assert_eq!(redis.command("EXISTS key"), ":0");
        assert_eq!(redis.command("SET key value"), "+OK");
        let url = redis.url();
        redis.restart();
        assert_eq!((redis.url(), redis.command("EXISTS key")), (url, ":0".to_owned()));
    }

    #[test]
    fn each_is_on_a_port_of_its_own() {
        let (one, other) = (OwnRedis::start(), OwnRedis::start());
        assert_eq!(one.command("SET key value"), "+OK");
        assert_eq!(other.command("EXISTS key"), ":0");
    }
}
