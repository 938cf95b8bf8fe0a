//! Copies from one kind of database to the other: whole, cut off, refused.

use crate::{PATIENCE, installed};
use serde_json::json;
use std::fmt::Write;
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};
use threshold_tests::{Backend, GOOD_PASSWORD, Installation};

const USERS: usize = 30_000;

fn other(backend: Backend) -> Backend {
    match backend {
        Backend::Sqlite => Backend::Postgres,
        Backend::Postgres => Backend::Sqlite,
    }
}

fn copy(from: &Installation, to: &Installation) -> Command {
    to.command(&["database", "copy", "--from", from.database_url()])
}

/// Exit code, standard output and standard error.
fn run(mut command: Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn copied(from: &Installation, to: &Installation) {
    let (code, out, err) = run(copy(from, to));
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.starts_with("Copied ") && out.ends_with("both sides are the same.\n"), "{out}");
}

/// Brings in many users, some of whom have everything that a user can have.
fn fill(installation: &Installation, users: usize) {
    let mut text = "email,username,display_name,email_verified_at,created_at\n".to_owned();
    for number in 0..users {
        writeln!(
            text,
            "u{number}@example.org,user{number},\"Ünser, {number}\",2020-01-01T00:00:00.000001Z,1969-01-01T00:00:00Z"
        )
        .unwrap();
    }
    std::fs::write(installation.folder().join("u.csv"), text).unwrap();
    assert_eq!(run(installation.command(&["users", "import", "u.csv"])).0, Some(0));
}

fn export(installation: &Installation) -> String {
    run(installation.command(&["users", "export", "--format", "csv", "--with-password-hashes"])).1
}

#[tokio::test]
async fn people_go_on_where_they_were_there_and_back_again() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let (here, there, back) = (installed(backend).await, installed(other(backend)).await, installed(backend).await);
        let mut server = here.start().await;
        let client = server.client();
        let ada = client.register("ada@example.org").await.body["id"].clone();
        let credentials = json!({ "email": "ada@example.org", "password": GOOD_PASSWORD, "token_delivery": "body" });
        let signed_in = client.post("/api/v1/login", credentials).await.body;
        server.signal("TERM");
        server.ended().await;
        let mut refresh = signed_in["refresh_token"].as_str().unwrap().to_owned();
        let mut access = signed_in["access_token"].as_str().unwrap().to_owned();
        for (number, (from, to)) in [(&here, &there), (&there, &back)].into_iter().enumerate() {
            copied(from, to);
            let mut server = to.start().await;
            let client = server.client();
            assert_eq!(client.me(&access).await.body["id"], ada, "tokens of before are good");
            assert_eq!(client.login("ada@example.org", GOOD_PASSWORD).await.status, 200);
            let refreshed = client.post("/api/v1/refresh", json!({ "refresh_token": refresh })).await;
            assert_eq!(refreshed.status, 200, "{refreshed:?}");
            refresh = refreshed.body["refresh_token"].as_str().unwrap().to_owned();
            access = refreshed.body["access_token"].as_str().unwrap().to_owned();
            assert_eq!(client.register("ada@example.org").await.status, 409);
            let email = format!("new{number}@example.org");
            assert_eq!(client.register(&email).await.status, 201);
            server.mails().wait_for(&email, 1).await;
            server.signal("TERM");
            server.ended().await;
        }
        assert_eq!(export(&back).lines().count(), 1 + 3);
    }
}

/// About how many rows of users a target has, while a copy goes on.
async fn users(installation: &Installation) -> usize {
    if let Some(database) = &installation.postgres {
        let client = database.client().await;
        let count = client.query_one("SELECT count(*) FROM users", &[]).await;
        return count.map_or(0, |row| usize::try_from(row.get::<_, i64>(0)).unwrap());
    }
    // Nobody else should open the file: its size tells about enough.
    let size = |name: &str| std::fs::metadata(installation.folder().join(name)).map_or(0, |file| file.len());
    usize::try_from(size("threshold.db") + size("threshold.db-wal")).unwrap() / 250
}

fn is_running(child: &mut Child) -> bool {
    child.try_wait().unwrap().is_none()
}

