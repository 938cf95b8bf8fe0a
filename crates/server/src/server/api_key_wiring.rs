//! What knows and manages keys of machines.

use super::adapters::Adapters;
use crate::config::Settings;
use chrono::TimeDelta;
use std::sync::Arc;
use threshold_application::access::{AuthenticateMachine, KeyUses, ManageApiKeys};
use threshold_in_process::RememberedKeys;

/// How many keys an instance remembers, about 200 bytes each; the others are read at every use.
const REMEMBERED: usize = 10_000;

pub(super) fn manage_api_keys(adapters: &Adapters) -> ManageApiKeys {
    ManageApiKeys {
        unit_of_work: adapters.database.unit_of_work(),
        keys: adapters.database.api_keys(),
        announcer: Arc::clone(&adapters.announcer),
        random: Arc::clone(&adapters.random),
        ids: Arc::clone(&adapters.ids),
        clock: Arc::clone(&adapters.clock),
    }
}

pub(super) fn authenticate_machine(settings: &Settings, adapters: &Adapters) -> AuthenticateMachine {
    let Adapters { clock, database, .. } = adapters;
    // Revocations are remembered for longer.
    let max_age = TimeDelta::from_std(settings.tokens.access_lifetime).unwrap_or(TimeDelta::zero());
    AuthenticateMachine {
        remembered: Arc::new(RememberedKeys::new(database.api_key_lookup(), Arc::clone(clock), max_age, REMEMBERED)),
        stored: database.api_key_lookup(),
        revocations: adapters.revocations.clone(),
        uses: Arc::new(KeyUses::new(database.unit_of_work())),
        clock: Arc::clone(clock),
        meter: adapters.meter.clone(),
    }
}
