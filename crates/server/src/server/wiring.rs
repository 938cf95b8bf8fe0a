//! Which adapter serves which use case.

use super::adapters::{Adapters, build};
use super::api_key_wiring::{authenticate_machine, manage_api_keys};
use super::background;
use super::job_wiring::{JobWiring, wire_jobs};
use super::key_keeper::KeyKeeper;
use super::running::StartError;
use crate::config::Settings;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use threshold_application::access::{ChangeRoles, KeyUses, ListRoles, RecordDenial};
use threshold_application::accounts::{
    ChangePassword, CreateAccount, DeleteAccount, ExportPersonalData, ListAccounts, Register, RemoveAccount,
    RequestLink, ResetPassword, SetUp, ShowAccount, ShowProfile, UpdateAccount, UpdateProfile, VerifyEmail,
};
use threshold_application::audit::ListAudit;
use threshold_application::jobs::ManageJobs;
use threshold_application::operations::{CheckReadiness, RecordLifecycle};
use threshold_application::ports::ReadinessCheck;
use threshold_application::sessions::{
    Authenticate, AuthenticateBrowser, EndSessions, FollowNews, FollowRevocations, GuessGuard, GuessLimits,
    IssueAccessToken, ListSessions, RefreshSession, RotateKeys, SignIn, SignInSettings,
};
use threshold_diesel::Database;
use threshold_in_process::TimeLimitedCheck;
use threshold_redis::Redis;
use threshold_telemetry::PrometheusMeter;
use threshold_tokens::{JwtTokens, SigningKeyCheck};
use threshold_transport::{HttpSettings, Services};

/// `/ready` answers within two seconds; each part has less.
const CHECK_LIMIT: Duration = Duration::from_millis(1500);

/// Everything that the HTTP servers and the background work need.
pub(super) struct Wiring {
    pub(super) services: Services,
    pub(super) http: HttpSettings,
    pub(super) database: Database,
    pub(super) meter: Arc<PrometheusMeter>,
    pub(super) follow_revocations: FollowRevocations,
    pub(super) follow_news: Option<FollowNews>,
    pub(super) jobs: JobWiring,
    pub(super) keys: KeyKeeper,
    pub(super) tokens: Arc<JwtTokens>,
    pub(super) rotate_keys: RotateKeys,
    pub(super) key_uses: Arc<KeyUses>,
    pub(super) lifecycle: RecordLifecycle,
    pub(super) draining: Arc<AtomicBool>,
}

/// Builds every adapter and hands it to the use cases.
pub(super) async fn wire(settings: &Settings, started: Instant) -> Result<Wiring, StartError> {
    let adapters = build(settings).await?;
    let draining = Arc::new(AtomicBool::new(false));
    let follow_revocations = FollowRevocations {
        sessions: adapters.database.sessions(),
        keys: adapters.database.api_keys(),
        announcer: Arc::clone(&adapters.announcer),
        revocations: adapters.revocations.clone(),
        clock: Arc::clone(&adapters.clock),
        meter: adapters.meter.clone(),
    };
    let follow_news = adapters.redis.as_ref().map(|redis| FollowNews {
        feed: redis.news_feed(),
        announcer: Arc::clone(&adapters.announcer),
        clock: Arc::clone(&adapters.clock),
    });
    let jobs = wire_jobs(settings, &adapters);
    let services = services(settings, &adapters, &jobs.manage, &draining);
    let key_uses = Arc::clone(&services.authenticate_machine.uses);
    let http = HttpSettings {
        public_url: settings.server.public_url.clone(),
        https: settings.server.public_url.starts_with("https://"),
        cors_origins: settings.server.cors_origins.clone(),
        trusted_proxies: settings.server.trusted_proxies.clone(),
        limits: settings.limits.requests,
        body_timeout: settings.server.body_timeout,
        registration: settings.registration.clone(),
        started,
    };
    background::catch_up(&follow_revocations).await;
    let lifecycle = RecordLifecycle {
        unit_of_work: adapters.database.unit_of_work(),
        audit: adapters.database.audit(),
        clock: Arc::clone(&adapters.clock),
        version: env!("CARGO_PKG_VERSION"),
        settings: settings.shown.clone(),
    };
    let Adapters { database, meter, keys, tokens, .. } = adapters;
    let rotate_keys = keys.rotation(settings);
    Ok(Wiring {
        services,
        http,
        database,
        meter,
        follow_revocations,
        follow_news,
        jobs,
        keys,
        tokens,
        rotate_keys,
        key_uses,
        lifecycle,
        draining,
    })
}

