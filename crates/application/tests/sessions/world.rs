//! The use cases of sessions over fakes.

use std::sync::Arc;
use std::time::Duration;
use threshold_application::ports::{Metric, PasswordHasher, UnitOfWork};
use threshold_application::sessions::{
    Announcer, Attempt, Authenticate, AuthenticateBrowser, AuthenticateError, EndSessions, FollowNews,
    FollowRevocations, GuessGuard, GuessLimits, Guesser, IssueAccessToken, ListSessions, Person, RefreshSession,
    SignIn, SignInError, SignInSettings, SignedIn,
};
use threshold_domain::accounts::{Login, Password, User};
use threshold_domain::sessions::{
    AccessToken, Provenance, SessionKind, SessionLifetimes, SessionRequest, SessionToken,
};
use threshold_testkit::{
    FailingUnitOfWork, FakeHasher, FakeNewsFeed, FakeRevocations, FakeSecrets, FakeTokens, FakeUserCache, FixedClock,
    InMemoryStore, RecordingMeter, SeededSecrets, SequentialIds, a_password, a_user, an_initiator,
};

pub(crate) const LIFETIME: Duration = Duration::from_mins(15);

/// One instance of the service; two of them can share a store and a feed.
pub(crate) struct World {
    pub(crate) store: InMemoryStore,
    pub(crate) failing: FailingUnitOfWork,
    pub(crate) feed: Arc<FakeNewsFeed>,
    pub(crate) hasher: Arc<FakeHasher>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) meter: Arc<RecordingMeter>,
    pub(crate) revocations: Arc<FakeRevocations>,
    pub(crate) users: Arc<FakeUserCache>,
    pub(crate) sign_in: SignIn,
    pub(crate) issue: IssueAccessToken,
    pub(crate) refresh: RefreshSession,
    pub(crate) authenticate: Authenticate,
    pub(crate) browser: AuthenticateBrowser,
    pub(crate) list: ListSessions,
    pub(crate) end: EndSessions,
    pub(crate) follow: FollowRevocations,
    pub(crate) follow_news: FollowNews,
}

/// An instance on a store of its own, with the first user in it.
pub(crate) async fn world() -> World {
    let world = instance(&InMemoryStore::default(), &Arc::new(FakeNewsFeed::default()), &Arc::default());
    world.add(&a_user(1)).await;
    world
}

/// An instance on that store.
pub(crate) fn instance(store: &InMemoryStore, feed: &Arc<FakeNewsFeed>, tokens: &Arc<FakeTokens>) -> World {
    let store = store.clone();
    let failing = FailingUnitOfWork::over(store.clone());
    let (hasher, clock) = (Arc::new(FakeHasher::default()), Arc::new(FixedClock::default()));
    let (meter, revocations) = (Arc::new(RecordingMeter::default()), Arc::new(FakeRevocations::default()));
    let (users, ids) = (Arc::new(FakeUserCache::default()), Arc::new(SequentialIds::default()));
    let unit_of_work: Arc<dyn UnitOfWork> = Arc::new(failing.clone());
    let sessions = Arc::new(failing.clone());
    let secrets = Arc::new(FakeSecrets);
    let lifetimes = SessionLifetimes::default();
    let announcer = Arc::new(Announcer {
        revocations: revocations.clone(),
        users: users.clone(),
        feed: Some(feed.clone()),
        meter: meter.clone(),
        access_lifetime: LIFETIME,
    });
    World {
        sign_in: sign_in(&failing, &hasher, &announcer, &clock, &ids, &meter),
        issue: IssueAccessToken { tokens: tokens.clone(), clock: clock.clone(), ids, lifetime: LIFETIME },
        refresh: RefreshSession {
            renewals: sessions.clone(),
            unit_of_work: unit_of_work.clone(),
            secrets: secrets.clone(),
            announcer: announcer.clone(),
            clock: clock.clone(),
            meter: meter.clone(),
            lifetimes,
        },
        authenticate: authenticate(&failing, tokens, &revocations, &clock, &meter),
        browser: browser(&failing, &clock),
        list: ListSessions { sessions: sessions.clone(), clock: clock.clone() },
        end: EndSessions {
            unit_of_work: unit_of_work.clone(),
            sessions: sessions.clone(),
            announcer: announcer.clone(),
            clock: clock.clone(),
        },
        follow: FollowRevocations {
            sessions: sessions.clone(),
            keys: sessions,
            announcer: announcer.clone(),
            revocations: revocations.clone(),
            clock: clock.clone(),
            meter: meter.clone(),
        },
        follow_news: FollowNews { feed: feed.clone(), announcer, clock: clock.clone() },
        feed: feed.clone(),
        store,
        failing,
        hasher,
        clock,
        meter,
        revocations,
        users,
    }
}

