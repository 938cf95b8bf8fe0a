//! Bringing users along from elsewhere.

use crate::ports::{
    AccountReader, BoxError, Checkpoint, Clock, IdGenerator, ImportProgress, ImportTally, Intake, LinePlace,
    PasswordHashCheck, RefusedLine, SourceLine, StoreError, Uniqueness, UnitOfWork, UserSource,
};
use futures::future::join;
use std::sync::Arc;
use threshold_domain::accounts::{FieldFault, ImportedUser, UserId, UserRecord};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator};

/// Users in one transaction, some ten milliseconds of work.
const BATCH: usize = 1_000;
/// How often a transaction is tried that the store could not do, before the run ends; it can be taken up again later.
const TRIES: u32 = 3;

/// Brings in the users of a file.
pub struct ImportUsers {
    /// Stores them; lets others write between two transactions.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Tells whether an earlier run's users are still there.
    pub accounts: Arc<dyn AccountReader>,
    /// Judges their hashes.
    pub hashes: Arc<dyn PasswordHashCheck>,
    /// Dates who has no date.
    pub clock: Arc<dyn Clock>,
    /// Names who has no id.
    pub ids: Arc<dyn IdGenerator>,
}

/// Why users were not brought in to the end; what was done stays, and the next run goes on there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file, or one beside it.
    #[error("the file of users failed")]
    Source(#[source] BoxError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lines that were read: users to store, and lines that are none.
struct Batch {
    users: Vec<ImportedUser>,
    places: Vec<LinePlace>,
    refused: Vec<RefusedLine>,
    /// Where the last line stands.
    last: LinePlace,
}

impl ImportUsers {
    /// Brings in every user whom no rule keeps out, and keeps the other lines beside the file. Cut off at any moment and run
    /// again it ends as if it hadn't been.
    ///
    /// # Errors
    /// See [`ImportError`].
    pub async fn execute(
        &self,
        source: &mut dyn UserSource,
        progress: &mut dyn ImportProgress,
    ) -> Result<ImportTally, ImportError> {
        let mut done = self.resume(source, progress).await?;
        let mut next = self.prepare(source)?;
        while let Some(batch) = next {
            // While the store works or lets others go first, the lines that come after are read.
            let (intakes, read_on) = join(self.store(&batch.users), async { self.prepare(source) }).await;
            let (refused, checkpoint) = settle(batch, intakes?, &done);
            source.keep(&refused, &checkpoint).map_err(ImportError::Source)?;
            for line in &refused {
                progress.refused(line);
            }
            progress.advanced(&checkpoint);
            done = checkpoint;
            next = read_on?;
        }
        source.finish().map_err(ImportError::Source)?;
        Ok(done.tally)
    }

    /// Where an earlier run was cut off; the beginning if there was none, or if its users are gone: then this is another
    /// database, or an older copy.
    async fn resume(
        &self,
        source: &mut dyn UserSource,
        progress: &mut dyn ImportProgress,
    ) -> Result<Checkpoint, ImportError> {
        let mut checkpoint = source.checkpoint().unwrap_or_default();
        if let Some(newest) = checkpoint.newest
            && self.accounts.find(newest).await?.is_none()
        {
            checkpoint = Checkpoint::default();
        }
        source.start(&checkpoint).map_err(ImportError::Source)?;
        if checkpoint != Checkpoint::default() {
            progress.resumed(&checkpoint);
        }
        Ok(checkpoint)
    }

    /// Reads lines and the users that they describe; `None` at the end.
    fn prepare(&self, source: &mut dyn UserSource) -> Result<Option<Batch>, ImportError> {
        let lines = source.read(BATCH).map_err(ImportError::Source)?;
        let Some(last) = lines.last().map(|line| line.place.clone()) else { return Ok(None) };
        let mut batch = Batch { users: Vec::with_capacity(lines.len()), places: Vec::new(), refused: Vec::new(), last };
        for SourceLine { place, record } in lines {
            match record.and_then(|record| self.user(&record)) {
                Ok(user) => {
                    batch.users.push(user);
                    batch.places.push(place);
                }
                Err(reason) => batch.refused.push(RefusedLine { place, reason }),
            }
        }
        Ok(Some(batch))
    }

    fn user(&self, record: &UserRecord) -> Result<ImportedUser, String> {
        let parsed = record.parse(|| UserId::new(self.ids.next()), self.clock.now());
        let user = parsed.map_err(|faults| list(&faults))?;
        if let Some(hash) = &user.credentials.password_hash {
            self.hashes.check(hash).map_err(|error| format!("password_hash: {error}"))?;
        }
        Ok(user)
    }

    /// Stores users in one transaction. A store that is busy, or that lets somebody else go first, is asked again.
    async fn store(&self, users: &[ImportedUser]) -> Result<Vec<Intake>, StoreError> {
        let mut tries = 1;
        loop {
            match self.store_once(users).await {
                Err(StoreError::Unavailable(_) | StoreError::Overloaded) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn store_once(&self, users: &[ImportedUser]) -> Result<Vec<Intake>, StoreError> {
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.unit_of_work.begin().await?;
        let intakes = tx.intake().add_all(users).await?;
        let added = intakes.iter().filter(|intake| matches!(intake, Intake::Added)).count();
        if added > 0 {
            // One for each thousand: a record a user would cost more than the user.
            let event = AuditEvent::new(AuditAction::UserCreated, &Initiator::operator(), self.clock.now());
            tx.audit().record(event.with("event", "imported").with("users", added));
        }
        tx.commit().await?;
        Ok(intakes)
    }
}

/// What a batch came to: the lines that were refused, in their order, and how far the file is done now.
fn settle(batch: Batch, intakes: Vec<Intake>, done: &Checkpoint) -> (Vec<RefusedLine>, Checkpoint) {
    let Batch { users, places, mut refused, last } = batch;
    let (mut tally, mut newest) = (done.tally, done.newest);
    for ((user, place), intake) in users.into_iter().zip(places).zip(intakes) {
        match intake {
            Intake::Added => {
                tally.imported += 1;
                newest = Some(user.credentials.user.id);
            }
            Intake::Taken { holder, .. } if user.is(&holder) => {
                tally.already_there += 1;
                newest = Some(holder.user.id);
            }
            Intake::Taken { rule, .. } => refused.push(RefusedLine { place, reason: taken(rule).to_owned() }),
        }
    }
    refused.sort_by_key(|line| line.place.number);
    tally.refused += u64::try_from(refused.len()).unwrap_or(u64::MAX);
    (refused, Checkpoint { position: last.bytes.end, lines: last.next_number - 1, tally, newest })
}

fn list(faults: &[FieldFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn taken(rule: Uniqueness) -> &'static str {
    match rule {
        Uniqueness::Email => "email: Somebody who has this address is there already, with other names, password or id.",
        Uniqueness::Username => "username: Somebody else has this username.",
        Uniqueness::Id => "id: Somebody else has this id, or had it until they were deleted.",
        Uniqueness::SigningKey => "The store refused the line.",
    }
}
