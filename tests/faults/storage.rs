//! Disks that are full, databases that can't be written.

use crate::{installed, until};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use threshold_tests::{Answer, Backend, Client, GOOD_PASSWORD, Server};

/// A place for a database that can run out of room: a small file system in memory where we may mount one, else a folder and a
/// limit on how large the server's files may grow.
struct SmallDisk {
    folder: TempDir,
    mounted: bool,
}

impl SmallDisk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(folder.path()).output();
        Self { mounted: mount.unwrap().status.success(), folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn fill(&self, server: &Server) {
        if self.mounted {
            let full = fs::write(self.path().join("filler"), vec![0; 4 << 20]).unwrap_err();
            assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
        } else {
            let written = fs::metadata(self.path().join("threshold.db-wal")).unwrap().len();
            limit_files(server, &written.to_string());
        }
    }

    fn make_room(&self, server: &Server) {
        if self.mounted {
            fs::remove_file(self.path().join("filler")).unwrap();
        } else {
            limit_files(server, "unlimited");
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if self.mounted {
            // Lazily: the server may hold a file for a moment longer.
            let _unmounted = Command::new("umount").arg("-l").arg(self.path()).status();
        }
    }
}

fn limit_files(server: &Server, bytes: &str) {
    let limit =
        Command::new("prlimit").args(["--pid", &server.pid().to_string(), &format!("--fsize={bytes}:")]).status();
    assert!(limit.unwrap().success());
}

/// Registers new users until one is refused, and answers the refusal.
async fn refused(client: &Client) -> Answer {
    for number in 0.. {
        let answer = client.register(&format!("user{number}@example.org")).await;
        if answer.status != 201 {
            return answer;
        }
    }
    unreachable!("numbers don't end")
}

#[tokio::test]
async fn a_full_disk_is_answered_by_503_and_recovered_from() {
    let disk = SmallDisk::new();
    let url = format!("sqlite://{}/threshold.db", disk.path().display());
    let installation = installed(Backend::Sqlite).await.with("DATABASE__URL", &url);
    let server = installation.start().await;
    let client = server.client();
    let token = client.token_of_new("ada@example.org").await;

    disk.fill(&server);
    let answer = refused(&client).await;
    assert_eq!((answer.status, answer.code()), (503, "unavailable"));
    assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
    assert_eq!(client.me(&token).await.status, 200, "reading goes on");
    assert!(server.log().contains("a request failed"), "the cause is in the log");

    disk.make_room(&server);
    let answer = until(|| client.register("late@example.org"), |answer| answer.status != 503).await;
    assert_eq!(answer.status, 201);
    drop(server);
    let server = installation.start().await;
    for email in ["ada@example.org", "late@example.org"] {
        assert_eq!(server.client().login(email, GOOD_PASSWORD).await.status, 200, "{email}");
    }
}

#[tokio::test]
async fn a_read_only_database_is_answered_by_503_and_recovered_from() {
    let installation = installed(Backend::Postgres).await;
    let server = installation.start().await;
    let client = server.client();
    let token = client.token_of_new("ada@example.org").await;
    let database = installation.postgres.as_ref().unwrap().client().await;
    let switch = async |to: &str| {
        // The setting holds for new connections: the old ones are ended.
        let name: String = database.query_one("SELECT current_database()", &[]).await.unwrap().get(0);
        database
            .batch_execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = {to}"))
            .await
            .unwrap();
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        database.batch_execute(end).await.unwrap();
    };

    switch("on").await;
    let answer = until(|| client.register("eve@example.org"), |answer| answer.status != 201).await;
    assert_eq!((answer.status, answer.code()), (503, "unavailable"));
    assert_eq!(client.me(&token).await.status, 200, "reading goes on");

    // Otherwise this connection could not change it back.
    database.batch_execute("SET default_transaction_read_only = off").await.unwrap();
    switch("off").await;
    let answer = until(|| client.register("late@example.org"), |answer| answer.status != 503).await;
    assert_eq!(answer.status, 201);
}