fn authenticate(
    store: &FailingUnitOfWork,
    tokens: &Arc<FakeTokens>,
    revocations: &Arc<FakeRevocations>,
    clock: &Arc<FixedClock>,
    meter: &Arc<RecordingMeter>,
) -> Authenticate {
    Authenticate {
        tokens: tokens.clone(),
        revocations: revocations.clone(),
        sessions: Arc::new(store.clone()),
        clock: clock.clone(),
        meter: meter.clone(),
    }
}

fn browser(store: &FailingUnitOfWork, clock: &Arc<FixedClock>) -> AuthenticateBrowser {
    AuthenticateBrowser {
        sessions: Arc::new(store.clone()),
        unit_of_work: Arc::new(store.clone()),
        secrets: Arc::new(FakeSecrets),
        clock: clock.clone(),
        lifetimes: SessionLifetimes::default(),
    }
}

fn sign_in(
    store: &FailingUnitOfWork,
    hasher: &Arc<FakeHasher>,
    announcer: &Arc<Announcer>,
    clock: &Arc<FixedClock>,
    ids: &Arc<SequentialIds>,
    meter: &Arc<RecordingMeter>,
) -> SignIn {
    let store = Arc::new(store.clone());
    let secrets = Arc::new(FakeSecrets);
    let limits = GuessLimits::default();
    let guard = GuessGuard::new(store.clone(), store.clone(), secrets.clone(), clock.clone(), limits);
    SignIn {
        accounts: store.clone(),
        guard: Arc::new(guard),
        hasher: hasher.clone(),
        unit_of_work: store,
        random: Arc::new(SeededSecrets::default()),
        secrets,
        announcer: announcer.clone(),
        clock: clock.clone(),
        ids: ids.clone(),
        meter: meter.clone(),
        settings: SignInSettings {
            lifetimes: SessionLifetimes::default(),
            max_sessions: 3,
            require_verified_email: false,
        },
    }
}

impl World {
    pub(crate) async fn add(&self, user: &User) {
        let hash = self.hasher.hash(a_password()).await.unwrap();
        let mut tx = self.store.begin().await.unwrap();
        tx.users().insert(user, Some(&hash)).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub(crate) async fn try_password(&self, login: Login, password: Password) -> Result<SignedIn, SignInError> {
        self.sign_in_from(Attempt { initiator: an_initiator(), login, password, guesser: Guesser::default() }).await
    }

    pub(crate) async fn sign_in_from(&self, attempt: Attempt) -> Result<SignedIn, SignInError> {
        let proven = self.sign_in.check(attempt).await?;
        self.sign_in.start_session(proven, request(SessionKind::Tokens), None).await
    }

    pub(crate) async fn sign_in(&self, user: &User) -> Result<SignedIn, SignInError> {
        self.try_password(Login::Email(user.email.clone()), a_password()).await
    }

    pub(crate) async fn open_browser(&self, user: &User, replaced: Option<&SessionToken>) -> SignedIn {
        let login = Login::Email(user.email.clone());
        let attempt = Attempt { initiator: an_initiator(), login, password: a_password(), guesser: Guesser::default() };
        let proven = self.sign_in.check(attempt).await.unwrap();
        self.sign_in.start_session(proven, request(SessionKind::Browser), replaced).await.unwrap()
    }

    pub(crate) fn token(&self, signed_in: &SignedIn) -> AccessToken {
        self.issue.execute(signed_in).unwrap().token
    }

    pub(crate) async fn caller(&self, token: &AccessToken) -> Result<Person, AuthenticateError> {
        self.authenticate.execute(token.expose()).await
    }

    pub(crate) fn outcomes(&self, outcome: &str) -> u64 {
        self.meter.counted(Metric::SignIns, &[outcome])
    }

    pub(crate) async fn change_grants(&self, user: &User) {
        let mut tx = self.store.begin().await.unwrap();
        let version = tx.grants().next_version().await.unwrap();
        let now = threshold_application::ports::Clock::now(self.clock.as_ref());
        tx.grants().mark_changed(user.id, version, now).await.unwrap();
        tx.commit().await.unwrap();
    }
}

fn request(kind: SessionKind) -> SessionRequest {
    SessionRequest { kind, remembered: true, provenance: Provenance::default() }
}

pub(crate) fn wrong() -> Password {
    Password::parse("something else 11").unwrap()
}
