//! `GET /users/me` against a bare server that answers the same bytes.

use crate::program::{Process, Program, binary};
use crate::wrk::Load;
use crate::{baseline, median, report};
use threshold_test_redis::OwnRedis;
use threshold_tests::{Backend, Installation};

const ROUNDS: usize = 3;
const EMAIL: &str = "ada@example.org";
/// Far more than are sent: nobody is refused, but everybody is counted.
const UNREACHED: &str = "100000000";
/// How many clients the last measurement has, and what each may send: somewhat more than it does.
const CLIENTS: u32 = 5_000;
const OF_EACH: &str = "2000";

pub(crate) async fn run() {
    for (backend, name, goal) in [(Backend::Sqlite, "SQLite", 0.45), (Backend::Postgres, "PostgreSQL", 0.18)] {
        for (filter, what) in [("info,actix_server=warn", "with the request log"), ("warn", "without the request log")]
        {
            let installation = Installation::new(&binary(), backend).await.with("OBSERVABILITY__LOG_FILTER", filter);
            let (program, load, bare) = ready(installation).await;
            compare(&format!("{name}, {what}"), &program, &load, &bare, Some(goal));
        }
    }
    shared().await;
}

/// With Redis, where the user is remembered until news comes, and limits are counted for all instances.
async fn shared() {
    let redis = OwnRedis::start();
    for (limit, clients, what, goal) in [
        ("0", None, "no limits", Some(0.7)),
        (UNREACHED, None, "limits, one client", Some(0.7)),
        // Here both sides wait for the one who makes up clients.
        (OF_EACH, Some(CLIENTS), "limits, 5,000 clients", None),
    ] {
        let installation = Installation::new(&binary(), Backend::Postgres).await;
        let installation = installation
            .with("OBSERVABILITY__LOG_FILTER", "warn")
            .with("REDIS__URL", &redis.url())
            .with("SERVER__TRUSTED_PROXIES", "127.0.0.0/8")
            .with("RATE_LIMIT__DEFAULT_PER_MINUTE", limit);
        let (program, mut load, bare) = ready(installation).await;
        if let Some(clients) = clients {
            load = load.of_clients(clients);
        }
        compare(&format!("PostgreSQL and Redis, {what}"), &program, &load, &bare, goal);
    }
}

/// The service, what is sent to it, and a bare server that answers the same.
async fn ready(installation: Installation) -> (Program, Load, Process) {
    let program = Program::start_with(installation).await;
    program.register(EMAIL).await;
    let token = program.token(EMAIL).await;
    let bare = baseline::start(&program.me(&token).await).await;
    (program, Load::signed_in(&token), bare)
}

fn compare(what: &str, program: &Program, load: &Load, bare: &Process, goal: Option<f64>) {
    let bare = format!("http://{}/", bare.address);
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let before = load.requests_a_second(&bare);
        let measured = load.requests_a_second(&program.url("/api/v1/users/me"));
        let ceiling = f64::midpoint(before, load.requests_a_second(&bare));
        rounds.push((measured / ceiling, measured, ceiling));
    }
    let of = |pick: fn(&(f64, f64, f64)) -> f64| median(rounds.iter().map(pick).collect());
    let figures = format!("{:.0} of {:.0} requests/s", of(|round| round.1), of(|round| round.2));
    report(&format!("GET /users/me, {what}"), &figures, of(|round| round.0), goal.map(|goal| ("at least", goal)));
}
