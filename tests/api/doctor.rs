//! What the program says of its own deployment.

use crate::installed;
use serde_json::Value;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Output;
use threshold_tests::{Backend, Installation, OwnRedis, OwnSmtp};

fn examine(installation: &Installation, arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = installation.command(&[&["doctor"], arguments].concat()).output().unwrap();
    let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert!(!format!("{out}{err}").contains("hunter2") && !err.contains("panicked"), "{out}{err}");
    (status.code(), out)
}

/// The verdict of the line of that name.
fn verdict<'a>(report: &'a str, name: &str) -> &'a str {
    let words = |line: &'a str| line.split_whitespace().collect::<Vec<_>>();
    let line = report.lines().map(words).find(|words| words.get(1) == Some(&name));
    let verdict = line.and_then(|words| words.first().copied());
    verdict.unwrap_or_else(|| panic!("no {name} in {report}"))
}

fn entries(installation: &Installation) -> Vec<String> {
    let entries = fs::read_dir(installation.folder()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_running_service_is_in_order() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let (redis, smtp) = (OwnRedis::start(), OwnSmtp::start());
        let installation = installed(backend)
            .await
            .with("REDIS__URL", &redis.url())
            .with("EMAIL__TRANSPORT", "smtp")
            .with("EMAIL__SMTP_URL", &format!("smtp://localhost:{}?tls=none", smtp.port()));
        let server = installation.start().await;
        let (code, report) = examine(&installation, &["--instances", "3"]);
        assert_eq!(code, Some(0), "{report}");
        for name in [
            "public-url",
            "cookies",
            "trusted-proxies",
            "database",
            "migrations",
            "secret-key",
            "signing-key",
            "redis",
            "redis-eviction",
            "smtp",
        ] {
            assert_eq!(verdict(&report, name), "ok", "{report}");
        }
        assert!(!report.lines().any(|line| line.starts_with("fail")), "{report}");
        assert!(smtp.received().is_empty(), "no mail is sent");
        drop(server);
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_with_what_to_do_and_everything_else_is_looked_at() {
    let redis = OwnRedis::start();
    assert_eq!(redis.command("CONFIG SET maxmemory-policy allkeys-lru"), "+OK");
    let installation = installed(Backend::Postgres)
        .await
        .with("DATABASE__MIGRATE", "never")
        .with("SERVER__PUBLIC_URL", "https://id.example.org")
        .with("SERVER__TRUSTED_PROXIES", "0.0.0.0/0")
        .with("REDIS__URL", &redis.url())
        .with("EMAIL__TRANSPORT", "smtp")
        .with("EMAIL__SMTP_URL", "smtp://ada:hunter2@127.0.0.1:1");
    let (code, report) = examine(&installation, &[]);
    assert_eq!(code, Some(1), "{report}");
    for name in ["trusted-proxies", "migrations", "redis-eviction", "smtp"] {
        assert_eq!(verdict(&report, name), "fail", "{report}");
    }
    assert_eq!((verdict(&report, "database"), verdict(&report, "redis")), ("ok", "ok"), "{report}");
    assert!(report.contains("\n      do: run `threshold migrate up`\n"), "{report}");
    let (code, json) = examine(&installation, &["--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, json["failed"].as_u64()), (Some(1), Some(4)), "{json}");
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), report.lines().filter(|line| !line.starts_with(' ')).count());
    let migrations = findings.iter().find(|finding| finding["name"] == "migrations").unwrap();
    assert_eq!(
        (migrations["verdict"].as_str(), migrations["do"].as_str()),
        (Some("fail"), Some("run `threshold migrate up`"))
    );
}

#[tokio::test]
async fn a_host_that_is_away_hangs_nothing() {
    let installation = installed(Backend::Sqlite)
        .await
        .with("DATABASE__URL", "postgres://ada:hunter2@127.0.0.1:1/threshold")
        .with("REDIS__URL", "redis://:hunter2@127.0.0.1:1");
    let (code, report) = examine(&installation, &[]);
    assert_eq!((code, verdict(&report, "database"), verdict(&report, "redis")), (Some(1), "fail", "fail"), "{report}");
    assert_eq!((verdict(&report, "migrations"), verdict(&report, "signing-key")), ("skip", "skip"), "{report}");
}

#[tokio::test]
async fn nothing_is_made_or_changed_and_open_files_are_told_of() {
    let installation = installed(Backend::Sqlite).await.with("SECRET_KEY", "");
    let (code, report) = examine(&installation, &[]);
    assert_eq!((code, verdict(&report, "database")), (Some(0), "warn"), "{report}");
    assert_eq!(entries(&installation), Vec::<String>::new(), "neither a database nor a key nor a folder of mails");
    let mut server = installation.start().await;
    server.signal("TERM");
    server.ended().await;
    let before = entries(&installation);
    for file in ["threshold.db", "secret.key"] {
        fs::set_permissions(installation.folder().join(file), Permissions::from_mode(0o644)).unwrap();
    }
    let (code, report) = examine(&installation, &[]);
    assert_eq!((code, verdict(&report, "database-integrity")), (Some(1), "ok"), "{report}");
    assert_eq!((verdict(&report, "database-file"), verdict(&report, "secret-files")), ("fail", "fail"), "{report}");
    assert_eq!(entries(&installation), before);
    let other = installation.with("SECRET_KEY", &"2".repeat(64));
    let (code, report) = examine(&other, &[]);
    assert_eq!((code, verdict(&report, "secret-key")), (Some(1), "fail"), "{report}");
}

#[tokio::test]
async fn wrong_settings_end_it_as_they_end_the_service() {
    let installation = installed(Backend::Sqlite).await.with("SERVER__LISTEN", "localhost");
    assert_eq!(examine(&installation, &[]).0, Some(2));
}
