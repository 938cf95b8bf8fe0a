//! Lists of a million users cost what those of ten thousand do.

use crate::program::Program;
use crate::{median, milliseconds, report};
use serde_json::Value;
use std::process::Command;
use std::time::{Duration, Instant};
use threshold_tests::{Backend, GOOD_PASSWORD};

const FEW: u32 = 10_000;
const MANY: u32 = 1_000_000;
const ADMIN: &str = "root@example.org";
const REQUESTS: usize = 31;
/// Fewer requests are enough where each takes long.
const PATIENCE: Duration = Duration::from_secs(10);
/// Of a page.
const LIMIT: usize = 50;

type Goal = Option<(&'static str, f64)>;

/// Compared with ten thousand.
const AS_QUICK: Goal = Some(("at most", 2.0));

/// What is asked for, and how quick it must be: who many are, who twenty are, and nobody. Thousands whom
/// every part of a filter finds, and who stand at the far end of the order, are walked to, and that takes as long as it takes.
const LISTS: [(&str, &str, Goal); 10] = [
    ("first page", "", AS_QUICK),
    ("first page by email", "sort=email", AS_QUICK),
    ("first page by sign-in", "sort=-last_login_at", AS_QUICK),
    ("search that finds all", "q=example.org", AS_QUICK),
    ("search that finds 20", "q=needle", AS_QUICK),
    ("search that finds nobody", "q=nobody.at", AS_QUICK),
    ("search of two characters", "q=ne", AS_QUICK),
    ("role of 20, by sign-in", "role=auditor&sort=-last_login_at", AS_QUICK),
    ("search, status and role", "q=user%201&status=active&role=user", AS_QUICK),
    ("search, status and role, all far off", "q=u10&status=active&role=user", None),
];

pub(crate) async fn run() {
    for (backend, name) in [(Backend::Sqlite, "SQLite"), (Backend::Postgres, "PostgreSQL")] {
        let program = Program::start(backend).await;
        let mut made =
            program.installation.command(&["admin", "create", "--email", ADMIN, "--password", GOOD_PASSWORD]);
        assert!(made.status().unwrap().success());
        fill(&program, 1, FEW).await;
        let few = times(&program, 100).await;
        fill(&program, FEW + 1, MANY).await;
        let many = times(&program, 10_000).await;
        for ((what, goal, few), (_, _, many)) in few.iter().zip(&many) {
            let figures = format!("{many:.2} ms, with ten thousand {few:.2} ms");
            report(&format!("a million users, {what}, {name}"), &figures, many / few, *goal);
        }
    }
}

/// The median time of each list, in milliseconds, and of the page of that number.
async fn times(program: &Program, page: usize) -> Vec<(&'static str, Goal, f64)> {
    let client = Client { http: reqwest::Client::new(), token: program.token(ADMIN).await, program };
    let mut times = Vec::new();
    for (what, query, goal) in LISTS {
        times.push((what, goal, client.time(query).await));
    }
    let cursor = client.cursor_of(page).await;
    times.push(("page 10,000 (100 of ten thousand)", AS_QUICK, client.time(&format!("cursor={cursor}")).await));
    times
}

struct Client<'a> {
    http: reqwest::Client,
    token: String,
    program: &'a Program,
}

impl Client<'_> {
    async fn list(&self, query: &str) -> Value {
        let url = self.program.url(&format!("/api/v1/admin/users?{query}"));
        let answer = self.http.get(url).bearer_auth(&self.token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{query}");
        answer.json().await.unwrap()
    }

    async fn time(&self, query: &str) -> f64 {
        let (mut times, begin) = (Vec::new(), Instant::now());
        while times.len() < REQUESTS && (times.is_empty() || begin.elapsed() < PATIENCE) {
            let started = Instant::now();
            self.list(&format!("{query}&limit={LIMIT}")).await;
            times.push(milliseconds(started.elapsed()));
        }
        median(times)
    }

    /// What leads to the page of that number: by larger steps.
    async fn cursor_of(&self, page: usize) -> String {
        let (mut cursor, mut before) = (String::new(), (page - 1) * LIMIT);
        while before > 0 {
            let step = before.min(200);
            let query = if cursor.is_empty() { String::new() } else { format!("&cursor={cursor}") };
            let answer = self.list(&format!("limit={step}{query}")).await;
            answer.get("next_cursor").and_then(Value::as_str).unwrap().clone_into(&mut cursor);
            before -= step;
        }
        cursor
    }
}

