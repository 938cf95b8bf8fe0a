//! The settings, typed.

use super::email::{EmailSettings, email};
use super::fault::Faults;
use super::jobs::{JobsSettings, jobs};
use super::layers::Sources;
use super::limits::{LimitsSettings, limits, redis};
use super::reader::{Noted, Reader};
use super::retention::retention;
use super::sessions::{SessionsSettings, sessions};
use super::show::shown;
use super::{duration, layers::Layers};
use crate::tls::{TlsFiles, TlsFilesError};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use threshold_application::retention::RetentionPeriods;
use threshold_bcrypt::{BcryptSettings, Cost};
use threshold_diesel::{DatabaseSettings, DatabaseUrl};
use threshold_domain::accounts::{PasswordPolicy, ReservedUsernames, StrengthScore, Username};
use threshold_redis::RedisSettings;
use threshold_telemetry::LogFormat;
use threshold_tokens::{MasterKey, SharedSecret, SigningMethod, TokenSettings};
use threshold_transport::{RegistrationRules, TrustedProxies};

/// The lowest cost that production takes (ASVS 5.0, appendix C).
const MIN_PRODUCTION_COST: u32 = 10;

/// Which file of settings applies, and how strict the rules are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// On somebody's desk.
    Development,
    /// As production, for trying.
    Staging,
    /// For real.
    Production,
}

/// Everything that the operator decides.
#[derive(Debug)]
pub struct Settings {
    /// How strict the rules are.
    pub environment: Environment,
    /// Where requests come in.
    pub server: ServerSettings,
    /// Where data is kept.
    pub database: DatabaseSettings,
    /// Whether `serve` migrates.
    pub migrate: MigratePolicy,
    /// What seals the signing keys.
    pub master_key: MasterKeySource,
    /// How passwords are hashed.
    pub password: BcryptSettings,
    /// Which accounts may be made.
    pub registration: RegistrationRules,
    /// Whether an address must be proven before sign-in.
    pub require_verified_email: bool,
    /// What access tokens look like.
    pub tokens: TokensSettings,
    /// How long sessions live.
    pub sessions: SessionsSettings,
    /// How often one client may ask.
    pub limits: LimitsSettings,
    /// How jobs are done.
    pub jobs: JobsSettings,
    /// How people are written to.
    pub email: EmailSettings,
    /// How long things are kept.
    pub retention: RetentionPeriods,
    /// Where instances share what they must, if they do.
    pub redis: Option<RedisSettings>,
    /// How many users are remembered.
    pub remembered_users: usize,
    /// Metrics and the log.
    pub observability: ObservabilitySettings,
    /// Every setting that has a value, by its key, as it may be shown: secrets are masked.
    pub shown: BTreeMap<&'static str, String>,
}

/// Where requests come in, and how the process ends.
#[derive(Debug)]
pub struct ServerSettings {
    /// Where the service listens.
    pub listen: SocketAddr,
    /// The address that clients use, without a slash at the end.
    pub public_url: String,
    /// The certificate of the listener, if it speaks TLS itself.
    pub tls: Option<TlsFiles>,
    /// Who is believed about whom a request comes from.
    pub trusted_proxies: TrustedProxies,
    /// Origins of other sites whose pages may use the service.
    pub cors_origins: Vec<String>,
    /// Threads that answer; `None` for as many as cores.
    pub workers: Option<NonZeroUsize>,
    /// How long a client may take to send a body.
    pub body_timeout: Duration,
    /// How long the listener stays open after the signal to stop.
    pub drain: Duration,
    /// How long requests under way may take after that.
    pub grace: Duration,
}

/// Whether `serve` applies pending migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MigratePolicy {
    /// It does.
    Auto,
    /// It refuses to start with them.
    Never,
}

/// Where the master key comes from.
#[derive(Debug)]
pub enum MasterKeySource {
    /// The operator gave it.
    Given(MasterKey),
    /// A file beside the SQLite database, made on the first start; in development alone.
    File(PathBuf),
}

/// What access tokens look like.
#[derive(Debug)]
pub struct TokensSettings {
    /// How long one is valid.
    pub access_lifetime: Duration,
    /// How they are signed.
    pub method: SigningMethod,
    /// How long a new key is published before it signs.
    pub key_lead: Duration,
    /// How long a key signs.
    pub key_max_age: Duration,
    /// How many revocations are remembered.
    pub max_revocations: usize,
    /// Issuer, audience, memory.
    pub tokens: TokenSettings,
}

