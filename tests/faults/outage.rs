//! PostgreSQL goes away and comes back.

use crate::{installed, until};
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;
use threshold_tests::{Backend, GOOD_PASSWORD};

/// A PostgreSQL of this test's own, which it may stop.
struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Cluster {
    fn start_new() -> Self {
        let programs = std::env::var("THRESHOLD_TEST_POSTGRES_BIN").unwrap().into();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Self { folder: TempDir::new().unwrap(), programs, port };
        if is_root() {
            assert!(Command::new("chown").arg("postgres").arg(cluster.folder.path()).status().unwrap().success());
        }
        let data = cluster.data();
        cluster.run("initdb", &["-D", &data, "-U", "threshold", "-A", "trust", "--no-sync"]);
        cluster.start();
        cluster
    }

    fn url(&self) -> String {
        format!("postgres://threshold@127.0.0.1:{}/postgres", self.port)
    }

    fn start(&self) {
        let folder = self.folder.path().display();
        let options =
            format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off", self.port);
        self.run("pg_ctl", &["-D", &self.data(), "-l", &format!("{folder}/log"), "-o", &options, "-w", "start"]);
    }

    fn stop(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// PostgreSQL refuses to run as root.
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let status = command.args(arguments).current_dir("/").stdout(std::process::Stdio::null()).status();
        assert!(status.unwrap().success(), "{arguments:?}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A failing test may have stopped it already.
        if self.folder.path().join("data/postmaster.pid").exists() {
            self.stop();
        }
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

#[tokio::test]
async fn the_service_recovers_with_its_database_and_trusts_nobody_meanwhile() {
    let cluster = Cluster::start_new();
    let installation =
        installed(Backend::Sqlite).await.with("DATABASE__URL", &cluster.url()).with("DATABASE__ACQUIRE_TIMEOUT", "1s");
    let server = installation.start().await;
    let client = server.client();
    let token = client.token_of_new("ada@example.org").await;
    assert_eq!(client.me(&token).await.status, 200);

    cluster.stop();
    let ready = until(|| client.get("/ready"), |answer| answer.status == 503).await;
    assert_eq!(ready.body["status"], "unready");
    assert_eq!(client.get("/health").await.status, 200);
    for answer in [client.login("ada@example.org", GOOD_PASSWORD).await, client.register("eve@example.org").await] {
        assert_eq!((answer.status, answer.code()), (503, "unavailable"));
        assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
    }
    // Once the list of ended sessions is out of date, a token alone proves nothing.
    let answer = client.logout(&token).await;
    assert_eq!((answer.status, answer.code()), (503, "unavailable"));
    let fallbacks = || async { server.metric("threshold_revocation_fallbacks_total ").await };
    until(|| client.me(&token), |answer| answer.status == 503).await;
    while fallbacks().await < 1.0 {
        assert_eq!(client.me(&token).await.status, 503);
    }

    cluster.start();
    until(|| client.get("/ready"), |answer| answer.status == 200).await;
    assert_eq!(client.me(&token).await.status, 200);
    assert_eq!(client.login("ada@example.org", GOOD_PASSWORD).await.status, 200);
}
