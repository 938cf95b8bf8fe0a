//! What a record of the audit log costs the change that it is written with, and how fast the log is proven.

use crate::jobs::NoMeter;
use crate::program::binary;
use crate::{duration, median, report};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use threshold_application::audit::{VerificationStep, VerificationWatch, VerifyAudit};
use threshold_application::ports::{AuditSigner, Clock, IdGenerator};
use threshold_diesel::{Database, DatabaseSettings};
use threshold_domain::accounts::{Email, PasswordVersion, User, UserId};
use threshold_domain::audit::{AuditAction, AuditEvent, AuditFault, Initiator, Origin, Subject};
use threshold_domain::sessions::{
    Provenance, SecretDigest, Session, SessionId, SessionKind, SessionLifetimes, SessionRequest,
};
use threshold_in_process::{SystemClock, UuidV7Ids};
use threshold_tests::{Backend, Installation};
use threshold_tokens::AuditKey;

const ROUNDS: usize = 5;
/// Who write at once.
const WRITERS: u64 = 16;
/// How many records are proven, in transactions of so many.
const TRANSACTIONS: usize = 200;
const EVENTS: usize = 1000;
/// Records that have to be proven in a second.
const GOAL: f64 = 100_000.0;

/// A database in which people sign in.
struct Place {
    _installation: Installation,
    database: Database,
    signer: Arc<dyn AuditSigner>,
    ids: UuidV7Ids,
    users: Vec<UserId>,
}

struct Unwatched;

impl VerificationWatch for Unwatched {
    fn begins(&mut self, _records: u64) {}
    fn progressed(&mut self, _step: &VerificationStep) {}
    fn found(&mut self, fault: &AuditFault) {
        panic!("{fault}");
    }
}

pub(crate) async fn run() {
    for (backend, name) in [(Backend::Postgres, "PostgreSQL"), (Backend::Sqlite, "SQLite")] {
        let place = Place::new(backend).await;
        place.writes_a_second(true).await;
        let mut ratios = Vec::new();
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let recorded = place.writes_a_second(true).await;
            let bare = place.writes_a_second(false).await;
            ratios.push(recorded / bare);
            with.push(recorded);
            without.push(bare);
        }
        let figures = format!("{:.0} writes/s, without {:.0}", median(with), median(without));
        report(&format!("sign-ins written and recorded, {name}"), &figures, median(ratios), Some(("at least", 0.8)));
        place.fill().await;
        let mut rates = Vec::new();
        for _ in 0..ROUNDS {
            rates.push(place.proven_a_second().await);
        }
        let rate = median(rates);
        report(
            &format!("audit log proven, {name}, of 100,000 a second"),
            &format!("{rate:.0} records/s"),
            rate / GOAL,
            Some(("at least", 1.0)),
        );
    }
}

impl Place {
    async fn new(backend: Backend) -> Self {
        let installation = Installation::new(&binary(), backend).await;
        drop(installation.start().await);
        let settings = DatabaseSettings::new(installation.database_url().parse().unwrap());
        let key = AuditKey::new(&"5e".repeat(32).parse().unwrap()).unwrap();
        let signer: Arc<dyn AuditSigner> = Arc::new(key);
        let database = Database::connect(&settings, Arc::new(NoMeter)).await.unwrap();
        let database = database.recording(Arc::clone(&signer), Arc::new(UuidV7Ids::default()));
        let ids = UuidV7Ids::default();
        let mut users = Vec::new();
        let mut tx = database.unit_of_work().begin().await.unwrap();
        for number in 0..WRITERS {
            let email = Email::parse(&format!("user-{number}@example.org")).unwrap();
            let user = User::registered(UserId::new(ids.next()), email, None, None, SystemClock.now());
            tx.users().insert(&user, None).await.unwrap();
            users.push(user.id);
        }
        tx.commit().await.unwrap();
        Self { _installation: installation, database, signer, ids, users }
    }

    /// What a sign-in writes, with its record or without; each writer has a user of its own.
    async fn writes_a_second(&self, is_recorded: bool) -> f64 {
        let (began, written) = (Instant::now(), AtomicU64::new(0));
        let writers = self.users.iter().map(|user| async {
            while began.elapsed() < duration() {
                self.write(*user, is_recorded).await;
                written.fetch_add(1, Ordering::Relaxed);
            }
        });
        futures::future::join_all(writers).await;
        written.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64()
    }

    async fn write(&self, user: UserId, is_recorded: bool) {
        let now = SystemClock.now();
        let mut digest = [0; 32];
        let id = self.ids.next();
        for (place, byte) in digest.iter_mut().zip(id.as_bytes()) {
            *place = *byte;
        }
        let request =
            SessionRequest { kind: SessionKind::Tokens, remembered: false, provenance: Provenance::default() };
        let lifetimes = SessionLifetimes::default();
        let session = Session::started(SessionId::new(id), user, request, SecretDigest::new(digest), now, &lifetimes);
        let mut tx = self.database.unit_of_work().begin().await.unwrap();
        tx.users().record_login(user, PasswordVersion::default(), now).await.unwrap();
        tx.sessions().end_oldest(user, 20, now).await.unwrap();
        tx.sessions().insert(&session).await.unwrap();
        tx.grants().of(user).await.unwrap();
        if is_recorded {
            tx.audit().record(event(user, session.id));
        }
        tx.commit().await.unwrap();
    }

    async fn fill(&self) {
        for _ in 0..TRANSACTIONS {
            let mut tx = self.database.unit_of_work().begin().await.unwrap();
            for user in self.users.iter().cycle().take(EVENTS) {
                tx.audit().record(event(*user, SessionId::new(self.ids.next())));
            }
            tx.commit().await.unwrap();
        }
    }

    async fn proven_a_second(&self) -> f64 {
        let verify = VerifyAudit { chains: self.database.audit_chains(), signer: Arc::clone(&self.signer) };
        let began = Instant::now();
        let report = verify.execute(None, None, &mut Unwatched).await.unwrap();
        report.records as f64 / began.elapsed().as_secs_f64()
    }
}

/// A sign-in.
fn event(user: UserId, session: SessionId) -> AuditEvent {
    let initiator = Initiator::known(user.into(), Origin::default());
    AuditEvent::new(AuditAction::LoginSucceeded, &initiator, SystemClock.now()).on(Subject::Session(session))
}
