//! Disks that are full, databases that can't be written.

use crate::{installed, until};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use threshold_tests::{Answer, Backend, Client, GOOD_PASSWORD};

/// A small file system in memory, gone when dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// Needs the right to mount; without it the test fails rather than proving nothing.
    fn mount() -> Self {
        let folder = TempDir::new().unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(folder.path()).status();
        assert!(mounted.unwrap().success(), "this test mounts a small disk: run it as root");
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills it to the last byte, and answers what to remove to make room.
    fn fill(&self) -> PathBuf {
        let filler = self.path().join("filler");
        let full = fs::write(&filler, vec![0; 4 << 20]).unwrap_err();
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
        filler
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server may hold a file for a moment longer.
        let _unmounted = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
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
    let disk = SmallDisk::mount();
    let url = format!("sqlite://{}/threshold.db", disk.path().display());
    let installation = installed(Backend::Sqlite).await.with("DATABASE__URL", &url);
    let server = installation.start().await;
    let client = server.client();
    let token = client.token_of_new("ada@example.org").await;

    let filler = disk.fill();
    let answer = refused(&client).await;
    assert_eq!((answer.status, answer.code()), (503, "unavailable"));
    assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
    assert_eq!(client.me(&token).await.status, 200, "reading goes on");
    assert!(server.log().contains("full"), "the cause is in the log");

    fs::remove_file(filler).unwrap();
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
