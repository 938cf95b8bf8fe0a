//! Every metric that the service has.

/// What is measured: the one list of names, kinds, labels and explanations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Answered requests.
    HttpRequests,
    /// How long answers took.
    HttpRequestDuration,
    /// Requests under way.
    HttpRequestsInFlight,
    /// Passwords that wait to be hashed.
    HashQueueDepth,
    /// How long passwords waited.
    HashWait,
    /// Work that the hasher did or declined.
    Hashes,
    /// Connections by state.
    PoolConnections,
    /// How long somebody waited for a connection.
    PoolWait,
    /// Sign-ins by outcome.
    SignIns,
    /// Accounts that were registered.
    Registrations,
    /// Ended sessions, changed grants and revoked keys that are remembered.
    Revocations,
    /// Authentications that had to ask the store.
    RevocationFallbacks,
    /// Uses of refresh tokens by outcome.
    Refreshes,
    /// What the news feed did not carry.
    NewsFeedFailures,
    /// Requests that were refused because there were too many.
    RateLimited,
    /// Rate limits that an instance had to hold by itself.
    RateLimitFallbacks,
    /// Jobs that are stored.
    Jobs,
    /// Tries of jobs by outcome.
    JobTries,
    /// How long a try took.
    JobDuration,
}

/// How a metric behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts observations by size.
    Histogram,
}

impl Metric {
    /// All of them, in the order of the reference.
    pub const ALL: [Self; 19] = [
        Self::HttpRequests,
        Self::HttpRequestDuration,
        Self::HttpRequestsInFlight,
        Self::HashQueueDepth,
        Self::HashWait,
        Self::Hashes,
        Self::PoolConnections,
        Self::PoolWait,
        Self::SignIns,
        Self::Registrations,
        Self::Revocations,
        Self::RevocationFallbacks,
        Self::Refreshes,
        Self::NewsFeedFailures,
        Self::RateLimited,
        Self::RateLimitFallbacks,
        Self::Jobs,
        Self::JobTries,
        Self::JobDuration,
    ];

    /// The name as Prometheus sees it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HttpRequests => "threshold_http_requests_total",
            Self::HttpRequestDuration => "threshold_http_request_duration_seconds",
            Self::HttpRequestsInFlight => "threshold_http_requests_in_flight",
            Self::HashQueueDepth => "threshold_password_hash_queue_depth",
            Self::HashWait => "threshold_password_hash_wait_seconds",
            Self::Hashes => "threshold_password_hashes_total",
            Self::PoolConnections => "threshold_database_connections",
            Self::PoolWait => "threshold_database_connection_wait_seconds",
            Self::SignIns => "threshold_sign_ins_total",
            Self::Registrations => "threshold_registrations_total",
            Self::Revocations => "threshold_revocations",
            Self::RevocationFallbacks => "threshold_revocation_fallbacks_total",
            Self::Refreshes => "threshold_refreshes_total",
            Self::NewsFeedFailures => "threshold_news_feed_failures_total",
            Self::RateLimited => "threshold_rate_limited_total",
            Self::RateLimitFallbacks => "threshold_rate_limit_fallbacks_total",
            Self::Jobs => "threshold_jobs",
            Self::JobTries => "threshold_job_tries_total",
            Self::JobDuration => "threshold_job_duration_seconds",
        }
    }

    /// How it behaves.
    #[must_use]
    pub fn kind(self) -> MetricKind {
        match self {
            Self::HttpRequests
            | Self::Hashes
            | Self::SignIns
            | Self::Registrations
            | Self::RevocationFallbacks
            | Self::Refreshes
            | Self::NewsFeedFailures
            | Self::RateLimited
            | Self::RateLimitFallbacks
            | Self::JobTries => MetricKind::Counter,
            Self::HttpRequestsInFlight
            | Self::HashQueueDepth
            | Self::PoolConnections
            | Self::Revocations
            | Self::Jobs => MetricKind::Gauge,
            Self::HttpRequestDuration | Self::HashWait | Self::PoolWait | Self::JobDuration => MetricKind::Histogram,
        }
    }

    /// The names of its labels.
    #[must_use]
    pub fn labels(self) -> &'static [&'static str] {
        match self {
            Self::HttpRequests => &["route", "method", "status"],
            Self::HttpRequestDuration => &["route", "method"],
            Self::Hashes | Self::SignIns | Self::Refreshes => &["outcome"],
            Self::NewsFeedFailures => &["operation"],
            Self::RateLimited => &["class"],
            Self::PoolConnections => &["pool", "state"],
            Self::PoolWait => &["pool"],
            Self::Jobs => &["kind", "state"],
            Self::JobTries => &["kind", "outcome"],
            Self::JobDuration => &["kind"],
            Self::HttpRequestsInFlight
            | Self::HashQueueDepth
            | Self::HashWait
            | Self::Registrations
            | Self::Revocations
            | Self::RevocationFallbacks
            | Self::RateLimitFallbacks => &[],
        }
    }

    /// One sentence for the reference and for `# HELP`.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::HttpRequests => {
                "Answered requests, by route template, method and status; `unmatched` where no route fits."
            }
            Self::HttpRequestDuration => "Time from a request's head to its answer's head, in seconds.",
            Self::HttpRequestsInFlight => "Requests that are being answered.",
            Self::HashQueueDepth => "Passwords that wait to be hashed or compared.",
            Self::HashWait => "Time that a password waited before its hashing began, in seconds.",
            Self::Hashes => {
                "Passwords by what became of them: `done`, `abandoned` (the caller had gone) or `refused` (overloaded)."
            }
            Self::PoolConnections => {
                "Database connections by pool (`postgres`, `reader`, `writer`) and state (`idle`, `used`)."
            }
            Self::PoolWait => "Time that somebody waited for a database connection, in seconds.",
            Self::SignIns => {
                "Sign-in attempts: `succeeded`, `failed`, `refused` (right password, barred account) or `throttled` (too many failures)."
            }
            Self::Registrations => "Accounts registered.",
            Self::Revocations => {
                "Ended sessions, changed grants and revoked keys that are remembered until no token or memory of them is left."
            }
            Self::RevocationFallbacks => {
                "Requests whose session or key was looked up in the database because the list was out of date."
            }
            Self::Refreshes => {
                "Uses of refresh tokens: `renewed`, `invalid`, or `reused` (a used one came back, and its session was ended)."
            }
            Self::NewsFeedFailures => {
                "Times that the news feed between instances could not be used, to `announce` or to `follow`."
            }
            Self::RateLimited => "Requests answered 429 by the limit on addresses, by the class of limit.",
            Self::RateLimitFallbacks => {
                "Rate limits that this instance counted for itself because the shared ones were out of reach."
            }
            Self::Jobs => "Jobs by kind and state (`waiting`, `running`, `dead`); the same on every instance.",
            Self::JobTries => {
                "Tries of jobs by kind and outcome: `done`, `expired` (too late to be worth it), `failed` (tried again later), `dead` (given up) or `handed_back` (the worker stopped)."
            }
            Self::JobDuration => "Time that a try of a job took, by kind, in seconds.",
        }
    }
}
