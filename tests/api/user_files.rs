//! Users are brought along from elsewhere and taken there, by the program itself.

use crate::installed;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use threshold_tests::{Backend, Installation};

/// Of `U*U*U`, from the test suite of `crypt_blowfish`.
const HASH: &str = "$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a";

/// Exit code, standard output and standard error of a command.
fn run(installation: &Installation, arguments: &[&str]) -> (i32, String, String) {
    let output = installation.command(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn write(installation: &Installation, name: &str, content: impl AsRef<[u8]>) {
    fs::write(installation.folder().join(name), content).unwrap();
}

fn read(installation: &Installation, name: &str) -> String {
    fs::read_to_string(installation.folder().join(name)).unwrap()
}

async fn both() -> [Installation; 2] {
    [installed(Backend::Sqlite).await, installed(Backend::Postgres).await]
}

#[tokio::test]
async fn who_was_imported_signs_in_with_the_old_password() {
    for installation in both().await {
        let server = installation.start().await;
        let line = format!(
            "{{\"email\":\"Ada@Bücher.example\",\"username\":\"ada\",\"display_name\":\"Ada L.\",\"password_hash\":\"{HASH}\",\
             \"email_verified_at\":\"2020-01-02T03:04:05+01:00\",\"created_at\":\"2019-01-01T00:00:00Z\"}}\n"
        );
        write(&installation, "u.jsonl", line);
        let (code, out, err) = run(&installation, &["users", "import", "u.jsonl"]);
        assert_eq!((code, out.as_str(), err.as_str()), (0, "Imported 1, already there 0, refused 0.\n", ""));
        let client = server.client();
        let signed_in = client.login("ada@xn--bcher-kva.example", "U*U*U").await;
        assert_eq!(signed_in.status, 200, "{signed_in:?}");
        assert_eq!(client.login("ada@bücher.example", "U*U*V").await.status, 401);
        let me = client.me(signed_in.body["access_token"].as_str().unwrap()).await.body;
        let expected = [
            ("email", "Ada@Bücher.example"),
            ("username", "ada"),
            ("display_name", "Ada L."),
            ("status", "active"),
            ("email_verified_at", "2020-01-02T02:04:05.000000Z"),
            ("created_at", "2019-01-01T00:00:00.000000Z"),
        ];
        for (name, value) in expected {
            assert_eq!(me[name], Value::from(value), "{name}");
        }
    }
}

/// One of each kind, with everything that a user can have.
const USERS: &str = "\
id,email,username,display_name,password_hash,status,email_verified_at,created_at,last_login_at
01a1fc20-fbc1-7100-8aa0-d07cc3f506be,Ada@Bücher.example,ada,\"Ada, \"\"L.\"\"\",$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a,active,2020-01-01T00:00:00.000001Z,2019-01-01T00:00:00.000000Z,2026-01-01T00:00:00.500000Z
01a1fc20-fbc1-7100-8aa0-d07cc3f506bf,b@x.example,,,$hmac-sha384-v1$2b$04$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a,unverified,,2019-01-01T00:00:00.000000Z,
ffffffff-ffff-ffff-ffff-ffffffffffff,c@x.example,c.d,名,,suspended,2020-01-01T00:00:00.000000Z,1969-01-01T00:00:00.000000Z,
";

#[tokio::test]
async fn what_was_exported_and_imported_again_is_the_same() {
    for installation in both().await {
        let other = installed(if installation.postgres.is_some() { Backend::Sqlite } else { Backend::Postgres }).await;
        write(&installation, "u.csv", USERS);
        assert_eq!(run(&installation, &["users", "import", "u.csv"]).0, 0);
        for file in ["export.csv", "export.ndjson"] {
            let (code, out, err) = run(&installation, &["users", "export", "--with-password-hashes", file]);
            assert_eq!((code, out.as_str(), err.as_str()), (0, "Exported 3.\n", ""));
            let mode = fs::metadata(installation.folder().join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
            write(&other, file, read(&installation, file));
            assert_eq!(run(&other, &["users", "import", file]).0, 0);
        }
        assert_eq!(read(&installation, "export.csv"), USERS);
        let (_, out, _) = run(&other, &["users", "export", "--format", "csv", "--with-password-hashes"]);
        assert_eq!(out, USERS);
        let (_, without, _) = run(&other, &["users", "export"]);
        let (_, log, _) = run(&other, &["audit", "export"]);
        let told = |hashes: &str| log.matches(&format!("\"password_hashes\":\"{hashes}\"")).count();
        assert_eq!((log.matches("sensitive_read").count(), told("yes"), told("no")), (2, 1, 1), "{log}");
        assert!(!without.contains("XXX") && !without.contains("password_hash") && without.lines().count() == 3);
    }
}

#[tokio::test]
async fn bad_lines_are_kept_told_and_mended() {
    for installation in both().await {
        let rest = HASH.strip_prefix("$2y$05$").unwrap();
        let bad = [
            format!("{{\"email\":\"x1@x.example\",\"password_hash\":\"$2b$31${rest}\"}}"),
            format!("{{\"email\":\"x2@x.example\",\"pasword_hash\":\"{HASH}\"}}"),
            format!("\"{HASH}\""),
            "{\"email\":\"a@x.example\",\"display_name\":\"another\"}".to_owned(),
            "{\"email\":\"x3@x.example\",\"status\":\"active\"}".to_owned(),
            format!("{{\"email\":\"{}\"}}", "x".repeat(10_000_000)),
        ];
        let good = ["{\"email\":\"a@x.example\"}", "{\"email\":\"b@x.example\"}"];
        let text = format!("\u{feff}{}\r\n{}\n\n{}", good[0], bad.join("\n"), good[1]);
        write(&installation, "u.ndjson", text);
        for already in [0, 2] {
            let (code, out, err) = run(&installation, &["users", "import", "u.ndjson"]);
            assert_eq!(
                (code, out.clone()),
                (1, format!("Imported {}, already there {already}, refused 6.\n", 2 - already))
            );
            assert!(read(&installation, "u.ndjson.rejected") == format!("{}\n", bad.join("\n")), "as they were");
            let reasons = read(&installation, "u.ndjson.reasons");
            for (number, reason) in
                (2..).zip(["cost", "`pasword_hash`", "no JSON object", "address", "email_verified_at", "64 KiB"])
            {
                let line = reasons.lines().find(|line| line.starts_with(&format!("line {number}: "))).unwrap();
                assert!(line.contains(reason) && err.contains(line), "{line} {err}");
            }
            assert!(!format!("{out}{err}{reasons}").contains("XXX"), "no hash is told");
        }
        let mended = read(&installation, "u.ndjson.rejected").replace("pasword", "password");
        write(&installation, "u.ndjson.rejected", mended);
        let (code, out, _) = run(&installation, &["users", "import", "u.ndjson.rejected"]);
        assert_eq!((code, out.as_str()), (1, "Imported 1, already there 0, refused 5.\n"));
    }
}

#[tokio::test]
async fn what_is_no_file_of_users_ends_the_command_at_once() {
    let installation = installed(Backend::Sqlite).await;
    fs::create_dir(installation.folder().join("folder.csv")).unwrap();
    write(&installation, "empty.csv", "");
    write(&installation, "headless.csv", format!("a@x.example,{HASH}\n"));
    write(&installation, "slip.csv", "emial\na@x.example\n");
    write(&installation, "users", "");
    for name in ["absent.csv", "folder.csv", "empty.csv", "headless.csv", "slip.csv", "users"] {
        let (code, out, err) = run(&installation, &["users", "import", name]);
        assert_eq!((code, out.as_str(), err.lines().count()), (2, "", 1), "{name}: {err}");
        assert!(!err.contains(HASH), "{err}");
    }
    let empty = run(&installation, &["users", "import", "users", "--format", "ndjson"]);
    assert_eq!((empty.0, empty.1.as_str()), (0, "Imported 0, already there 0, refused 0.\n"));
    assert_eq!(run(&installation, &["users", "export", "absent/u.csv"]).0, 2);
}
