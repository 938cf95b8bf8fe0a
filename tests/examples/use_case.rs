//! A use case of Threshold on fakes in memory: `cargo run --package threshold-testkit --example use_case`
//!
//! It runs without a database, a network or a clock: time stands still until it is told to go on.

use chrono::TimeDelta;
use std::error::Error;
use std::io::{self, Write};
use std::sync::Arc;
use threshold_application::accounts::{Register, RegisterError, ShowProfile};
use threshold_testkit::{
    FakeHasher, FakeSecrets, FixedClock, InMemoryStore, RecordingMeter, SequentialIds, a_registration, an_initiator,
};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    tell(&mut io::stdout()).await
}

/// Registers two people and one of them again, and writes down what came of it.
pub(crate) async fn tell(out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let (store, clock) = (InMemoryStore::default(), Arc::new(FixedClock::default()));
    // A use case is a struct of the ports that it needs.
    let register = Register {
        accounts: Arc::new(store.clone()),
        attempts: Arc::new(store.clone()),
        secrets: Arc::new(FakeSecrets),
        hasher: Arc::new(FakeHasher::default()),
        unit_of_work: Arc::new(store.clone()),
        clock: clock.clone(),
        ids: Arc::new(SequentialIds::default()),
        meter: Arc::new(RecordingMeter::default()),
    };
    let ada = register.execute(&an_initiator(), a_registration("ada@example.org")).await?;
    clock.advance(TimeDelta::hours(1));
    let grace = register.execute(&an_initiator(), a_registration("grace@example.org")).await?;
    writeln!(out, "{} came {} after {}", grace.email.as_str(), grace.created_at - ada.created_at, ada.email.as_str())?;

    match register.execute(&an_initiator(), a_registration("ADA@example.org")).await {
        Err(RegisterError::EmailTaken) => writeln!(out, "nobody registers twice")?,
        other => return Err(format!("expected a refusal: {other:?}").into()),
    }

    let profile = ShowProfile { accounts: Arc::new(store) };
    writeln!(out, "{} is stored", profile.execute(ada.id).await?.email.as_str())?;
    Ok(())
}
