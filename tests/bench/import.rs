//! A million users are imported, against what each database takes in by itself into such a table.

use crate::program::binary;
use crate::report;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use threshold_tests::{Backend, Installation};

const USERS: u32 = 1_000_000;
const MEGABYTES: f64 = 200.0;
const HASH: &str = "$2b$12$L6Bc/AlTQHyd9liGgGEZyOFLPHNgyxeEPfgYfBCVxJ7JIlwxyVU3u";
const TIME: &str = "2026-01-01T00:00:00Z";
const COLUMNS: &str = "id, email, email_canonical, username, display_name, password_hash, status, email_verified_at, created_at, updated_at, version";

pub(crate) async fn run() {
    for (backend, name, baseline) in
        [(Backend::Sqlite, "SQLite", "bare inserts"), (Backend::Postgres, "PostgreSQL", "COPY")]
    {
        let installation = Installation::new(&binary(), backend).await;
        let migrated = installation.command(&["migrate", "up"]).status().unwrap();
        assert!(migrated.success());
        for form in ["ndjson", "csv"] {
            let (file, clear) = (format!("u.{form}"), "DELETE FROM users; VACUUM");
            write_users(&installation, &file);
            let (taken, megabytes) = import(&installation, &file);
            let bare = if backend == Backend::Postgres { copy(&installation) } else { bare_inserts(&installation) };
            execute(&installation, clear);
            let figures = format!("{:.0} users/s of {:.0} by {baseline}", pace(taken), pace(bare));
            let what = format!("users import, a million, {form}, {name}");
            // On SQLite others are let go first: that costs what it costs.
            let goal = (backend == Backend::Postgres).then_some(("at least", 0.25));
            report(&what, &figures, bare.as_secs_f64() / taken.as_secs_f64(), goal);
            let (what, ratio) = (format!("its memory at most, of {MEGABYTES} MB"), megabytes / MEGABYTES);
            report(&what, &format!("{megabytes:.1} MB"), ratio, Some(("at most", 1.0)));
        }
    }
}

fn pace(taken: Duration) -> f64 {
    f64::from(USERS) / taken.as_secs_f64()
}

fn write_users(installation: &Installation, file: &str) {
    let mut out = BufWriter::new(File::create(installation.folder().join(file)).unwrap());
    if file == "u.csv" {
        writeln!(out, "email,username,display_name,password_hash,email_verified_at,created_at").unwrap();
    }
    for number in 1..=USERS {
        if file == "u.csv" {
            writeln!(out, "u{number}@example.org,user{number},User {number},{HASH},{TIME},{TIME}").unwrap();
        } else {
            writeln!(
                out,
                "{{\"email\":\"u{number}@example.org\",\"username\":\"user{number}\",\"display_name\":\"User {number}\",\
                 \"password_hash\":\"{HASH}\",\"email_verified_at\":\"{TIME}\",\"created_at\":\"{TIME}\"}}"
            )
            .unwrap();
        }
    }
    // Else the disk would still write it while the import waits for the disk.
    out.into_inner().unwrap().sync_all().unwrap();
}

/// How long it takes, and the most memory that it ever had.
fn import(installation: &Installation, file: &str) -> (Duration, f64) {
    let started = Instant::now();
    let mut child = installation.command(&["users", "import", file]).stderr(Stdio::null()).spawn().unwrap();
    let mut megabytes = 0.0_f64;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        megabytes = megabytes.max(peak_megabytes(child.id()));
        std::thread::park_timeout(Duration::from_millis(10));
    };
    assert!(status.success());
    (started.elapsed(), megabytes)
}

fn peak_megabytes(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}

/// The same rows by COPY into a table with the same columns and indexes.
fn copy(installation: &Installation) -> Duration {
    let mut rows = String::new();
    for number in 1..=USERS {
        let email = format!("u{number}@example.org");
        writeln!(rows, "{number:032x},{email},{email},user{number},User {number},{HASH},active,{TIME},{TIME},{TIME},1")
            .unwrap();
    }
    let file = installation.folder().join("rows.csv");
    std::fs::write(&file, rows).unwrap();
    execute(installation, "CREATE TABLE baseline (LIKE users INCLUDING ALL)");
    let started = Instant::now();
    execute(installation, &format!("\\copy baseline ({COLUMNS}) FROM '{}' CSV", file.display()));
    let taken = started.elapsed();
    execute(installation, "DROP TABLE baseline");
    taken
}

/// The same rows by one statement in one transaction, into a table with the same columns and indexes.
fn bare_inserts(installation: &Installation) -> Duration {
    execute(
        installation,
        "\
         CREATE TABLE baseline (id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16), email TEXT NOT NULL, \
         email_canonical TEXT NOT NULL, username TEXT, display_name TEXT, password_hash TEXT, status TEXT NOT NULL, \
         email_verified_at INTEGER, pending_email TEXT, last_login_at INTEGER, deleted_at INTEGER, created_at INTEGER NOT NULL, \
         updated_at INTEGER NOT NULL, version INTEGER NOT NULL, grants_changed_at INTEGER) STRICT, WITHOUT ROWID; \
         CREATE UNIQUE INDEX baseline_email ON baseline (email_canonical) WHERE deleted_at IS NULL; \
         CREATE UNIQUE INDEX baseline_username ON baseline (username) WHERE deleted_at IS NULL;",
    );
    let started = Instant::now();
    let rows = format!("WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {USERS})");
    execute(
        installation,
        &format!(
            "PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; {rows} INSERT INTO baseline ({COLUMNS}) \
             SELECT CAST(printf('%016d', n) AS BLOB), 'u' || n || '@example.org', 'u' || n || '@example.org', 'user' || n, \
             'User ' || n, '{HASH}', 'active', 0, 0, 0, 1 FROM s"
        ),
    );
    let taken = started.elapsed();
    execute(installation, "DROP TABLE baseline");
    taken
}

/// Runs statements by the database's own program.
fn execute(installation: &Installation, sql: &str) {
    let output = match &installation.postgres {
        Some(_) => {
            let psql = std::env::var("THRESHOLD_TEST_POSTGRES_BIN").unwrap() + "/psql";
            let statements = sql.split("; ").flat_map(|statement| ["-c", statement]);
            Command::new(psql)
                .arg(installation.database_url())
                .args(["-v", "ON_ERROR_STOP=1"])
                .args(statements)
                .output()
        }
        None => Command::new("sqlite3").arg(installation.folder().join("threshold.db")).arg(sql).output(),
    };
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