async fn fill(program: &Program, from: u32, to: u32) {
    if let Some(database) = &program.installation.postgres {
        let client = database.client().await;
        client.batch_execute(&on_postgres(from, to)).await.unwrap();
        // As autovacuum does in time; it can't be part of a batch.
        client.batch_execute("VACUUM").await.unwrap();
        return;
    }
    let file = program.installation.folder().join("threshold.db");
    let filled = Command::new("sqlite3").arg(file).arg(on_sqlite(from, to)).output().unwrap();
    assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stderr));
}

/// Names in another order than that of their making, in SQL: each is a number of its own below the prime.
const SCATTER: &str = "7919 % 1000003";

/// In the order of their making, as they come; twenty of the first ten thousand are called otherwise, and hold a role.
fn on_postgres(from: u32, to: u32) -> String {
    format!(
        "INSERT INTO users (id, email, email_canonical, display_name, status, last_login_at, created_at, updated_at, version) \
         SELECT lpad(to_hex(n), 32, '0')::uuid, 'u' || n || '@example.org', 'u' || n || '@example.org', \
         CASE WHEN n < 10000 AND n % 500 = 0 THEN 'Needle ' ELSE 'User ' END || (n::bigint * {SCATTER}), 'active', \
         CASE WHEN n % 2 = 0 THEN now() - random() * interval '1 year' END, now() - interval '1 year' + n * interval '1 second', now(), 1 \
         FROM generate_series({from}, {to}) n; \
         INSERT INTO user_search (user_id, text) SELECT id, E'\\n\\n' || email || E'\\n\\n' || lower(display_name) FROM users \
         WHERE display_name IS NOT NULL ON CONFLICT DO NOTHING; \
         INSERT INTO user_roles (user_id, role) SELECT id, 'user' FROM users ON CONFLICT DO NOTHING; \
         INSERT INTO user_roles (user_id, role) SELECT id, 'auditor' FROM users WHERE display_name LIKE 'Needle %' \
         ON CONFLICT DO NOTHING; ANALYZE"
    )
}

fn on_sqlite(from: u32, to: u32) -> String {
    const YEAR: &str = "abs(random() % 31536000000000)";
    format!(
        "PRAGMA busy_timeout = 60000; PRAGMA foreign_keys = OFF; BEGIN; \
         WITH RECURSIVE s(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM s WHERE n < {to}) \
         INSERT INTO users (id, email, email_canonical, display_name, status, last_login_at, created_at, updated_at, version) \
         SELECT CAST(printf('%016d', n) AS BLOB), 'u' || n || '@example.org', 'u' || n || '@example.org', \
         iif(n < 10000 AND n % 500 = 0, 'Needle ', 'User ') || (n * {SCATTER}), 'active', \
         iif(n % 2 = 0, {YEAR} + 1700000000000000, NULL), (1700000000 + n) * 1000000, 0, 1 FROM s; \
         INSERT OR IGNORE INTO user_search (user_id, text) \
         SELECT id, char(10, 10) || email || char(10, 10) || lower(display_name) FROM users WHERE display_name IS NOT NULL; \
         INSERT OR IGNORE INTO user_roles (user_id, role) SELECT id, 'user' FROM users; \
         INSERT OR IGNORE INTO user_roles (user_id, role) SELECT id, 'auditor' FROM users WHERE display_name LIKE 'Needle %'; \
         COMMIT; ANALYZE"
    )
}
