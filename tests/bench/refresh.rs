//! `POST /refresh` against what the same PostgreSQL commits of the same rows.

use crate::program::{Program, binary};
use crate::wrk::Load;
use crate::{median, report, seconds};
use std::fs;
use std::path::Path;
use std::process::Command;
use threshold_test_redis::OwnRedis;
use threshold_tests::{Backend, Installation};

/// As many as wrk has connections.
const CLIENTS: &str = "64";
/// More than are in use at once.
const SESSIONS: usize = 100;
const ROUNDS: usize = 3;

/// What a refresh leaves behind, in one statement.
const ROW: &str = "\\set n random(1, 100)
UPDATE sessions SET last_seen_at = now(), idle_until = now() + interval '30 days', secret_digest = decode(md5(:n::text), 'hex'),
generation = generation + 1, renewed_at = now() WHERE id = ('00000000-0000-0000-0000-' || lpad(:n::text, 12, '0'))::uuid;
";

/// Rows of their own for pgbench, which has no part in the service's.
const ROWS: &str = "INSERT INTO sessions SELECT (jsonb_populate_record(one, jsonb_build_object('id',
'00000000-0000-0000-0000-' || lpad(n::text, 12, '0')))).* FROM sessions one, generate_series(1, 100) n
WHERE one.id = (SELECT id FROM sessions LIMIT 1)";

pub(crate) async fn run() {
    let redis = OwnRedis::start();
    let installation = Installation::new(&binary(), Backend::Postgres).await;
    let installation = installation.with("OBSERVABILITY__LOG_FILTER", "warn").with("REDIS__URL", &redis.url());
    let program = Program::start_with(installation).await;
    program.register("ada@example.org").await;
    let tokens = program.installation.folder().join("tokens");
    let database = program.installation.postgres.as_ref().unwrap();
    let script = program.installation.folder().join("row.sql");
    fs::write(&script, ROW).unwrap();
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        fs::write(&tokens, refresh_tokens(&program).await.join("\n")).unwrap();
        if round == 0 {
            database.client().await.batch_execute(ROWS).await.unwrap();
        }
        let before = commits_a_second(database.url(), &script);
        let load = Load::new().by_script("refresh.lua", &tokens.display().to_string());
        let measured = load.requests_a_second(&program.url("/api/v1/refresh"));
        let ceiling = f64::midpoint(before, commits_a_second(database.url(), &script));
        rounds.push((measured / ceiling, measured, ceiling));
    }
    let of = |pick: fn(&(f64, f64, f64)) -> f64| median(rounds.iter().map(pick).collect());
    let figures = format!("{:.0} of {:.0} commits/s", of(|round| round.1), of(|round| round.2));
    report("POST /refresh, 64 connections", &figures, of(|round| round.0), Some(("at least", 0.5)));
}

/// Tokens of as many sessions.
async fn refresh_tokens(program: &Program) -> Vec<String> {
    let mut tokens = Vec::new();
    for _ in 0..SESSIONS {
        tokens.push(program.sign_in("ada@example.org").await.1);
    }
    tokens
}

/// What pgbench commits with as many clients.
fn commits_a_second(url: &str, script: &Path) -> f64 {
    let program = Path::new(&std::env::var("THRESHOLD_TEST_POSTGRES_BIN").unwrap()).join("pgbench");
    let seconds = seconds().to_string();
    let output = Command::new(program)
        .args(["-n", "-M", "prepared", "-c", CLIENTS, "-T", &seconds, "-f"])
        .arg(script)
        .arg(url)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)))
}