/// Metrics and the log.
#[derive(Debug)]
pub struct ObservabilitySettings {
    /// Where metrics are served, if they are.
    pub metrics_listen: Option<SocketAddr>,
    /// What the log looks like.
    pub log_format: LogFormat,
    /// Which lines are logged.
    pub log_filter: String,
}

impl Environment {
    const ALL: [Self; 3] = [Self::Development, Self::Staging, Self::Production];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|environment| environment.name() == name)
    }

    pub(crate) fn file_name(self) -> String {
        format!("{}.toml", self.name())
    }

    pub(crate) fn built_in_file(self) -> &'static str {
        match self {
            Self::Development => include_str!("../../../../config/development.toml"),
            Self::Staging => include_str!("../../../../config/staging.toml"),
            Self::Production => include_str!("../../../../config/production.toml"),
        }
    }
}

impl Settings {
    /// Reads and checks all settings.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn read(sources: &Sources) -> Result<Self, Faults> {
        let layers: Layers = sources.layers();
        let environment = layers.environment;
        let values = layers.values.clone();
        let mut reader = Reader::new(layers);
        let settings = read(&mut reader, environment);
        let settings = reader.finish(settings)?;
        let shown = shown(&values, &settings.database.url);
        Ok(Self { shown, ..settings })
    }
}

/// Every section is read before the first fault ends it, so that all faults are found.
fn read(reader: &mut Reader, environment: Environment) -> Result<Settings, Noted> {
    let server = server(reader, environment);
    let database = database(reader);
    let migrate = reader.optional("database.migrate", migrate_policy);
    let master_key = master_key(reader, environment, database.as_ref().ok());
    let password = password(reader, environment);
    let registration = registration(reader);
    let require_verified_email = reader.required("login.require_verified_email", yes_or_no);
    let tokens = tokens(reader, server.as_ref().ok());
    let sessions = sessions(reader);
    let limits = limits(reader);
    let jobs = jobs(reader);
    let email = email(reader, environment);
    let retention = retention(reader, tokens.as_ref().ok().map(|tokens| tokens.access_lifetime));
    let redis = redis(reader);
    let remembered_users = reader.required("users.cache_size", number);
    let observability = observability(reader);
    let database = database?;
    let on_sqlite = database.url.sqlite_path().is_some();
    Ok(Settings {
        environment,
        server: server?,
        migrate: migrate?.unwrap_or(if on_sqlite { MigratePolicy::Auto } else { MigratePolicy::Never }),
        database,
        master_key: master_key?,
        password: password?,
        registration: registration?,
        require_verified_email: require_verified_email?,
        tokens: tokens?,
        sessions: sessions?,
        limits: limits?,
        jobs: jobs?,
        email: email?,
        retention: retention?,
        redis: redis?,
        remembered_users: remembered_users?,
        observability: observability?,
        shown: BTreeMap::new(),
    })
}

fn server(reader: &mut Reader, environment: Environment) -> Result<ServerSettings, Noted> {
    let listen = reader.required("server.listen", address);
    let public_url = reader.optional("server.public_url", |text| public_url(text, environment));
    let tls = tls(reader);
    let trusted_proxies = reader.optional("server.trusted_proxies", TrustedProxies::from_str);
    let cors_origins = reader.optional("server.cors_origins", origins);
    let workers = reader.required("server.workers", number);
    let body_timeout = reader.required("server.body_timeout", duration::parse);
    let drain = reader.required("shutdown.drain", duration::parse);
    let grace = reader.required("shutdown.grace", duration::parse);
    let (listen, public_url) = (listen?, public_url?);
    if environment == Environment::Production && public_url.is_none() {
        return Err(reader.fault("server.public_url", "is required in production, beginning with https://"));
    }
    let tls = tls?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    Ok(ServerSettings {
        listen,
        public_url: public_url.unwrap_or_else(|| format!("{scheme}://{listen}")),
        tls,
        trusted_proxies: trusted_proxies?.unwrap_or_default(),
        cors_origins: cors_origins?.unwrap_or_default(),
        workers: NonZeroUsize::new(workers?),
        body_timeout: body_timeout?,
        drain: drain?,
        grace: grace?,
    })
}

