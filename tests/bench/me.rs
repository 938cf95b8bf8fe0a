//! `GET /users/me` against a bare server that answers the same bytes.

use crate::load::requests_a_second;
use crate::program::{Program, binary};
use crate::{baseline, median, report};
use threshold_tests::{Backend, Installation};

const ROUNDS: usize = 3;

pub(crate) async fn run() {
    for (backend, name, goal) in [(Backend::Sqlite, "SQLite", 0.45), (Backend::Postgres, "PostgreSQL", 0.18)] {
        for (filter, what) in [("info,actix_server=warn", "with the request log"), ("warn", "without the request log")]
        {
            let installation = Installation::new(&binary(), backend).await.with("OBSERVABILITY__LOG_FILTER", filter);
            let program = Program::start_with(installation).await;
            program.register("ada@example.org").await;
            let token = program.token("ada@example.org").await;
            let bare = baseline::start(&program.me(&token).await).await;
            let bare_url = format!("http://{}/", bare.address);
            let mut rounds = Vec::new();
            for _ in 0..ROUNDS {
                let ceiling = requests_a_second(&bare_url, &token);
                let measured = requests_a_second(&program.url("/api/v1/users/me"), &token);
                let again = requests_a_second(&bare_url, &token);
                rounds.push((measured / f64::midpoint(ceiling, again), measured, f64::midpoint(ceiling, again)));
            }
            let ratio = median(rounds.iter().map(|round| round.0).collect());
            let measured = median(rounds.iter().map(|round| round.1).collect());
            let ceiling = median(rounds.iter().map(|round| round.2).collect());
            let figures = format!("{measured:.0} of {ceiling:.0} requests/s");
            report(&format!("GET /users/me, {name}, {what}"), &figures, ratio, Some(("at least", goal)));
        }
    }
}
