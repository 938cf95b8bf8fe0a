//! A load balancer in front of several servers.

use super::client::Client;
use std::fmt::Write;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Names the program.
const PROGRAM_VARIABLE: &str = "THRESHOLD_TEST_HAPROXY_BIN";
/// It starts in far less.
const PATIENCE: Duration = Duration::from_secs(10);

/// A load balancer that sends each request to the next server in turn; it ends when it is dropped.
pub struct Haproxy {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Haproxy {
    /// Starts one before these servers. It tells them the client's address in `X-Forwarded-For`.
    pub async fn before(servers: &[SocketAddr]) -> Self {
        let program = std::env::var(PROGRAM_VARIABLE);
        let program =
            program.unwrap_or_else(|error| panic!("{PROGRAM_VARIABLE} is not set ({error}): use `make test`"));
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("haproxy.cfg");
        std::fs::write(&file, configuration(address, servers)).unwrap();
        let child = Command::new(program).arg("-f").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let proxy = Self { child: child.unwrap(), address, _folder: folder };
        let started = Instant::now();
        while tokio::net::TcpStream::connect(address).await.is_err() {
            assert!(started.elapsed() < PATIENCE, "HAProxy did not start");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        proxy
    }

    /// A client of whoever is behind it.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(format!("http://{}", self.address))
    }
}

impl Drop for Haproxy {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn configuration(address: SocketAddr, servers: &[SocketAddr]) -> String {
    let mut text = format!(
        "defaults\n  mode http\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n  option forwardfor\n\
         frontend all\n  bind {address}\n  default_backend instances\n\
         backend instances\n  balance roundrobin\n"
    );
    for (number, server) in servers.iter().enumerate() {
        writeln!(text, "  server s{number} {server}").unwrap();
    }
    text
}