/// Read here, so that `config check` finds what is wrong with the files.
fn tls(reader: &mut Reader) -> Result<Option<TlsFiles>, Noted> {
    let path = |text: &str| Ok::<_, &str>(PathBuf::from(text));
    let certificate = reader.optional("server.tls_certificate", path);
    let key = reader.optional("server.tls_key", path);
    let files = match (certificate?, key?) {
        (None, None) => return Ok(None),
        (Some(certificate), Some(key)) => TlsFiles { certificate, key },
        (Some(_), None) => return Err(reader.fault("server.tls_key", "is required with server.tls_certificate")),
        (None, Some(_)) => return Err(reader.fault("server.tls_certificate", "is required with server.tls_key")),
    };
    match files.load() {
        Ok(_good) => Ok(Some(files)),
        Err(error @ TlsFilesError::Certificate { .. }) => {
            Err(reader.fault("server.tls_certificate", error.to_string()))
        }
        Err(error) => Err(reader.fault("server.tls_key", error.to_string())),
    }
}

fn database(reader: &mut Reader) -> Result<DatabaseSettings, Noted> {
    let url = reader.required("database.url", DatabaseUrl::from_str);
    let max_connections = reader.required("database.max_connections", positive);
    let max_idle = reader.required("database.max_idle", number);
    let max_lifetime = reader.required("database.max_lifetime", duration::parse);
    let acquire_timeout = reader.required("database.acquire_timeout", duration::parse);
    let statement_timeout = reader.required("database.statement_timeout", duration::parse);
    Ok(DatabaseSettings {
        url: url?,
        max_connections: max_connections?.get(),
        max_idle: max_idle?,
        max_lifetime: max_lifetime?,
        acquire_timeout: acquire_timeout?,
        statement_timeout: statement_timeout?,
    })
}

fn master_key(
    reader: &mut Reader,
    environment: Environment,
    database: Option<&DatabaseSettings>,
) -> Result<MasterKeySource, Noted> {
    if let Some(key) = reader.optional("secret_key", MasterKey::from_str)? {
        return Ok(MasterKeySource::Given(key));
    }
    let file = database.ok_or(Noted)?.url.sqlite_path();
    match file {
        Some(file) if environment == Environment::Development => Ok(MasterKeySource::File(file.with_file_name("secret.key"))),
        Some(_) | None => Err(reader.fault(
            "secret_key",
            "set THRESHOLD_SECRET_KEY (or THRESHOLD_SECRET_KEY_FILE) to 32 random bytes, for example from `openssl rand -hex 32`",
        )),
    }
}

fn password(reader: &mut Reader, environment: Environment) -> Result<BcryptSettings, Noted> {
    let cost = reader.required("password.bcrypt_cost", |text| cost(text, environment));
    let threads = reader.required("password.threads", number);
    let max_queue_wait = reader.required("password.max_queue_wait", duration::parse);
    let interleaved = reader.required("password.interleaved", yes_or_no);
    let default = BcryptSettings::default();
    Ok(BcryptSettings {
        cost: cost?,
        threads: NonZeroUsize::new(threads?).unwrap_or(default.threads),
        max_queue_wait: max_queue_wait?,
        interleaved: interleaved?,
    })
}

fn registration(reader: &mut Reader) -> Result<RegistrationRules, Noted> {
    let min_length = reader.required("password.min_length", |text| match number(text)? {
        length @ 1..=256 => Ok(length),
        _ => Err("must be between 1 and 256".to_owned()),
    });
    let min_score = reader.required("password.min_score", |text| {
        text.parse().ok().and_then(StrengthScore::new).ok_or("must be between 0 and 4")
    });
    let reserved = reader.optional("username.reserved", |text| {
        let names =
            text.split(',').map(|name| Username::parse(name.trim()).map_err(|error| format!("“{name}”: {error}")));
        names.collect::<Result<Vec<_>, _>>()
    });
    let conceal_existing = reader.required("registration.conceal_existing", yes_or_no);
    Ok(RegistrationRules {
        conceal_existing: conceal_existing?,
        password: PasswordPolicy { min_length: min_length?, min_score: min_score? },
        reserved_usernames: ReservedUsernames::new(reserved?.unwrap_or_default()),
    })
}