fn services(
    settings: &Settings,
    adapters: &Adapters,
    manage_jobs: &Arc<ManageJobs>,
    draining: &Arc<AtomicBool>,
) -> Services {
    let Adapters { clock, database, .. } = adapters;
    let sign_in = Arc::new(sign_in(settings, adapters));
    let create_account = Arc::new(create_account(adapters));
    Services {
        change_password: Arc::new(change_password(adapters, &sign_in)),
        register: Arc::new(register(adapters)),
        verify_email: Arc::new(verify_email(adapters)),
        request_link: Arc::new(request_link(adapters)),
        reset_password: Arc::new(reset_password(adapters)),
        show_profile: Arc::new(ShowProfile { accounts: adapters.users.clone() }),
        update_profile: Arc::new(update_profile(settings, adapters)),
        delete_account: Arc::new(delete_account(settings, adapters, &sign_in)),
        list_accounts: Arc::new(ListAccounts { directory: database.user_directory(), roles: database.roles() }),
        show_account: Arc::new(ShowAccount { directory: database.user_directory() }),
        set_up: Arc::new(set_up(adapters, &create_account)),
        create_account,
        remove_account: Arc::new(remove_account(settings, adapters)),
        update_account: Arc::new(update_account(adapters)),
        list_roles: Arc::new(ListRoles { roles: database.roles() }),
        change_roles: Arc::new(change_roles(adapters)),
        manage_api_keys: Arc::new(manage_api_keys(adapters)),
        record_denial: Arc::new(RecordDenial { unit_of_work: database.unit_of_work(), clock: Arc::clone(clock) }),
        list_audit: Arc::new(ListAudit { audit: database.audit() }),
        manage_jobs: Arc::clone(manage_jobs),
        export_personal_data: Arc::new(ExportPersonalData { data: database.personal_data() }),
        sign_in,
        issue_access_token: Arc::new(issue_access_token(settings, adapters)),
        refresh_session: Arc::new(refresh_session(settings, adapters)),
        list_sessions: Arc::new(ListSessions { sessions: database.sessions(), clock: Arc::clone(clock) }),
        end_sessions: Arc::new(end_sessions(adapters)),
        authenticate: Arc::new(authenticate(adapters)),
        authenticate_machine: Arc::new(authenticate_machine(settings, adapters)),
        authenticate_browser: Arc::new(authenticate_browser(settings, adapters)),
        check_readiness: Arc::new(CheckReadiness {
            checks: readiness_checks(adapters),
            clock: Arc::clone(clock),
            draining: Arc::clone(draining),
        }),
        tokens: adapters.tokens.clone(),
        secrets: Arc::clone(&adapters.secrets),
        random: Arc::clone(&adapters.random),
        buckets: Arc::clone(&adapters.buckets),
        clock: Arc::clone(clock),
        meter: adapters.meter.clone(),
        ids: Arc::clone(&adapters.ids),
    }
}

fn issue_access_token(settings: &Settings, adapters: &Adapters) -> IssueAccessToken {
    IssueAccessToken {
        tokens: adapters.tokens.clone(),
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
        lifetime: settings.tokens.access_lifetime,
    }
}

fn refresh_session(settings: &Settings, adapters: &Adapters) -> RefreshSession {
    RefreshSession {
        renewals: adapters.database.renewals(),
        unit_of_work: adapters.database.unit_of_work(),
        secrets: Arc::clone(&adapters.secrets),
        announcer: Arc::clone(&adapters.announcer),
        clock: Arc::clone(&adapters.clock),
        meter: adapters.meter.clone(),
        lifetimes: settings.sessions.lifetimes,
    }
}

fn end_sessions(adapters: &Adapters) -> EndSessions {
    EndSessions {
        unit_of_work: adapters.database.unit_of_work(),
        sessions: adapters.database.sessions(),
        announcer: Arc::clone(&adapters.announcer),
        clock: Arc::clone(&adapters.clock),
    }
}

fn authenticate(adapters: &Adapters) -> Authenticate {
    Authenticate {
        tokens: adapters.tokens.clone(),
        revocations: adapters.revocations.clone(),
        sessions: adapters.database.sessions(),
        clock: Arc::clone(&adapters.clock),
        meter: adapters.meter.clone(),
    }
}

fn authenticate_browser(settings: &Settings, adapters: &Adapters) -> AuthenticateBrowser {
    AuthenticateBrowser {
        sessions: adapters.database.sessions(),
        unit_of_work: adapters.database.unit_of_work(),
        secrets: Arc::clone(&adapters.secrets),
        clock: Arc::clone(&adapters.clock),
        lifetimes: settings.sessions.lifetimes,
    }
}

