//! How many may try at once.

use futures::channel::oneshot;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use threshold_domain::limits::AttemptKey;

/// Lets no more try under a key at once than may fail: who comes beyond waits until one of them is done.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<Keys>);

#[derive(Debug, Default)]
struct Keys {
    inside: HashMap<AttemptKey, Inside>,
    departures: u64,
}

#[derive(Debug, Default)]
struct Inside {
    trying: u32,
    waiting: VecDeque<oneshot::Sender<()>>,
}

/// Somebody's leave to try; dropped when they are done.
#[derive(Debug)]
pub(super) struct Leave {
    gate: Arc<Gate>,
    key: AttemptKey,
}

/// What became of somebody who wants to try.
#[derive(Debug)]
pub(super) enum Entry {
    /// They may.
    Leave(Leave),
    /// As many are trying as may fail: this ends when one of them is done.
    Wait(oneshot::Receiver<()>),
    /// Somebody has left since the failures were counted: count again.
    CountAgain,
}

impl Gate {
    /// How many have left so far; to be asked before failures are counted.
    pub(super) fn departures(&self) -> u64 {
        self.lock().departures
    }

    /// Leave for one more where fewer than `left` are trying, which was counted when `departures` had left.
    pub(super) fn enter(self: &Arc<Self>, key: AttemptKey, left: u32, departures: u64) -> Entry {
        let mut keys = self.lock();
        if keys.departures != departures {
            return Entry::CountAgain;
        }
        let inside = keys.inside.entry(key).or_default();
        if inside.trying < left {
            inside.trying += 1;
            return Entry::Leave(Leave { gate: Arc::clone(self), key });
        }
        let (done, wait) = oneshot::channel();
        inside.waiting.push_back(done);
        Entry::Wait(wait)
    }

    /// No step leaves the table half-changed.
    fn lock(&self) -> MutexGuard<'_, Keys> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Leave {
    /// Everybody who waits looks again: how many may try now depends on how this one ended.
    fn drop(&mut self) {
        let mut keys = self.gate.lock();
        keys.departures += 1;
        let Some(inside) = keys.inside.get_mut(&self.key) else { return };
        inside.trying -= 1;
        let woken = std::mem::take(&mut inside.waiting);
        if inside.trying == 0 {
            keys.inside.remove(&self.key);
        }
        drop(keys);
        for waiting in woken {
            // Who has gone away in the meantime needs no waking.
            let _gone = waiting.send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enter(gate: &Arc<Gate>, key: u8, left: u32) -> Entry {
        gate.enter(AttemptKey([key; 32]), left, gate.departures())
    }

    #[test]
    fn no_more_are_let_in_than_are_left_and_leaving_wakes_who_waits() {
        let gate = Arc::new(Gate::default());
        let (Entry::Leave(first), Entry::Leave(second)) = (enter(&gate, 1, 2), enter(&gate, 1, 2)) else { panic!() };
        let Entry::Wait(mut waiting) = enter(&gate, 1, 2) else { panic!() };
        assert!(matches!(enter(&gate, 2, 1), Entry::Leave(_)), "another key has its own");
        assert_eq!(waiting.try_recv(), Ok(None));
        drop(first);
        assert_eq!(waiting.try_recv(), Ok(Some(())));
        assert!(matches!(enter(&gate, 1, 2), Entry::Leave(_)));
        drop(second);
        assert!(gate.lock().inside.is_empty(), "nothing is kept of who has left");
    }

    #[test]
    fn what_was_counted_before_somebody_left_is_counted_again() {
        let gate = Arc::new(Gate::default());
        let before = gate.departures();
        drop(enter(&gate, 1, 1));
        assert!(matches!(gate.enter(AttemptKey([1; 32]), 1, before), Entry::CountAgain));
    }
}