fn tokens(reader: &mut Reader, server: Option<&ServerSettings>) -> Result<TokensSettings, Noted> {
    let access_lifetime = reader.required("tokens.access_lifetime", |text| match duration::parse(text)? {
        lifetime if lifetime < Duration::from_secs(1) => Err("must be at least 1s".to_owned()),
        lifetime => Ok(lifetime),
    });
    let key_lead = reader.required("tokens.key_lead", |text| match duration::parse(text)? {
        // Every instance looks for new keys once a second.
        lead if lead < Duration::from_secs(3) => Err("must be at least 3s".to_owned()),
        lead => Ok(lead),
    });
    let key_max_age = reader.required("tokens.key_max_age", duration::parse);
    let secret = reader.optional("tokens.hs256_secret", SharedSecret::from_str);
    let algorithm = reader.required("tokens.algorithm", |text| match text {
        "EdDSA" | "ES256" | "HS256" => Ok(text.to_owned()),
        _ => Err("must be EdDSA, ES256 or HS256"),
    });
    let issuer = reader.optional("tokens.issuer", String::from_str);
    let audience = reader.required("tokens.audience", String::from_str);
    let max_revocations = reader.required("tokens.max_revocations", number);
    let cache_size = reader.required("tokens.cache_size", number);
    let method = match (algorithm?.as_str(), secret?) {
        ("HS256", Some(secret)) => SigningMethod::Hs256(secret),
        ("HS256", None) => {
            return Err(reader.fault("tokens.hs256_secret", "is required when tokens.algorithm is HS256"));
        }
        ("ES256", _) => SigningMethod::Es256,
        _ => SigningMethod::EdDsa,
    };
    let issuer = issuer?.unwrap_or(server.ok_or(Noted)?.public_url.clone());
    Ok(TokensSettings {
        access_lifetime: access_lifetime?,
        key_lead: key_lead?,
        key_max_age: key_max_age?,
        max_revocations: max_revocations?,
        method,
        tokens: TokenSettings { issuer, audience: audience?, cache_size: cache_size? },
    })
}

fn observability(reader: &mut Reader) -> Result<ObservabilitySettings, Noted> {
    let metrics_listen = reader.optional("observability.metrics_listen", address);
    let log_format = reader.required("observability.log_format", |text| match text {
        "json" => Ok(LogFormat::Json),
        "pretty" => Ok(LogFormat::Pretty),
        _ => Err("must be json or pretty"),
    });
    let log_filter = reader.required("observability.log_filter", |text| {
        threshold_telemetry::subscriber(LogFormat::Json, text, std::io::sink).map(|_readable| text.to_owned())
    });
    Ok(ObservabilitySettings { metrics_listen: metrics_listen?, log_format: log_format?, log_filter: log_filter? })
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_refused| "must be an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080")
}

fn public_url(text: &str, environment: Environment) -> Result<String, &'static str> {
    let url = text.strip_suffix('/').unwrap_or(text);
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if host.is_none_or(|host| host.is_empty() || host.contains(['/', '?', '#', '@', ' '])) {
        return Err("must look like https://id.example.org, without a path");
    }
    if environment == Environment::Production && !url.starts_with("https://") {
        return Err("must begin with https:// in production");
    }
    Ok(url.to_owned())
}

/// Exact origins (RFC 6454 §6.2), with commas between them.
fn origins(text: &str) -> Result<Vec<String>, String> {
    let origin = |part: &str| {
        let refused = || format!("“{part}” must look like https://app.example.org, without a path or a *");
        let host = part.strip_prefix("https://").or_else(|| part.strip_prefix("http://")).ok_or_else(refused)?;
        let is_plain =
            !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ', '*']) && host == host.to_lowercase();
        if is_plain { Ok(part.to_owned()) } else { Err(refused()) }
    };
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(origin).collect()
}

fn cost(text: &str, environment: Environment) -> Result<Cost, &'static str> {
    let cost = text.parse().ok().and_then(Cost::new).ok_or("must be between 4 and 16")?;
    if environment == Environment::Production && cost.get() < MIN_PRODUCTION_COST {
        return Err("must be at least 10 in production");
    }
    Ok(cost)
}

fn migrate_policy(text: &str) -> Result<MigratePolicy, &'static str> {
    match text {
        "auto" => Ok(MigratePolicy::Auto),
        "never" => Ok(MigratePolicy::Never),
        _ => Err("must be auto or never"),
    }
}

pub(super) fn yes_or_no(text: &str) -> Result<bool, &'static str> {
    text.parse().map_err(|_refused| "must be true or false")
}

pub(super) fn number(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_refused| "must be a whole number".to_owned())
}

pub(super) fn positive(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse().map_err(|_refused| "must be a whole number, 1 or more")
}
