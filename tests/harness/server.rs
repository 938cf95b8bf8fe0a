//! A running server process.

use super::client::Client;
use super::mailbox::Mailbox;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Nothing that a test waits for takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    log: Arc<Mutex<String>>,
    /// It stays for as long as somebody works in it.
    folder: Arc<TempDir>,
    /// Where the API listens.
    pub address: SocketAddr,
    /// Where metrics are served.
    pub metrics_url: String,
}

impl Server {
    pub(crate) async fn spawn(mut command: Command, folder: Arc<TempDir>) -> Self {
        let mut child = command.spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        collect(child.stdout.take().unwrap(), Arc::clone(&log));
        collect(child.stderr.take().unwrap(), Arc::clone(&log));
        let mut server = Self { child, log, folder, address: ([127, 0, 0, 1], 0).into(), metrics_url: String::new() };
        let listening = server.wait_for_line("listening").await;
        server.address = text(&listening, "address").split("://").nth(1).unwrap().parse().unwrap();
        server.metrics_url = text(&server.wait_for_line("serving metrics").await, "address");
        server
    }

    /// A client of its API.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(format!("http://{}", self.address))
    }

    /// The mails that it has written, and everybody else on the same installation.
    #[must_use]
    pub fn mails(&self) -> Mailbox {
        Mailbox::of(Arc::clone(&self.folder))
    }

    /// Everything that it has written so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits until it has logged that message, and answers the line.
    pub async fn wait_for_line(&mut self, message: &str) -> Value {
        let started = Instant::now();
        loop {
            let lines = self.log();
            let mut lines = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            if let Some(line) = lines.find(|line| line["message"] == message) {
                return line;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && started.elapsed() < PATIENCE, "no “{message}” from {ended:?}: {}", self.log());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Waits until it has written a line with that text, in the log or beside it, and answers the line.
    pub async fn wait_for_text(&mut self, text: &str) -> String {
        let started = Instant::now();
        loop {
            if let Some(line) = self.log().lines().find(|line| line.contains(text)) {
                return line.to_owned();
            }
            assert!(started.elapsed() < PATIENCE, "no “{text}”: {}", self.log());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Its metrics, as text.
    pub async fn metrics(&self) -> String {
        reqwest::get(&self.metrics_url).await.unwrap().text().await.unwrap()
    }

    /// The value of one line of its metrics; 0 if there is no such line.
    pub async fn metric(&self, line: &str) -> f64 {
        let metrics = self.metrics().await;
        let value = metrics.lines().find_map(|one| one.strip_prefix(line)?.trim().parse().ok());
        value.unwrap_or_default()
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal: `TERM`, `INT`, `STOP`, `KILL`…
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.pid().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until it has ended.
    pub async fn ended(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(started.elapsed() < PATIENCE, "it does not end: {}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn collect(output: impl Read + Send + 'static, log: Arc<Mutex<String>>) {
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let mut log = log.lock().unwrap();
            log.push_str(&line);
            log.push('\n');
        }
    });
}

fn text(line: &Value, field: &str) -> String {
    line[field].as_str().unwrap().to_owned()
}
