//! Registrations while the mail server is well, away, or silent.

use crate::program::binary;
use crate::{duration, milliseconds, percentile, report};
use serde_json::json;
use std::time::{Duration, Instant};
use threshold_tests::{Backend, GOOD_PASSWORD, Installation, Manner, OwnSmtp, Stage};

/// Every condition has its turn in each, so that what else happens on the machine hits all.
const ROUNDS: usize = 6;
const CLIENTS: usize = 4;
/// Fifty registrations a second leave room for the mails, which the healthy server takes on the same cores.
const EVERY: Duration = Duration::from_millis(80);
/// Before anything counts: connections are opened, statements prepared.
const WARM_UP: usize = 10;

/// What becomes of the mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mails {
    /// The server takes them.
    Taken,
    /// Nobody listens.
    Refused,
    /// The server takes connections, and says nothing.
    Silent,
    /// The server stops in the middle of a mail.
    Stalled,
    /// There is no server: they are written into files.
    Files,
}

const CONDITIONS: [(Mails, &str); 5] = [
    (Mails::Taken, "healthy"),
    (Mails::Refused, "refuses connections"),
    (Mails::Silent, "accepts and never answers"),
    (Mails::Stalled, "stalls in the middle"),
    (Mails::Files, "none, mails in files"),
];

/// An installation of its own for each condition.
struct Place {
    mails: Mails,
    name: &'static str,
    /// Kept for as long as it is measured.
    _smtp: OwnSmtp,
    installation: Installation,
    rounds: Vec<Vec<Duration>>,
}

pub(crate) async fn run() {
    let mut places = Vec::new();
    for (mails, name) in CONDITIONS {
        places.push(Place::new(mails, name).await);
    }
    for _ in 0..ROUNDS {
        for place in &mut places {
            place.measure().await;
        }
    }
    let healthy = places.iter().find(|place| place.mails == Mails::Taken).map(Place::p99).unwrap();
    for place in &places {
        let rounds = place.rounds.iter().map(|round| format!("{:.0}", milliseconds(percentile(round.clone(), 99))));
        let figures = format!("{:.1} ms; rounds {}", place.p99(), rounds.collect::<Vec<_>>().join(" "));
        let goal = (place.mails != Mails::Taken).then_some(("at most", 1.5));
        report(&format!("p99 of POST /register, mail server {}", place.name), &figures, place.p99() / healthy, goal);
    }
}

impl Place {
    async fn new(mails: Mails, name: &'static str) -> Self {
        let mut smtp = OwnSmtp::start();
        let url = format!("smtp://localhost:{}?tls=none", smtp.port());
        let installation = Installation::new(&binary(), Backend::Postgres).await.with("EMAIL__SMTP_URL", &url);
        let transport = if mails == Mails::Files { "file" } else { "smtp" };
        let installation = installation.with("EMAIL__TRANSPORT", transport);
        match mails {
            Mails::Taken => {}
            Mails::Refused | Mails::Files => smtp.kill(),
            Mails::Silent => smtp.freeze(),
            Mails::Stalled => smtp.behave(Manner::Stalls(Stage::Recipient)),
        }
        Self { mails, name, _smtp: smtp, installation, rounds: Vec::new() }
    }

    /// The whole of all rounds.
    fn p99(&self) -> f64 {
        milliseconds(percentile(self.rounds.concat(), 99))
    }

    /// One round. The service runs for as long as it takes: what the others wait for costs this one nothing.
    async fn measure(&mut self) {
        let server = self.installation.start().await;
        let url = format!("http://{}/api/v1/register", server.address);
        let name = self.rounds.len();
        let clients: Vec<_> =
            (0..CLIENTS).map(|client| tokio::spawn(one_client(url.clone(), format!("{name}-{client}")))).collect();
        let mut latencies = Vec::new();
        for client in clients {
            latencies.extend(client.await.unwrap());
        }
        self.rounds.push(latencies);
    }
}

/// Registers people at a fixed rate.
async fn one_client(url: String, name: String) -> Vec<Duration> {
    let (http, mut latencies) = (reqwest::Client::new(), Vec::new());
    let (began, mut ticks) = (Instant::now(), tokio::time::interval(EVERY));
    while began.elapsed() < duration() {
        ticks.tick().await;
        let body = json!({"email": format!("{name}-{}@example.org", latencies.len()), "password": GOOD_PASSWORD});
        let started = Instant::now();
        let answer = http.post(&url).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        latencies.push(started.elapsed());
    }
    latencies.split_off(WARM_UP)
}
