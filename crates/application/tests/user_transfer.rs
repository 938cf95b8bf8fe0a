//! Users are brought along from elsewhere, and taken there.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use threshold_application::accounts::{ExportUsers, ImportError, ImportUsers};
use threshold_application::ports::{
    AuditFilter, AuditReader, BoxError, Checkpoint, ImportProgress, ImportTally, LinePlace, PasswordHashCheck,
    RefusedLine, SourceLine, UnitOfWork, UserPages, UserSink, UserSource,
};
use threshold_domain::accounts::{PasswordHash, UserField, UserId, UserRecord};
use threshold_domain::audit::Initiator;
use threshold_testkit::{FailingUnitOfWork, FixedClock, InMemoryStore, SequentialIds, a_user};
use uuid::Uuid;

/// Lines in memory: an address, a username where there is a space, a bad hash where there is a `?`, a fault where there is a `!`.
#[derive(Default)]
struct Lines {
    text: Vec<String>,
    next: usize,
    kept: Option<Checkpoint>,
    refused: Vec<(u64, String)>,
}

impl Lines {
    fn of(text: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { text: text.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    fn numbers(&self) -> Vec<u64> {
        self.refused.iter().map(|(number, _)| *number).collect()
    }
}

fn line(number: u64, text: &str) -> SourceLine {
    let place = LinePlace { number, next_number: number + 1, bytes: number - 1..number };
    let (email, username) = text.split_once(' ').map_or((text, None), |(email, name)| (email, Some(name)));
    let mut record = UserRecord::default();
    assert!(record.insert(UserField::Email, email.to_owned()));
    assert!(username.is_none_or(|name| record.insert(UserField::Username, name.to_owned())));
    let hash = if text.contains('?') { "bad" } else { "good" };
    assert!(record.insert(UserField::PasswordHash, hash.to_owned()));
    SourceLine { place, record: if text.contains('!') { Err("unreadable".to_owned()) } else { Ok(record) } }
}

impl UserSource for Lines {
    fn checkpoint(&self) -> Option<Checkpoint> {
        self.kept.clone()
    }

    fn start(&mut self, checkpoint: &Checkpoint) -> Result<(), BoxError> {
        self.refused.retain(|(number, _)| *number <= checkpoint.position);
        self.next = usize::try_from(checkpoint.position)?;
        Ok(())
    }

    fn read(&mut self, at_most: usize) -> Result<Vec<SourceLine>, BoxError> {
        let from = self.next;
        let lines: Vec<_> =
            (1..).zip(&self.text).skip(from).take(at_most).map(|(number, text)| line(number, text)).collect();
        self.next += lines.len();
        Ok(lines)
    }

    fn keep(&mut self, refused: &[RefusedLine], checkpoint: &Checkpoint) -> Result<(), BoxError> {
        self.refused.extend(refused.iter().map(|line| (line.place.number, line.reason.clone())));
        self.kept = Some(checkpoint.clone());
        Ok(())
    }

    fn finish(&mut self) -> Result<(), BoxError> {
        self.kept = None;
        Ok(())
    }
}

/// Whoever watches sees how often an earlier run was continued.
#[derive(Default)]
struct Watch {
    resumed: usize,
    refused: usize,
}

impl ImportProgress for Watch {
    fn resumed(&mut self, _checkpoint: &Checkpoint) {
        self.resumed += 1;
    }

    fn refused(&mut self, _line: &RefusedLine) {
        self.refused += 1;
    }

    fn advanced(&mut self, _checkpoint: &Checkpoint) {}
}

/// Knows one good hash.
struct OnlyGood;

impl PasswordHashCheck for OnlyGood {
    fn check(&self, hash: &PasswordHash) -> Result<(), BoxError> {
        if hash.expose() == "good" { Ok(()) } else { Err("not good".into()) }
    }
}

fn import(store: &InMemoryStore, unit_of_work: Arc<dyn UnitOfWork>) -> ImportUsers {
    ImportUsers {
        unit_of_work,
        accounts: Arc::new(store.clone()),
        hashes: Arc::new(OnlyGood),
        clock: Arc::new(FixedClock::default()),
        ids: Arc::new(SequentialIds::default()),
    }
}

async fn addresses(store: &InMemoryStore) -> Vec<String> {
    let page = UserPages::page(store, UserId::new(Uuid::nil()), 10_000, true).await.unwrap();
    let mut addresses: Vec<_> = page.into_iter().map(|one| one.user.email.as_str().to_owned()).collect();
    addresses.sort();
    addresses
}

fn tally(imported: u64, already_there: u64, refused: u64) -> ImportTally {
    ImportTally { imported, already_there, refused }
}

#[tokio::test]
async fn every_line_is_imported_or_there_already_or_refused_with_its_reason() {
    let store = InMemoryStore::default();
    let mut lines = Lines::of(["a@x ada", "b@x ada", "!", "c@x", "A@x ada", "a@x other", "no address", "d?@x.example"]);
    let mut watch = Watch::default();
    let users = import(&store, Arc::new(store.clone()));
    let done = users.execute(&mut lines, &mut watch).await.unwrap();
    assert_eq!((done, watch.refused), (tally(2, 1, 5), 5));
    assert_eq!(addresses(&store).await, ["a@x", "c@x"]);
    assert_eq!(lines.numbers(), [2, 3, 6, 7, 8]);
    let reasons: Vec<_> = lines.refused.iter().filter_map(|(_, reason)| reason.split(':').next()).collect();
    assert_eq!(reasons, ["username", "unreadable", "email", "email", "password_hash"]);
    assert_eq!(lines.checkpoint(), None);
}

fn many() -> Lines {
    Lines::of((1..=2_400).map(|number| if number % 100 == 0 { "!".to_owned() } else { format!("u{number}@x") }))
}

#[tokio::test]
async fn a_run_that_the_store_ends_goes_on_and_ends_like_an_undisturbed_one() {
    let store = InMemoryStore::default();
    let failing = FailingUnitOfWork::over(store.clone());
    let users = import(&store, Arc::new(failing.clone()));
    let (mut lines, mut watch) = (many(), Watch::default());
    // As if the first batch were done and the process gone.
    let mut first = Lines::of(lines.text.iter().take(1_000).cloned());
    users.execute(&mut first, &mut watch).await.unwrap();
    failing.set_commits_fail(true);
    let outcome = users.execute(&mut lines, &mut watch).await;
    assert!(matches!(outcome, Err(ImportError::Store(_))), "{outcome:?}");
    failing.set_commits_fail(false);
    let done = users.execute(&mut lines, &mut watch).await.unwrap();
    assert_eq!(done, tally(2_376 - 990, 990, 24));
    assert_eq!((addresses(&store).await.len(), lines.refused.len()), (2_376, 24));
}

/// A source that ends the run in the middle, as a killed process does.
struct CutOff<'a>(&'a mut Lines, usize);

impl UserSource for CutOff<'_> {
    fn checkpoint(&self) -> Option<Checkpoint> {
        self.0.checkpoint()
    }