/// Starts a copy, and kills it once it has got so far; `false` if it was done before that.
async fn cut_off(from: &Installation, to: &Installation, far: usize) -> bool {
    let mut child = copy(from, to).spawn().unwrap();
    let started = Instant::now();
    while users(to).await < far && is_running(&mut child) {
        assert!(started.elapsed() < PATIENCE, "it was to be killed at {far}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let killed = is_running(&mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    killed
}

#[tokio::test]
async fn a_copy_that_is_killed_and_run_again_ends_like_an_undisturbed_one() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let (from, to) = (installed(backend).await, installed(other(backend)).await);
        fill(&from, USERS);
        for tenths in [1, 2, 4] {
            assert!(cut_off(&from, &to, USERS * tenths / 10).await, "it was done before it could be killed");
        }
        let (code, _, refused) = run(to.command(&["users", "export"]));
        assert!(code == Some(1) && refused.contains("threshold database copy"), "nobody uses half a copy: {refused}");
        let (code, _, refused) = run(to.command(&["audit", "verify"]));
        assert!(code == Some(1) && refused.contains("threshold database copy"), "{refused}");
        let third = installed(backend).await;
        let (code, _, refused) = run(copy(&to, &third));
        assert!(
            code == Some(1) && refused.contains("is an unfinished copy itself"),
            "nobody copies half a copy: {refused}"
        );
        assert!(!third.folder().join("threshold.db").exists(), "nothing is made where nothing is copied");
        let (code, out, err) = run(copy(&from, &to));
        assert_eq!(code, Some(0), "{err}");
        assert!(err.contains("an earlier run is continued"), "{out}{err}");
        assert_eq!(export(&to), export(&from));
        let (code, _, err) = run(copy(&from, &to));
        assert!(code == Some(1) && err.contains("holds rows already"), "{err}");
    }
}

#[tokio::test]
async fn what_is_somebody_elses_is_left_alone() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let (from, another, to) = (installed(backend).await, installed(backend).await, installed(other(backend)).await);
        fill(&from, 10);
        fill(&another, 20_000);
        fill(&to, 1);
        let before = export(&to);
        let (code, _, err) = run(copy(&from, &to));
        let named =
            "the target holds rows already, in audit_records, audit_segments, user_roles, user_search, users: copy";
        assert!(code == Some(1) && err.contains(named), "{err}");
        assert_eq!(export(&to), before);
        let half = installed(other(backend)).await;
        assert!(cut_off(&another, &half, 5_000).await);
        let (code, _, err) = run(copy(&from, &half));
        assert!(code == Some(1) && err.contains("unfinished copy"), "{err}");
        // Whoever has only looked has filled nothing.
        let looked = installed(other(backend)).await;
        assert_eq!(run(looked.command(&["jobs", "list"])).0, Some(0));
        copied(&from, &looked);
    }
}

#[tokio::test]
async fn other_versions_other_kinds_and_absent_files_are_refused() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let (from, to) = (installed(backend).await, installed(other(backend)).await);
        fill(&from, 1);
        assert_eq!(run(from.command(&["migrate", "down"])).0, Some(0));
        let (code, _, err) = run(copy(&from, &to));
        assert!(code == Some(1) && err.contains("threshold migrate up"), "{err}");
        assert_eq!(run(copy(&from, &installed(backend).await)).0, Some(2));
    }
    let to = installed(Backend::Postgres).await;
    let absent = to.command(&["database", "copy", "--from", "absent.db"]);
    assert_eq!(run(absent).0, Some(2));
    assert!(!to.folder().join("absent.db").exists());
}

#[tokio::test]
async fn a_source_that_was_written_to_meanwhile_is_told_of() {
    let (from, to) = (installed(Backend::Sqlite).await, installed(Backend::Postgres).await);
    fill(&from, 20_000);
    assert!(cut_off(&from, &to, 5_000).await);
    // A row that is copied, and one that isn't yet.
    let promote = run(from.command(&["admin", "create", "--email", "u0@example.org"]));
    assert_eq!(promote.0, Some(0), "{promote:?}");
    let (code, _, err) = run(copy(&from, &to));
    assert!(code == Some(1) && err.contains("not the same on both sides"), "{err}");
}
