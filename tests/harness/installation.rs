//! A place to run the program in: its database, its settings.

use super::server::Server;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;
use threshold_test_postgres::FreshDatabase;

/// Which database the program runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file in a folder of its own.
    Sqlite,
    /// A database of its own on the server of the test run.
    Postgres,
}

/// Settings and data of one installation; any number of servers can be started on it, at once or one after the other.
pub struct Installation {
    binary: PathBuf,
    folder: Arc<TempDir>,
    variables: BTreeMap<String, String>,
    /// The database, where it is PostgreSQL.
    pub postgres: Option<FreshDatabase>,
}

impl Installation {
    /// An installation of `binary` on an empty database. Hashing is cheap, nobody is limited, ports are free
    /// ones, the log is JSON.
    pub async fn new(binary: &str, backend: Backend) -> Self {
        // Clients want to know by whom TLS is done, also where they speak none; the second time it is told already.
        let _told = rustls::crypto::ring::default_provider().install_default();
        let folder = Arc::new(TempDir::new().unwrap());
        let postgres = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(FreshDatabase::create().await),
        };
        let url = postgres.as_ref().map_or_else(
            || format!("sqlite://{}", folder.path().join("threshold.db").display()),
            |database| database.url().to_owned(),
        );
        let installation = Self { binary: binary.into(), folder, variables: BTreeMap::new(), postgres };
        installation
            .with("SERVER__LISTEN", "127.0.0.1:0")
            .with("OBSERVABILITY__METRICS_LISTEN", "127.0.0.1:0")
            .with("OBSERVABILITY__LOG_FORMAT", "json")
            .with("PASSWORD__BCRYPT_COST", "4")
            .with("PASSWORD__MAX_QUEUE_WAIT", "60s")
            .with("RATE_LIMIT__DEFAULT_PER_MINUTE", "0")
            .with("RATE_LIMIT__AUTH_PER_MINUTE", "0")
            .with("DATABASE__MIGRATE", "auto")
            .with("DATABASE__URL", &url)
            .with("EMAIL__TRANSPORT", "file")
            .with("EMAIL__DIRECTORY", "mails")
            .with("SECRET_KEY", &"5e".repeat(32))
    }

    /// Lays a setting over the others: the name of its variable without `THRESHOLD_`.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(format!("THRESHOLD_{name}"), value.to_owned());
        self
    }

    /// Where its database is, as the setting has it.
    #[must_use]
    pub fn database_url(&self) -> &str {
        self.variables.get("THRESHOLD_DATABASE__URL").map_or("", String::as_str)
    }

    /// Its own folder, where its SQLite file lies too.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The program with these arguments, in an environment that holds the settings alone.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        // The shell has a write beyond a limit fail instead of ending the process: what a full disk does.
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(&self.binary);
        command.args(arguments).env_clear().envs(&self.variables).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts the service and waits until it listens.
    pub async fn start(&self) -> Server {
        Server::spawn(self.command(&["serve"]), Arc::clone(&self.folder)).await
    }
}
