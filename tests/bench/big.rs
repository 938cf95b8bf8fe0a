//! A million users cost what a thousand do.

use crate::program::Program;
use crate::wrk::Load;
use crate::{median, milliseconds, report};
use serde_json::json;
use std::process::Command;
use std::time::Instant;
use threshold_tests::{Backend, GOOD_PASSWORD};

const EMAIL: &str = "ada@example.org";
const COLUMNS: &str = "id, email, email_canonical, username, password_hash, status, created_at, updated_at, version";

pub(crate) async fn run() {
    for (backend, name) in [(Backend::Sqlite, "SQLite"), (Backend::Postgres, "PostgreSQL")] {
        let program = Program::start(backend).await;
        program.register(EMAIL).await;
        let token = program.token(EMAIL).await;
        let mut measured = Vec::new();
        for (from, to) in [(1, 1_000), (1_001, 1_000_000)] {
            fill(&program, from, to).await;
            let load = Load::signed_in(&token);
            let me: Vec<_> = (0..3).map(|_| load.requests_a_second(&program.url("/api/v1/users/me"))).collect();
            measured.push((median(me), login(&program).await));
        }
        let [(me_few, login_few), (me_many, login_many)] = measured.as_slice() else { return };
        let figures = format!("{me_many:.0} requests/s, with a thousand {me_few:.0}");
        report(&format!("GET /users/me with a million users, {name}"), &figures, me_many / me_few, None);
        let figures = format!("{login_many:.0} ms, with a thousand {login_few:.0} ms");
        report(&format!("POST /login with a million users, {name}"), &figures, login_many / login_few, None);
    }
}

/// The median time of a sign-in, in milliseconds.
async fn login(program: &Program) -> f64 {
    let (http, mut times) = (reqwest::Client::new(), Vec::new());
    for _ in 0..15 {
        let started = Instant::now();
        let body = json!({"email": EMAIL, "password": GOOD_PASSWORD});
        let answer = http.post(program.url("/api/v1/login")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        times.push(milliseconds(started.elapsed()));
    }
    median(times)
}

async fn fill(program: &Program, from: u32, to: u32) {
    if let Some(database) = &program.installation.postgres {
        let sql = format!(
            "INSERT INTO users ({COLUMNS}) SELECT gen_random_uuid(), 'u' || n || '@example.org', 'u' || n || '@example.org', \
             'u' || n, 'x', 'active', now(), now(), 1 FROM generate_series({from}, {to}) n; ANALYZE users"
        );
        database.client().await.batch_execute(&sql).await.unwrap();
        return;
    }
    let sql = format!(
        "PRAGMA busy_timeout = 60000; WITH RECURSIVE s(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM s WHERE n < {to}) \
         INSERT INTO users ({COLUMNS}) SELECT randomblob(16), 'u' || n || '@example.org', 'u' || n || '@example.org', \
         'u' || n, 'x', 'active', 0, 0, 1 FROM s; ANALYZE"
    );
    let file = program.installation.folder().join("threshold.db");
    let filled = Command::new("sqlite3").arg(file).arg(sql).output().unwrap();
    assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stderr));
}
