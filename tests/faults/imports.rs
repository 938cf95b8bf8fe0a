//! Imports that are cut off, and imports while the service runs.

use crate::{PATIENCE, installed};
use std::fmt::Write;
use std::fs;
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use threshold_tests::{Backend, Installation};

const LINES: usize = 10_000;
const BAD: usize = LINES / 1_000;

/// Many users, some of them twice, and some lines that are none.
fn users() -> String {
    let mut text = "email,username,display_name,created_at\n".to_owned();
    for number in 1..=LINES {
        let line = match number % 1_000 {
            0 => "no address,,,".to_owned(),
            1 => "twice@example.org,twice,,2020-01-01T00:00:00Z".to_owned(),
            _ => format!("u{number}@example.org,user{number},\"User, {number}\",2020-01-01T00:00:00Z"),
        };
        writeln!(text, "{line}").unwrap();
    }
    text
}

fn import(installation: &Installation) -> Command {
    installation.command(&["users", "import", "u.csv"])
}

/// How many bytes the checkpoint says are done.
fn position(installation: &Installation) -> usize {
    let text = fs::read_to_string(installation.folder().join("u.csv.progress")).unwrap_or_default();
    let position = text.split_once("\"position\":").and_then(|(_, rest)| rest.split_once(','));
    position.and_then(|(position, _)| position.parse().ok()).unwrap_or_default()
}

/// Starts an import, and kills it once it has got so far.
fn cut_off(installation: &Installation, far: usize) {
    let mut child = import(installation).spawn().unwrap();
    let started = Instant::now();
    while position(installation) < far {
        assert!(started.elapsed() < PATIENCE && is_running(&mut child), "it was to be killed at {far}");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

fn is_running(child: &mut Child) -> bool {
    child.try_wait().unwrap().is_none()
}

/// Everything that is left of an import but the ids, which are new each time.
fn outcome(installation: &Installation) -> (Vec<String>, String, String) {
    let export = installation.command(&["users", "export", "--format", "csv"]).output().unwrap();
    let export = String::from_utf8(export.stdout).unwrap();
    let mut users: Vec<_> = export.lines().filter_map(|line| Some(line.split_once(',')?.1.to_owned())).collect();
    users.sort();
    let kept = |name: &str| fs::read_to_string(installation.folder().join(name)).unwrap();
    (users, kept("u.csv.rejected"), kept("u.csv.reasons"))
}

#[tokio::test]
async fn an_import_that_is_killed_and_run_again_ends_like_an_undisturbed_one() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let (killed, undisturbed) = (installed(backend).await, installed(backend).await);
        let text = users();
        for installation in [&killed, &undisturbed] {
            fs::write(installation.folder().join("u.csv"), &text).unwrap();
        }
        for tenths in [0, 3, 6] {
            cut_off(&killed, text.len() * tenths / 10 + 1);
        }
        // And once where the checkpoint lags behind the store by a batch or more.
        let checkpoint = fs::read(killed.folder().join("u.csv.progress")).unwrap();
        cut_off(&killed, text.len() * 8 / 10);
        fs::write(killed.folder().join("u.csv.progress"), checkpoint).unwrap();
        let resumed = import(&killed).output().unwrap();
        let told = String::from_utf8(resumed.stderr).unwrap();
        assert!(told.contains("an earlier run is continued behind line"), "{told}");
        let done = import(&undisturbed).output().unwrap();
        assert_eq!((resumed.status.code(), done.status.code()), (Some(1), Some(1)), "some lines are bad");
        let ended = outcome(&undisturbed);
        assert_eq!(outcome(&killed), ended);
        // The header, and whoever was there twice once.
        assert_eq!((ended.0.len(), ended.2.lines().count()), (1 + LINES - BAD - (BAD - 1), BAD));
        assert!(!killed.folder().join("u.csv.progress").exists(), "nothing is left to be done");
    }
}

#[tokio::test]
async fn people_register_while_users_are_imported() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let installation = installed(backend).await;
        fs::write(installation.folder().join("u.csv"), users()).unwrap();
        let server = installation.start().await;
        let client = server.client();
        let mut child = import(&installation).spawn().unwrap();
        let (mut registered, mut slowest) = (0, Duration::ZERO);
        while is_running(&mut child) {
            let started = Instant::now();
            let answer = client.register(&format!("new{registered}@example.org")).await;
            assert_eq!(answer.status, 201, "{answer:?}");
            slowest = slowest.max(started.elapsed());
            registered += 1;
        }
        assert!(registered >= 5, "only {registered} registered, one of them in {slowest:?}");
        assert_eq!(child.wait().unwrap().code(), Some(1));
    }
}