    fn start(&mut self, checkpoint: &Checkpoint) -> Result<(), BoxError> {
        self.0.start(checkpoint)
    }

    fn read(&mut self, at_most: usize) -> Result<Vec<SourceLine>, BoxError> {
        self.0.read(at_most)
    }

    fn keep(&mut self, refused: &[RefusedLine], checkpoint: &Checkpoint) -> Result<(), BoxError> {
        self.1 = self.1.checked_sub(1).ok_or("cut off")?;
        self.0.keep(refused, checkpoint)
    }

    fn finish(&mut self) -> Result<(), BoxError> {
        self.0.finish()
    }
}

#[tokio::test]
async fn a_run_that_was_cut_off_goes_on_behind_its_checkpoint() {
    let store = InMemoryStore::default();
    let users = import(&store, Arc::new(store.clone()));
    let (mut lines, mut watch) = (many(), Watch::default());
    // The second batch is stored, and nobody remembers.
    let outcome = users.execute(&mut CutOff(&mut lines, 1), &mut watch).await;
    assert!(matches!(outcome, Err(ImportError::Source(_))), "{outcome:?}");
    let done = users.execute(&mut lines, &mut watch).await.unwrap();
    assert_eq!((done, watch.resumed), (tally(990 + 396, 990, 24), 1));
    assert_eq!((addresses(&store).await.len(), lines.refused.len()), (2_376, 24));
}

#[tokio::test]
async fn a_checkpoint_of_a_store_that_is_empty_again_does_not_count() {
    let (before, store) = (InMemoryStore::default(), InMemoryStore::default());
    let (mut lines, mut watch) = (many(), Watch::default());
    let cut_off = import(&before, Arc::new(before.clone())).execute(&mut CutOff(&mut lines, 1), &mut watch).await;
    assert!(cut_off.is_err() && lines.checkpoint().is_some());
    let done = import(&store, Arc::new(store.clone())).execute(&mut lines, &mut watch).await.unwrap();
    assert_eq!((done, watch.resumed), (tally(2_376, 0, 24), 0));
    assert_eq!(lines.refused.len(), 24);
}

/// Remembers what was written.
#[derive(Default)]
struct Written(Vec<UserRecord>);

impl UserSink for Written {
    fn write(&mut self, record: &UserRecord) -> Result<(), BoxError> {
        self.0.push(record.clone());
        Ok(())
    }
}

#[tokio::test]
async fn all_users_are_exported_and_their_hashes_if_they_are_wanted() {
    let store = InMemoryStore::default();
    let mut tx = store.begin().await.unwrap();
    let hash = PasswordHash::new("good".to_owned());
    for number in 0..2_500 {
        tx.users().insert(&a_user(number), Some(&hash)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let failing = Arc::new(FailingUnitOfWork::over(store.clone()));
    let clock = Arc::new(FixedClock::default());
    let export = ExportUsers { users: Arc::new(store.clone()), unit_of_work: failing.clone(), clock };
    let operator = Initiator::operator();
    for with_hashes in [false, true] {
        let mut written = Written::default();
        assert_eq!(export.execute(&operator, &mut written, "csv", with_hashes).await.unwrap(), 2_500);
        let expected = |number| UserRecord::of(&a_user(number), Some(&hash).filter(|_| with_hashes));
        assert!(written.0 == (0..2_500).map(expected).collect::<Vec<_>>());
    }
    let records = AuditReader::page(&store, &AuditFilter::default(), None, 9).await.unwrap();
    let told: Vec<_> =
        records.iter().map(|one| (&*one.record.action, &*one.record.actor, one.record.details.as_str())).collect();
    let as_told = |details| ("sensitive_read", "operator", details);
    assert_eq!(told, [as_told("format=csv\npassword_hashes=yes\n"), as_told("format=csv\npassword_hashes=no\n")]);
    failing.set_commits_fail(true);
    let mut written = Written::default();
    assert!(export.execute(&operator, &mut written, "csv", true).await.is_err());
    assert!(written.0.is_empty(), "what can't be recorded isn't done");
}
