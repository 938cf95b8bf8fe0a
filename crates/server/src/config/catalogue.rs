//! The one list of settings.

/// One setting.
pub(crate) struct Setting {
    /// Its place in the files, with dots.
    pub(crate) key: &'static str,
    /// Its default in TOML; `None` where the explanation says what happens without one.
    pub(crate) default: Option<&'static str>,
    /// What it looks like.
    pub(crate) form: &'static str,
    /// What it decides.
    pub(crate) doc: &'static str,
    /// Whether it must never be printed; then it can also come from a file.
    pub(crate) secret: bool,
}

const fn setting(key: &'static str, default: &'static str, form: &'static str, doc: &'static str) -> Setting {
    Setting { key, default: Some(default), form, doc, secret: false }
}

const fn optional(key: &'static str, form: &'static str, doc: &'static str) -> Setting {
    Setting { key, default: None, form, doc, secret: false }
}

const fn secret(key: &'static str, default: Option<&'static str>, form: &'static str, doc: &'static str) -> Setting {
    Setting { key, default, form, doc, secret: true }
}

/// Names that could be taken for a part of the service or for somebody who speaks for it.
const RESERVED: &str = r#"["about", "abuse", "account", "accounts", "admin", "administrator", "api", "auth", "billing", "config", "contact", "help", "host", "hostmaster", "info", "login", "logout", "mail", "moderator", "news", "nobody", "noreply", "null", "oauth", "official", "operator", "postmaster", "privacy", "register", "reset", "root", "security", "session", "settings", "staff", "status", "support", "system", "threshold", "undefined", "user", "users", "verify", "webmaster", "www"]"#;

