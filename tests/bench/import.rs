//! A million users are imported, against what each database takes in of the same rows by itself.

use crate::program::binary;
use crate::report;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use threshold_tests::{Backend, Installation};

const USERS: u32 = 1_000_000;
const MEGABYTES: f64 = 200.0;
const HASH: &str = "$2b$12$L6Bc/AlTQHyd9liGgGEZyOFLPHNgyxeEPfgYfBCVxJ7JIlwxyVU3u";
const TIME: &str = "2026-01-01T00:00:00Z";
/// What an import fills, each after what it refers to.
const TABLES: [&str; 3] = ["users", "user_roles", "user_search"];

pub(crate) async fn run() {
    for (backend, name, baseline) in
        [(Backend::Sqlite, "SQLite", "bare inserts"), (Backend::Postgres, "PostgreSQL", "COPY")]
    {
        for form in ["ndjson", "csv"] {
            let (installation, other) = (empty(backend).await, empty(backend).await);
            let file = format!("u.{form}");
            write_users(&installation, &file);
            let (taken, megabytes) = import(&installation, &file);
            let bare = match backend {
                Backend::Postgres => copy(&installation, &other),
                Backend::Sqlite => bare_inserts(&installation, &other),
            };
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

async fn empty(backend: Backend) -> Installation {
    let installation = Installation::new(&binary(), backend).await;
    assert!(installation.command(&["migrate", "up"]).status().unwrap().success());
    installation
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

/// The rows that were left behind, by COPY into another database of the same shape.
fn copy(from: &Installation, to: &Installation) -> Duration {
    let file = |table| from.folder().join(table).display().to_string();
    for table in TABLES {
        execute(from, &format!("\\copy {table} TO '{}'", file(table)));
    }
    let started = Instant::now();
    for table in TABLES {
        execute(to, &format!("\\copy {table} FROM '{}'", file(table)));
    }
    started.elapsed()
}

/// The rows that were left behind, in one transaction, into another database of the same shape.
fn bare_inserts(from: &Installation, to: &Installation) -> Duration {
    let inserts = TABLES.map(|table| format!("INSERT INTO main.{table} SELECT * FROM source.{table}")).join("; ");
    let source = from.folder().join("threshold.db");
    let started = Instant::now();
    execute(
        to,
        &format!(
            "PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; PRAGMA foreign_keys = ON; \
             ATTACH '{}' AS source; BEGIN; {inserts}; COMMIT",
            source.display()
        ),
    );
    started.elapsed()
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
