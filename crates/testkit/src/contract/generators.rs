//! Time, ids and secrets.

use std::collections::HashSet;
use std::sync::Arc;
use threshold_application::ports::{Clock, IdGenerator, SecretGenerator};

/// One of each.
pub struct Generators {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: Arc<dyn IdGenerator>,
    /// Makes secrets.
    pub secrets: Arc<dyn SecretGenerator>,
}

/// Expands every case for clocks and generators; the expression makes `Generators`.
#[macro_export]
macro_rules! generator_contract {
    ($fresh:expr) => {
        $crate::contract_cases!(
            generators,
            $fresh,
            [the_time_is_in_whole_microseconds, ids_are_new_and_in_order, secrets_fill_everything_and_never_repeat]
        );
    };
}

/// And doesn't run backwards from one look to the next.
pub async fn the_time_is_in_whole_microseconds(generators: &Generators) {
    let times: Vec<_> = (0..1000).map(|_| generators.clock.now()).collect();
    assert!(times.iter().all(|time| time.timestamp_subsec_nanos() % 1000 == 0));
    assert!(times.is_sorted());
}

/// They are UUIDv7.
pub async fn ids_are_new_and_in_order(generators: &Generators) {
    let ids: Vec<_> = (0..10_000).map(|_| generators.ids.next()).collect();
    assert!(ids.iter().all(|id| id.get_version_num() == 7));
    assert!(ids.is_sorted());
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
}

/// No byte is left as it was, but by chance.
pub async fn secrets_fill_everything_and_never_repeat(generators: &Generators) {
    let secrets: HashSet<[u8; 32]> = (0..1000)
        .map(|_| {
            let mut secret = [0; 32];
            generators.secrets.fill(&mut secret);
            secret
        })
        .collect();
    assert_eq!(secrets.len(), 1000);
    assert!((0..32).all(|position| secrets.iter().any(|secret| secret.get(position) != Some(&0))));
}