/// Every setting, in the order of the reference.
#[rustfmt::skip]
pub(crate) const SETTINGS: &[Setting] = &[
    secret("secret_key", None, "32 bytes in hex or base64",
        "Seals the signing keys in the database; the same for all instances. In development on SQLite it is made on the first start, beside the database file; anywhere else it is required."),

    setting("server.listen", r#""127.0.0.1:8080""#, "address:port", "Where the service listens. Port 0 takes a free one, which the log tells."),
    optional("server.public_url", "http(s)://host[:port]", "The address that clients use; `http://` and `server.listen` if it is not set. In production it begins with `https://`."),
    optional("server.tls_certificate", "path", "A PEM file with the certificate chain of the listener, its own certificate first: then it speaks TLS itself. Without it a proxy in front of it should. SIGHUP reads it again."),
    optional("server.tls_key", "path", "A PEM file with the private key of that certificate."),
    setting("server.trusted_proxies", "[]", "list of addresses and blocks", "Proxies, such as `10.0.0.0/8`, that are believed when they say in `X-Forwarded-For` or `Forwarded` from whom a request comes. Anybody else may say there what they like."),
    setting("server.cors_origins", "[]", "list of origins", "Other sites, such as `https://app.example.org`, whose pages may call the service with their visitors' cookies."),
    setting("server.workers", "0", "number", "Threads that answer requests; 0 takes as many as there are cores."),
    setting("server.body_timeout", r#""10s""#, "duration", "How long a client may take to send a body."),

    setting("shutdown.drain", r#""5s""#, "duration", "How long the listener stays open after SIGTERM while `/ready` answers 503, so that load balancers notice."),
    setting("shutdown.grace", r#""30s""#, "duration", "How long requests under way may take to finish after that."),

    secret("database.url", Some(r#""sqlite://data/threshold.db""#), "URL",
        "`sqlite://relative/path`, `sqlite:///absolute/path` or `postgres://user:password@host/name`, the latter with `?sslmode=verify-full` for an encrypted connection."),
    optional("database.migrate", "`auto` or `never`", "Whether `serve` applies pending migrations, or refuses to start with them; `auto` on SQLite, `never` on PostgreSQL if it is not set."),
    setting("database.max_connections", "25", "number", "Connections open at once; on SQLite, those that read."),
    setting("database.max_idle", "5", "number", "Connections kept open while nobody needs them."),
    setting("database.max_lifetime", r#""5m""#, "duration", "A connection older than this is replaced."),
    setting("database.acquire_timeout", r#""5s""#, "duration", "Who gets no connection within this time is answered 503 `overloaded`."),
    setting("database.statement_timeout", r#""5s""#, "duration", "The longest that one statement may take."),

    secret("redis.url", Some(r#""""#), "URL", "`redis://user:password@host:port/database`, or `rediss://` for an encrypted connection: where many instances share rate limits and hear of each other at once. Empty: each counts for itself, and they find in the database what the others have ended."),

    setting("rate_limit.default_per_minute", "100", "number", "How many requests a minute one client may send, all together; 0 for no limit. A client is an IPv4 address or an IPv6 network (/64)."),
    setting("rate_limit.auth_per_minute", "5", "number", "How many of them may register, sign in or refresh; 0 for no limit."),
    setting("rate_limit.max_clients", "100000", "number", "How many clients each instance remembers, about 300 bytes each; beyond that those that were not seen for longest are forgotten."),

    setting("password.min_length", "8", "number", "The fewest characters of a new password, from 1 to 256."),
    setting("password.min_score", "3", "0 to 4", "The lowest zxcvbn score of a new password."),
    setting("password.bcrypt_cost", "12", "4 to 16", "The cost of new hashes: one more takes twice as long. Under 10 is refused in production."),
    setting("password.max_queue_wait", r#""2s""#, "duration", "Who would wait longer for their password to be hashed is answered 503 `overloaded` at once."),
    setting("password.threads", "0", "number", "Threads that hash; 0 takes as many as there are cores."),
    setting("password.interleaved", "true", "`true` or `false`", "Whether four passwords are hashed at once on a thread, which is more than three times as fast; else one by one, by the `bcrypt` crate."),

    setting("username.reserved", RESERVED, "list", "Usernames that nobody may take."),

    setting("registration.conceal_existing", "false", "`true` or `false`", "Whether registering a taken address is answered as registering a new one (202), so that nobody learns who has an account."),

    setting("verification.lifetime", r#""24h""#, "duration", "How long a mailed link that proves an address is good."),
    setting("reset.lifetime", r#""30m""#, "duration", "How long a mailed link that replaces a password is good."),
    setting("invitation.lifetime", r#""7d""#, "duration", "How long a mailed link is good by which somebody chooses the first password of an account that was made for them."),
    setting("email.transport", r#""console""#, "`console`, `file` or `smtp`", "Where mails go: to standard output (not in production), into files, or to a server."),
    setting("email.from", r#""Threshold <no-reply@localhost.localdomain>""#, "name <address>", "Who mails are from; the name is what they call the service."),
    setting("email.directory", r#""data/mails""#, "path", "The folder of `file`; each mail is one file, complete when it appears under its name."),
    secret("email.smtp_url", None, "URL", "The server of `smtp`: `smtp://user:password@host:587` with STARTTLS, `smtps://host:465` with TLS from the start, `smtp://localhost:25?tls=none` without."),
    setting("email.timeout", r#""10s""#, "duration", "How long the server may take for one mail."),
    optional("email.authorities", "path", "A PEM file with the authorities that the server's certificate may come from, beside the usual ones."),
    setting("login.require_verified_email", "false", "`true` or `false`", "Whether an account must have proven its address before it can sign in."),

    setting("tokens.access_lifetime", r#""15m""#, "duration", "How long an access token is valid."),
    setting("tokens.refresh_idle_lifetime", r#""30d""#, "duration", "A refresh token that is not used for so long is over."),
    setting("tokens.refresh_absolute_lifetime", r#""90d""#, "duration", "How long somebody can stay signed in without their password, by refresh tokens or in a remembered browser."),
    setting("tokens.algorithm", r#""EdDSA""#, "`EdDSA`, `ES256` or `HS256`", "How access tokens are signed."),
    setting("tokens.key_lead", r#""10m""#, "duration, 3s or more", "How long a new signing key is published before it signs: longer than others keep the public keys, which is 5 minutes."),
    setting("tokens.key_max_age", r#""90d""#, "duration", "A signing key that has signed for so long is replaced by a new one."),
    secret("tokens.hs256_secret", None, "32 bytes or more", "The secret of HS256, which everybody who verifies tokens shares."),
    optional("tokens.issuer", "URL", "`iss` of access tokens; the public URL if it is not set."),
    setting("tokens.audience", r#""threshold""#, "text", "`aud` of access tokens."),
    setting("tokens.max_revocations", "1000000", "number", "How many ended sessions, changed grants and revoked keys each instance remembers until their tokens expire, about 100 bytes each. Beyond that the database is asked at every request; nothing is forgotten."),
    setting("tokens.cache_size", "10000", "number", "How many verified tokens are remembered, about 400 bytes each."),

    setting("sessions.lifetime", r#""12h""#, "duration", "How long a browser that is not remembered stays signed in."),
    setting("sessions.remembered_lifetime", r#""30d""#, "duration", "How long a remembered browser stays signed in without being used."),
    setting("sessions.max_per_user", "100", "1 to 200", "How many sessions a user can have; one more ends the one that was not used for longest."),

    setting("users.cache_size", "10000", "number", "How many users each instance remembers, about 500 bytes each: for a second, or while it hears from the others by Redis, until they change."),

    setting("jobs.at_once", "16", "number", "How many jobs this instance does at once; 0 leaves them to others."),
    setting("jobs.lease", r#""1m""#, "duration, 2s or more", "After this time without word of its worker a job is done again by another one. Three quarters of it are what a try may take."),

    setting("retention.deleted_accounts", r#""30d""#, "duration", "How long a deleted account can be brought back; then it is erased for good, with everything about it. Longer than `tokens.access_lifetime`."),
    setting("retention.sessions", r#""24h""#, "duration", "How long a session is kept after its end, with the address that it came from; longer than `tokens.access_lifetime`."),
    setting("retention.audit", r#""365d""#, "duration", "How long a record of the audit log is kept, with the address that a request came from; up to a week longer, because records are erased by segments."),
    setting("retention.dead_jobs", r#""30d""#, "duration", "How long a job that was given up is kept, with the address of the mail that it was to send."),

    setting("observability.metrics_listen", r#""127.0.0.1:9464""#, "address:port", "Where metrics are served; empty turns them off."),
    setting("observability.log_format", r#""json""#, "`json` or `pretty`", "What the log looks like."),
    setting("observability.log_filter", r#""info,actix_server=warn""#, "filter", "Which lines are logged, for example `warn` or `info,threshold_transport=warn`, which leaves out the line of each request."),
];

/// The setting of that key.
pub(crate) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

impl Setting {
    /// The environment variable that lays over it.
    pub(crate) fn variable(&self) -> String {
        format!("THRESHOLD_{}", self.key.replace('.', "__").to_uppercase())
    }

    /// Its section and its name there; the section is empty for settings at the top.
    pub(crate) fn section(&self) -> (&'static str, &'static str) {
        self.key.split_once('.').unwrap_or(("", self.key))
    }
}
