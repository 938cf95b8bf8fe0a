//! Load by wrk.

use crate::seconds;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What wrk sends, over and over.
pub(crate) struct Load {
    token: Option<String>,
    script: Option<(PathBuf, String)>,
}

impl Load {
    /// Of 64 connections.
    pub(crate) fn new() -> Self {
        Self { token: None, script: None }
    }

    /// Of somebody who is signed in.
    pub(crate) fn signed_in(token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::new() }
    }

    /// Of so many clients in turn behind a proxy.
    pub(crate) fn of_clients(self, clients: u32) -> Self {
        self.by_script("clients.lua", &clients.to_string())
    }

    /// Made by a script in `tests/bench/wrk`.
    pub(crate) fn by_script(self, name: &str, argument: &str) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/wrk").join(name);
        Self { script: Some((script, argument.to_owned())), ..self }
    }

    /// Requests a second to `url`; all must succeed.
    pub(crate) fn requests_a_second(&self, url: &str) -> f64 {
        install();
        let mut wrk = Command::new("wrk");
        wrk.args(["-t1", "-c64", &format!("-d{}s", seconds())]);
        if let Some(token) = &self.token {
            wrk.args(["-H", &format!("Authorization: Bearer {token}")]);
        }
        if let Some((script, _)) = &self.script {
            wrk.arg("-s").arg(script);
        }
        wrk.arg(url);
        if let Some((_, argument)) = &self.script {
            wrk.args(["--", argument]);
        }
        let output = wrk.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains("Non-2xx"), "{text}");
        let rate = text.lines().find_map(|line| line.strip_prefix("Requests/sec:")?.trim().parse().ok());
        rate.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)))
    }
}

fn install() {
    if Command::new("wrk").arg("--version").output().is_err() {
        println!("wrk is missing; installing Debian's package");
        let installed = Command::new("apt-get").args(["install", "-y", "-qq", "wrk"]).output();
        assert!(installed.is_ok_and(|output| output.status.success()), "install wrk and try again");
    }
}