fn sign_in(settings: &Settings, adapters: &Adapters) -> SignIn {
    let Adapters { clock, database, secrets, .. } = adapters;
    let guard = GuessGuard::new(
        database.attempts(),
        database.unit_of_work(),
        Arc::clone(secrets),
        Arc::clone(clock),
        GuessLimits::default(),
    );
    SignIn {
        accounts: database.accounts(),
        guard: Arc::new(guard),
        hasher: Arc::clone(&adapters.hasher),
        unit_of_work: database.unit_of_work(),
        random: Arc::clone(&adapters.random),
        secrets: Arc::clone(secrets),
        announcer: Arc::clone(&adapters.announcer),
        clock: Arc::clone(clock),
        ids: Arc::clone(&adapters.ids),
        meter: adapters.meter.clone(),
        settings: SignInSettings {
            lifetimes: settings.sessions.lifetimes,
            max_sessions: settings.sessions.max_per_user,
            require_verified_email: settings.require_verified_email,
        },
    }
}

fn readiness_checks(adapters: &Adapters) -> Vec<Arc<dyn ReadinessCheck>> {
    let signing_key = SigningKeyCheck {
        tokens: adapters.tokens.clone(),
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
    };
    let mut checks = adapters.database.readiness_checks();
    checks.push(Arc::new(signing_key));
    checks.extend(adapters.redis.as_ref().map(Redis::check));
    let limited = |check| -> Arc<dyn ReadinessCheck> { Arc::new(TimeLimitedCheck { check, limit: CHECK_LIMIT }) };
    checks.into_iter().map(limited).collect()
}

fn register(adapters: &Adapters) -> Register {
    Register {
        accounts: adapters.database.accounts(),
        attempts: adapters.database.attempts(),
        secrets: Arc::clone(&adapters.secrets),
        hasher: Arc::clone(&adapters.hasher),
        unit_of_work: adapters.database.unit_of_work(),
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
        meter: adapters.meter.clone(),
    }
}

fn request_link(adapters: &Adapters) -> RequestLink {
    RequestLink {
        unit_of_work: adapters.database.unit_of_work(),
        secrets: Arc::clone(&adapters.secrets),
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
    }
}

fn reset_password(adapters: &Adapters) -> ResetPassword {
    ResetPassword {
        hasher: Arc::clone(&adapters.hasher),
        unit_of_work: adapters.database.unit_of_work(),
        secrets: Arc::clone(&adapters.link_secrets),
        announcer: Arc::clone(&adapters.announcer),
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
    }
}

fn change_password(adapters: &Adapters, sign_in: &Arc<SignIn>) -> ChangePassword {
    ChangePassword {
        accounts: adapters.database.accounts(),
        sign_in: Arc::clone(sign_in),
        hasher: Arc::clone(&adapters.hasher),
        unit_of_work: adapters.database.unit_of_work(),
        announcer: Arc::clone(&adapters.announcer),
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
    }
}

fn change_roles(adapters: &Adapters) -> ChangeRoles {
    ChangeRoles {
        unit_of_work: adapters.database.unit_of_work(),
        announcer: Arc::clone(&adapters.announcer),
        clock: Arc::clone(&adapters.clock),
    }
}

fn verify_email(adapters: &Adapters) -> VerifyEmail {
    VerifyEmail {
        unit_of_work: adapters.database.unit_of_work(),
        secrets: Arc::clone(&adapters.link_secrets),
        announcer: Arc::clone(&adapters.announcer),
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
    }
}

fn update_profile(settings: &Settings, adapters: &Adapters) -> UpdateProfile {
    UpdateProfile {
        accounts: adapters.database.accounts(),
        unit_of_work: adapters.database.unit_of_work(),
        secrets: Arc::clone(&adapters.secrets),
        announcer: Arc::clone(&adapters.announcer),
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
        conceal_existing: settings.registration.conceal_existing,
    }
}

fn delete_account(settings: &Settings, adapters: &Adapters, sign_in: &Arc<SignIn>) -> DeleteAccount {
    DeleteAccount {
        accounts: adapters.database.accounts(),
        sign_in: Arc::clone(sign_in),
        unit_of_work: adapters.database.unit_of_work(),
        announcer: Arc::clone(&adapters.announcer),
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
        retention: settings.retention.accounts,
    }
}

fn remove_account(settings: &Settings, adapters: &Adapters) -> RemoveAccount {
    RemoveAccount {
        unit_of_work: adapters.database.unit_of_work(),
        announcer: Arc::clone(&adapters.announcer),
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
        retention: settings.retention.accounts,
    }
}

pub(super) fn create_account(adapters: &Adapters) -> CreateAccount {
    CreateAccount {
        hasher: Arc::clone(&adapters.hasher),
        unit_of_work: adapters.database.unit_of_work(),
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
    }
}

fn set_up(adapters: &Adapters, create_account: &Arc<CreateAccount>) -> SetUp {
    SetUp { accounts: Arc::clone(create_account), secret: Arc::clone(&adapters.setup_secret) }
}

pub(super) fn update_account(adapters: &Adapters) -> UpdateAccount {
    UpdateAccount {
        unit_of_work: adapters.database.unit_of_work(),
        announcer: Arc::clone(&adapters.announcer),
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
    }
}
