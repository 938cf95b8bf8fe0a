//! Where the database is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use tokio_postgres::config::{Host, SslMode};

/// The URL of a database: `sqlite://relative/path`, `sqlite:///absolute/path` or `postgres://user:password@host/name`.
///
/// Printed, it shows neither user nor password.
#[derive(Clone)]
pub struct DatabaseUrl(pub(crate) Target);

/// Which database, and where.
#[derive(Clone)]
pub(crate) enum Target {
    Sqlite(PathBuf),
    Postgres { config: Box<tokio_postgres::Config>, tls: Tls },
}

/// How a connection to PostgreSQL is protected: its `sslmode`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tls {
    /// `disable`, and what is taken where none is named.
    Off,
    /// `verify-full`: the certificate is for this host and comes from an authority in the file of `sslrootcert`, or
    /// from a public one if there is none.
    Verified { authorities: Option<PathBuf> },
}

/// Why a text is no database URL; repeats nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseUrlError {
    /// Neither of the schemes.
    #[error("a database URL begins with sqlite:// or postgres://")]
    UnknownScheme,
    /// A SQLite URL that names no file.
    #[error("a SQLite URL names a file: sqlite://relative/path or sqlite:///absolute/path")]
    NoFile,
    /// A PostgreSQL URL that can't be read.
    #[error("a PostgreSQL URL has the form postgres://user:password@host:port/name?option=value, percent-encoded")]
    Postgres,
    /// An `sslmode` that is not offered.
    #[error(
        "sslmode is disable or verify-full (with sslrootcert=file for an authority of your own): the modes between them \
         encrypt without knowing for whom"
    )]
    SslMode,
}

impl DatabaseUrl {
    /// The file, where the database is SQLite.
    #[must_use]
    pub fn sqlite_path(&self) -> Option<&Path> {
        match &self.0 {
            Target::Sqlite(path) => Some(path),
            Target::Postgres { .. } => None,
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            return sqlite(path);
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return postgres(url);
        }
        Err(DatabaseUrlError::UnknownScheme)
    }
}

fn sqlite(path: &str) -> Result<DatabaseUrl, DatabaseUrlError> {
    let special = path.starts_with(':') || path.starts_with("file:");
    if special || path.is_empty() || path.ends_with('/') || path.contains(['?', '\0']) {
        return Err(DatabaseUrlError::NoFile);
    }
    Ok(DatabaseUrl(Target::Sqlite(PathBuf::from(path))))
}

fn postgres(url: &str) -> Result<DatabaseUrl, DatabaseUrlError> {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (tls_options, others): (Vec<&str>, Vec<&str>) = query.split('&').partition(|option| is_tls_option(option));
    let tls = tls(&tls_options)?;
    let mut config: tokio_postgres::Config =
        format!("{base}?{}", others.join("&")).parse().map_err(|_repeats_values| DatabaseUrlError::Postgres)?;
    config.ssl_mode(match tls {
        Tls::Off => SslMode::Disable,
        Tls::Verified { .. } => SslMode::Require,
    });
    Ok(DatabaseUrl(Target::Postgres { config: Box::new(config), tls }))
}

/// The driver does not know all values of these.
fn is_tls_option(option: &str) -> bool {
    option.starts_with("sslmode=") || option.starts_with("sslrootcert=")
}

fn tls(options: &[&str]) -> Result<Tls, DatabaseUrlError> {
    let value = |name: &str| options.iter().rev().find_map(|option| option.strip_prefix(name));
    let authorities = value("sslrootcert=").map(PathBuf::from);
    match value("sslmode=") {
        None | Some("disable") if authorities.is_none() => Ok(Tls::Off),
        Some("verify-full") => Ok(Tls::Verified { authorities }),
        _ => Err(DatabaseUrlError::SslMode),
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Target::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Target::Postgres { config, .. } => {
                f.write_str("postgres://")?;
                for (position, host) in config.get_hosts().iter().enumerate() {
                    let comma = if position == 0 { "" } else { "," };
                    match host {
                        Host::Tcp(name) => write!(f, "{comma}{name}")?,
                        Host::Unix(path) => write!(f, "{comma}{}", path.display())?,
                    }
                }
                config.get_ports().iter().try_for_each(|port| write!(f, ":{port}"))?;
                write!(f, "/{}", config.get_dbname().unwrap_or_default())
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> DatabaseUrl {
        text.parse().unwrap()
    }

    fn tls(text: &str) -> Tls {
        let Target::Postgres { tls, .. } = url(text).0 else { panic!("not PostgreSQL") };
        tls
    }

    #[test]
    fn sqlite_paths_are_relative_or_absolute() {
        assert_eq!(url("sqlite://data/threshold.db").sqlite_path(), Some(Path::new("data/threshold.db")));
        assert_eq!(url("sqlite:///var/lib/threshold.db").sqlite_path(), Some(Path::new("/var/lib/threshold.db")));
        assert_eq!(url("postgres://host/name").sqlite_path(), None);
    }

    #[test]
    fn a_sqlite_url_names_a_file() {
        for text in
            ["sqlite://", "sqlite:///", "sqlite://data/", "sqlite://:memory:", "sqlite://file:a", "sqlite://a?mode=ro"]
        {
            assert!(matches!(text.parse::<DatabaseUrl>(), Err(DatabaseUrlError::NoFile)), "{text}");
        }
    }

    #[test]
    fn other_databases_are_refused() {
        assert!(matches!("mysql://host/name".parse::<DatabaseUrl>(), Err(DatabaseUrlError::UnknownScheme)));
        assert!(matches!("data/threshold.db".parse::<DatabaseUrl>(), Err(DatabaseUrlError::UnknownScheme)));
    }

    #[test]
    fn passwords_are_never_printed() {
        let good = url("postgres://ada:hunter2@db.example.org:5433/threshold?connect_timeout=3");
        assert_eq!(good.to_string(), "postgres://db.example.org:5433/threshold");
        assert!(!format!("{good:?}").contains("hunter2"));
        let bad = "postgres://ada:hunter2@host:notaport/hunter2?hunter2=1".parse::<DatabaseUrl>().unwrap_err();
        assert!(!format!("{bad} {bad:?}").contains("hunter2"));
    }

    #[test]
    fn encryption_is_checked_or_off_and_never_pretended() {
        let own = Some(PathBuf::from("/etc/ca.pem"));
        assert_eq!(tls("postgres://host/name"), Tls::Off);
        assert_eq!(tls("postgres://host/name?sslmode=disable"), Tls::Off);
        assert_eq!(tls("postgres://host/name?sslmode=verify-full"), Tls::Verified { authorities: None });
        assert_eq!(
            tls("postgres://host/name?sslrootcert=/etc/ca.pem&sslmode=verify-full"),
            Tls::Verified { authorities: own }
        );
        for mode in ["allow", "prefer", "require", "verify-ca", "", "disable&sslrootcert=/etc/ca.pem"] {
            let refused = format!("postgres://host/name?sslmode={mode}").parse::<DatabaseUrl>();
            assert!(matches!(refused, Err(DatabaseUrlError::SslMode)), "{mode}");
        }
    }
}
