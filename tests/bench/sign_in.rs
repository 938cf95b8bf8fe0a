//! Sign-ins a second against what the `bcrypt` crate reaches on all cores.

use crate::load::sign_in_without_pause;
use crate::program::Program;
use crate::{duration, median, report};
use std::time::Instant;
use threshold_tests::{Backend, GOOD_PASSWORD};

pub(crate) async fn run() {
    let program = Program::start(Backend::Sqlite).await;
    program.register("ada@example.org").await;
    let mut rounds = Vec::new();
    for _ in 0..3 {
        let reference = tokio::task::spawn_blocking(hashes_a_second).await.unwrap();
        let started = Instant::now();
        let seen = sign_in_without_pause(program.url("/api/v1/login"), "ada@example.org", 16).await;
        let measured = seen.served.len() as f64 / started.elapsed().as_secs_f64();
        rounds.push((measured / reference, measured, reference));
    }
    let of = |pick: fn(&(f64, f64, f64)) -> f64| median(rounds.iter().map(pick).collect());
    let figures = format!("{:.1} sign-ins/s of {:.1} hashes/s", of(|r| r.1), of(|r| r.2));
    report("sign-ins of 16 clients, against the bcrypt crate", &figures, of(|r| r.0), Some(("at least", 3.0)));
}

/// The crate's hashes a second at cost 12, one thread a core.
fn hashes_a_second() -> f64 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let started = Instant::now();
    let until = started + duration();
    let threads: Vec<_> = (0..cores)
        .map(|_| {
            std::thread::spawn(move || {
                let mut hashes = 0_u32;
                while Instant::now() < until {
                    assert!(bcrypt::hash(GOOD_PASSWORD, 12).is_ok());
                    hashes += 1;
                }
                hashes
            })
        })
        .collect();
    let hashes: u32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    f64::from(hashes) / started.elapsed().as_secs_f64()
}
