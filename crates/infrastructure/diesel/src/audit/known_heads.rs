//! Telling heads that the service has written from those that somebody has forged.
//!
//! What the service signs is whole to whoever verifies it, so it never builds on a head without knowing that it is its own. A lane
//! whose head isn't is left as it is, for verification to name, and others are written to.

use super::Chronicler;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{MutexGuard, PoisonError};
use threshold_application::ports::SignedHead;
use threshold_domain::audit::AuditSegment;
use tracing::error;

/// What a process knows of heads.
#[derive(Default)]
pub(super) struct KnownHeads {
    /// The last that this process has committed of each lane: it is verified by comparing it, which costs much less.
    written: BTreeMap<u16, SignedHead>,
    /// Those that nothing is built on.
    doubted: BTreeSet<AuditSegment>,
}

impl Chronicler {
    /// Remembers a head that is committed: of each lane the last, whoever comes first.
    pub(crate) fn remember(&self, signed: SignedHead) {
        let mut known = self.known();
        let last = known.written.entry(signed.head.segment.lane).or_insert(signed);
        if last.head.next_place() < signed.head.next_place() {
            *last = signed;
        }
    }

    /// Whether the service has written this head.
    pub(super) fn is_genuine(&self, signed: &SignedHead) -> bool {
        let is_genuine = self.signer.verify(&signed.head.message(), &signed.signature);
        if !is_genuine {
            self.doubt(signed.head.segment);
        }
        is_genuine
    }

    /// Whether this head, open and locked, is the last that the service has written: nothing that was committed, and only that is
    /// remembered, can be ahead of it.
    pub(super) fn is_latest(&self, signed: &SignedHead) -> bool {
        let written = self.known().written.get(&signed.head.segment.lane).copied();
        match written {
            Some(written) if written == *signed => true,
            Some(written) if written.head.next_place() >= signed.head.next_place() => {
                self.doubt(signed.head.segment);
                false
            }
            Some(_) | None => self.is_genuine(signed),
        }
    }

    /// Leaves a segment alone from now on.
    pub(super) fn doubt(&self, segment: AuditSegment) {
        if self.known().doubted.insert(segment) {
            error!(%segment, "the audit log was tampered with: nothing is written to this segment any more; run `threshold audit verify`");
        }
    }

    /// The lanes that are written to no more.
    pub(super) fn doubted_lanes(&self) -> Vec<i64> {
        let mut lanes: Vec<_> = self.known().doubted.iter().map(|segment| i64::from(segment.lane)).collect();
        lanes.dedup();
        lanes
    }

    fn known(&self) -> MutexGuard<'_, KnownHeads> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
