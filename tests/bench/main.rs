//! Benchmarks: every figure stands beside a baseline of the same run, because machines are noisy. Nothing here can fail a build.
//!
//! `make bench` runs all, `make bench BENCH="me start"` some of them; `BENCH_SECONDS` sets how long each measurement takes.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::as_conversions,
    reason = "a program that measures and prints, for developers alone"
)]

mod audit;
mod baseline;
mod big;
mod directory;
mod import;
mod jobs;
mod load;
mod me;
mod memory;
mod permission;
mod probe;
mod program;
mod refresh;
mod register;
mod sign_in;
mod start;
mod wrk;

use std::time::Duration;

/// One line of the report.
fn report(what: &str, measured: &str, ratio: f64, goal: Option<(&str, f64)>) {
    let verdict = match goal {
        Some(("at least", bound)) => format!("goal ≥ {bound}: {}", if ratio >= bound { "met" } else { "MISSED" }),
        Some((_, bound)) => format!("goal ≤ {bound}: {}", if ratio <= bound { "met" } else { "MISSED" }),
        None => String::new(),
    };
    println!("{what:<58} {measured:<44} ratio {ratio:>6.2}  {verdict}");
}

/// How long one measurement takes.
fn seconds() -> u64 {
    std::env::var("BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5)
}

fn duration() -> Duration {
    Duration::from_secs(seconds())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn percentile(mut values: Vec<Duration>, percent: usize) -> Duration {
    values.sort_unstable();
    values.get((values.len() * percent / 100).min(values.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// What a process weighs.
fn resident_megabytes(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1024.0
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, address, body] = arguments.as_slice()
        && mode == "serve-baseline"
    {
        return baseline::serve(address, body);
    }
    let wanted = |name: &str| arguments.is_empty() || arguments.iter().any(|argument| argument == name);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        if wanted("me") {
            me::run().await;
        }
        if wanted("permission") {
            permission::run().await;
        }
        if wanted("sign-in") {
            sign_in::run().await;
        }
        if wanted("refresh") {
            refresh::run().await;
        }
        if wanted("jobs") {
            jobs::run().await;
        }
        if wanted("audit") {
            audit::run().await;
        }
        if wanted("register") {
            register::run().await;
        }
        if wanted("memory") {
            memory::run().await;
        }
        if wanted("probe") {
            probe::run().await;
        }
        if wanted("start") {
            start::run().await;
        }
        if wanted("big") {
            big::run().await;
        }
        if wanted("directory") {
            directory::run().await;
        }
        if wanted("import") {
            import::run().await;
        }
    });
}
