//! Wrong settings and wrong surroundings: one clear line, and the right exit code.

use crate::installed;
use std::net::TcpListener;
use std::process::Output;
use threshold_tests::{Backend, Installation};

fn run(installation: &Installation, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = installation.command(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// It ended by itself, said what is wrong in these many lines, and nothing of where in the code.
fn fails(installation: &Installation, code: i32, lines: usize, says: &[&str]) {
    let (status, _, error) = run(installation, &["serve"]);
    assert_eq!((status, error.lines().count()), (Some(code), lines), "{error}");
    assert!(error.lines().all(|line| line.starts_with("threshold: ")), "{error}");
    assert!(!error.contains("panicked") && !error.contains(".rs:") && !error.contains("hunter2"), "{error}");
    for text in says {
        assert!(error.contains(text), "{text} in {error}");
    }
}

#[tokio::test]
async fn every_wrong_setting_is_named_at_once() {
    let installation = installed(Backend::Sqlite)
        .await
        .with("PASSWORD__BCRYPT_COST", "99")
        .with("SERVER__LISTEN", "localhost")
        .with("TOKENS__ALGORITHM", "none")
        .with("SECRET_KEY", "hunter2")
        .with("NO_SUCH_SETTING", "1");
    let says = [
        "password.bcrypt_cost",
        "THRESHOLD_PASSWORD__BCRYPT_COST",
        "server.listen",
        "tokens.algorithm",
        "secret_key",
        "THRESHOLD_NO_SUCH_SETTING",
    ];
    fails(&installation, 2, 5, &says);
    assert_eq!(run(&installation, &["config", "check"]).0, Some(2));
}

#[tokio::test]
async fn files_lie_over_defaults_and_variables_over_files() {
    let installation = installed(Backend::Sqlite).await;
    let folder = installation.folder().join("config");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("default.toml"), "[tokens]\naudience = \"file\"\nissuer = \"file\"\n").unwrap();
    std::fs::write(folder.join("development.toml"), "[tokens]\nissuer = \"development\"\n").unwrap();
    let (code, shown, _) = run(&installation, &["config", "show"]);
    assert_eq!(code, Some(0));
    assert!(shown.contains("tokens.audience = file") && shown.contains("tokens.issuer = development"), "{shown}");
    let installation = installation.with("TOKENS__ISSUER", "variable");
    let (_, shown, _) = run(&installation, &["config", "show", "--set", "tokens.audience=flag"]);
    assert!(shown.contains("tokens.audience = flag") && shown.contains("tokens.issuer = variable"), "{shown}");
    std::fs::write(folder.join("development.toml"), "[tokns]\nissuer = \"x\"\nbroken").unwrap();
    fails(&installation, 2, 1, &["development.toml", "not valid TOML"]);
    std::fs::write(folder.join("development.toml"), "[tokns]\nissuer = \"x\"").unwrap();
    fails(&installation, 2, 1, &["tokns.issuer", "development.toml"]);
}

#[tokio::test]
async fn secrets_are_never_shown() {
    let secret = "hunter2".repeat(6);
    let installation = installed(Backend::Sqlite).await.with("TOKENS__HS256_SECRET", &secret);
    let (code, shown, _) = run(&installation, &["config", "show"]);
    assert_eq!(code, Some(0));
    assert!(shown.contains("tokens.hs256_secret = (set, not shown)"), "{shown}");
    assert!(!shown.contains("hunter2") && !shown.contains("5e5e"), "{shown}");
    let installation = installation.with("DATABASE__URL", "postgres://ada:hunter2@127.0.0.1:1/threshold");
    let (_, shown, _) = run(&installation, &["config", "show"]);
    assert!(shown.contains("postgres://127.0.0.1:1/threshold") && !shown.contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn a_secret_can_come_from_a_file() {
    let installation = installed(Backend::Sqlite).await;
    let file = installation.folder().join("key");
    std::fs::write(&file, format!("{}\n", "ab".repeat(32))).unwrap();
    let installation = installation.with("SECRET_KEY_FILE", file.to_str().unwrap());
    assert_eq!(run(&installation, &["config", "check"]).0, Some(0));
    let installation = installation.with("SECRET_KEY_FILE", "/no/such/file");
    fails(&installation, 2, 1, &["secret_key", "/no/such/file"]);
}

#[tokio::test]
async fn production_asks_for_what_is_safe() {
    let installation = installed(Backend::Sqlite).await.with("ENV", "production").with("SECRET_KEY", "");
    fails(&installation, 2, 3, &["server.public_url", "password.bcrypt_cost", "secret_key", "openssl rand"]);
    let installation = installation
        .with("SERVER__PUBLIC_URL", "https://id.example.org")
        .with("PASSWORD__BCRYPT_COST", "10")
        .with("SECRET_KEY", &"5e".repeat(32));
    assert_eq!(run(&installation, &["config", "check"]).0, Some(0));
    fails(&installation.with("ENV", "prod"), 2, 1, &["THRESHOLD_ENV"]);
}

#[tokio::test]
async fn development_makes_its_own_key_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let installation = installed(Backend::Sqlite).await.with("SECRET_KEY", "");
    let mut server = installation.start().await;
    server.wait_for_line("made a secret key for development; production asks for one of yours").await;
    let token = server.client().token_of_new("ada@example.org").await;
    let key = std::fs::metadata(installation.folder().join("secret.key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    drop(server);
    assert_eq!(installation.start().await.client().me(&token).await.status, 200);
    let on_postgres = installation.with("DATABASE__URL", "postgres://127.0.0.1:1/threshold");
    fails(&on_postgres, 2, 1, &["secret_key"]);
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let installation = installed(Backend::Sqlite).await.with("SERVER__LISTEN", &address);
    fails(&installation, 1, 1, &[&address, "server.listen", "in use"]);
}

#[tokio::test]
async fn a_database_out_of_reach_is_named_without_its_password() {
    let installation =
        installed(Backend::Sqlite).await.with("DATABASE__URL", "postgres://ada:hunter2@127.0.0.1:1/threshold");
    fails(&installation, 1, 1, &["postgres://127.0.0.1:1/threshold"]);
    let installation = installation.with("DATABASE__URL", "mysql://ada:hunter2@127.0.0.1/x");
    fails(&installation, 2, 1, &["database.url"]);
}

#[tokio::test]
async fn a_key_sealed_with_another_secret_is_named() {
    let installation = installed(Backend::Sqlite).await;
    drop(installation.start().await);
    fails(&installation.with("SECRET_KEY", &"ab".repeat(32)), 1, 1, &["THRESHOLD_SECRET_KEY"]);
}

#[tokio::test]
async fn pending_migrations_are_named_with_the_command_that_applies_them() {
    let installation = installed(Backend::Postgres).await.with("DATABASE__MIGRATE", "never");
    fails(&installation, 1, 1, &["threshold migrate up"]);
    let (code, status, _) = run(&installation, &["migrate", "status"]);
    assert_eq!(code, Some(0));
    assert!(status.contains("pending") && !status.contains("applied"), "{status}");
    for (command, says) in [
        ("up", "Applied"),
        ("up", "Everything is applied"),
        ("redo", "Reverted and applied"),
        ("down", "Reverted"),
        ("up", "Applied"),
    ] {
        let (code, said, error) = run(&installation, &["migrate", command]);
        assert_eq!(code, Some(0), "{error}");
        assert!(said.contains(says), "{command}: {said}");
    }
    assert_eq!(installation.start().await.client().get("/ready").await.status, 200);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let installation = installed(Backend::Postgres).await;
    drop(installation.start().await);
    let client = installation.postgres.as_ref().unwrap().client().await;
    client.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')").await.unwrap();
    fails(&installation, 1, 1, &["newer version", "20990101000000"]);
}

#[tokio::test]
async fn wrong_usage_is_exit_code_two() {
    let installation = installed(Backend::Sqlite).await;
    for arguments in [&["nonsense"][..], &["serve", "--nonsense"], &[]] {
        assert_eq!(run(&installation, arguments).0, Some(2), "{arguments:?}");
    }
    assert_eq!(run(&installation, &["--version"]).0, Some(0));
}
