//! `threshold keys`

use super::{Failure, print, serve};
use crate::config::Settings;
use crate::server::key_rotation;
use clap::Subcommand;
use std::fmt::Write;
use threshold_application::ports::BoxError;
use threshold_application::sessions::RotateKeys;
use threshold_domain::Timestamp;
use threshold_domain::audit::Initiator;
use threshold_domain::sessions::{KeyId, KeyState, SigningKey};

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Task {
    /// Lists the keys that sign access tokens, and where they are in their lives.
    List,
    /// Publishes a new key, which signs after `tokens.key_lead`; no token is refused because of it.
    Rotate,
    /// Takes a key that leaked out of use at once, with every token that it signed.
    Retire {
        /// Which one, as `keys list` shows it.
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
}

pub(super) fn run(task: &Task, settings: &Settings) -> Result<(), Failure> {
    let runtime = serve::runtime()?;
    let report = runtime.block_on(async {
        let keys = key_rotation(settings).await?;
        perform(task, &keys).await
    })?;
    print(&report)
}

async fn perform(task: &Task, keys: &RotateKeys) -> Result<String, BoxError> {
    Ok(match task {
        Task::List => table(&keys.list().await?),
        Task::Rotate => match keys.rotate(&Initiator::operator()).await? {
            Some(key) => format!("Published {}, which signs from {} on.\n", key.id, time(key.signs_from)),
            None => "Somebody else has just rotated the key.\n".to_owned(),
        },
        Task::Retire { kid } => {
            keys.retire(&Initiator::operator(), &KeyId::new(kid.clone())).await?;
            format!("{kid} is out of use; running instances refuse its tokens within two seconds.\n")
        }
    })
}

fn table(keys: &[(SigningKey, KeyState)]) -> String {
    let mut table = String::new();
    for (key, state) in keys {
        let end = key.withdrawn_at.or(key.retired_at).map_or_else(|| "-".to_owned(), time);
        let line = (key.id.as_str(), key.algorithm.as_str(), name(*state), time(key.signs_from));
        let _written = writeln!(table, "{}  {}  {:<9}  signs from {}  until {end}", line.0, line.1, line.2, line.3);
    }
    table
}

fn name(state: KeyState) -> &'static str {
    match state {
        KeyState::Published => "published",
        KeyState::Signing => "signing",
        KeyState::Retired => "retired",
        KeyState::Gone => "gone",
        KeyState::Withdrawn => "withdrawn",
    }
}

fn time(at: Timestamp) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
