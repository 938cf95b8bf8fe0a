//! Proving the audit log.

use crate::ports::{AuditChains, AuditSigner, SignedCheckpoint, SignedHead, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use threshold_domain::audit::{
    AuditFault, AuditHead, AuditSegment, ChainHash, ChainedRecord, Checkpoint, SegmentState, SegmentVerifier,
};

/// How many records are read at once.
const PAGE: u32 = 5000;

/// Reads the whole audit log again, and names whatever is not as it was written.
///
/// Found is what was changed, removed, added or moved by anybody who doesn't have the master key, as long as they haven't removed
/// the last checkpoints as well, or put an old copy of everything in its place: against that an anchor helps, a checkpoint that was
/// kept elsewhere.
pub struct VerifyAudit {
    /// Reads it.
    pub chains: Arc<dyn AuditChains>,
    /// Checks signatures.
    pub signer: Arc<dyn AuditSigner>,
}

/// A checkpoint that was kept elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditAnchor {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: ChainHash,
}

/// How far verification has got: all segments before this one, and so much of this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerificationStep {
    /// The segment.
    pub segment: AuditSegment,
    /// How many of its records are done.
    pub seen: u64,
    /// The hash of the last of them.
    pub hash: ChainHash,
    /// How many records of all segments are done.
    pub done: u64,
}

/// Is told how verification goes.
pub trait VerificationWatch: Send {
    /// So many records there are.
    fn begins(&mut self, records: u64);

    /// It has got so far: it can be resumed here.
    fn progressed(&mut self, step: &VerificationStep);

    /// Something is not as it was written.
    fn found(&mut self, fault: &AuditFault);
}

/// What was verified.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// Records, those of before an interruption included.
    pub records: u64,
    /// Segments, those that are erased included.
    pub segments: u64,
    /// Segments whose retention is over.
    pub erased: u64,
    /// Checkpoints.
    pub checkpoints: u64,
    /// The last checkpoint.
    pub last: Option<AuditAnchor>,
    /// How much is not as it was written.
    pub faults: u64,
}

impl AuditReport {
    /// The same, with `found` told to `watch` and counted.
    fn note(&mut self, found: Vec<AuditFault>, watch: &mut dyn VerificationWatch) {
        for fault in found {
            watch.found(&fault);
            self.faults = self.faults.saturating_add(1);
        }
    }
}

/// What checkpoints say of each segment: how many records, their hash, which checkpoint.
type Seen = BTreeMap<AuditSegment, Vec<(u64, ChainHash, u64)>>;

impl VerifyAudit {
    /// Verifies everything, from `resume` on if it was interrupted there. Others may go on writing.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn execute(
        &self,
        anchor: Option<AuditAnchor>,
        resume: Option<VerificationStep>,
        watch: &mut dyn VerificationWatch,
    ) -> Result<AuditReport, StoreError> {
        let mut report = AuditReport::default();
        // Checkpoints first: what they have seen is in the heads that are read after them.
        let mut seen = self.checkpoints(anchor, &mut report, watch).await?;
        let heads = self.chains.heads().await?;
        if heads.is_empty() {
            report.note(vec![AuditFault::Nothing], watch);
        }
        report.note(missing_segments(&heads, &seen), watch);
        let kept = heads.iter().map(|signed| signed.head).filter(|head| head.state != SegmentState::Erased);
        watch.begins(kept.map(|head| head.records).fold(0, u64::saturating_add));
        report.records = resume.map_or(0, |step| step.done);
        for signed in heads {
            let segment = signed.head.segment;
            report.segments = report.segments.saturating_add(1);
            report.erased = report.erased.saturating_add(u64::from(signed.head.state == SegmentState::Erased));
            if resume.is_some_and(|step| segment < step.segment) {
                continue;
            }
            let step = resume.filter(|step| step.segment == segment);
            let (start, hash) = step.map_or((0, segment.origin()), |step| (step.seen, step.hash));
            let checkpoints = seen.remove(&segment).unwrap_or_default();
            let verifier = SegmentVerifier::resumed(segment, start, hash, checkpoints);
            self.segment(signed, verifier, &mut report, watch).await?;
        }
        Ok(report)
    }

    async fn checkpoints(
        &self,
        anchor: Option<AuditAnchor>,
        report: &mut AuditReport,
        watch: &mut dyn VerificationWatch,
    ) -> Result<Seen, StoreError> {
        let (mut seen, mut anchored) = (Seen::new(), anchor.is_none());
        loop {
            let after = report.last.map_or(0, |last| last.number);
            let page = self.chains.checkpoints(after, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for (signed, stored) in &page {
                let hash = signed.checkpoint.hash();
                let faults = self.checkpoint(signed, hash, *stored, report.last);
                report.note(faults, watch);
                let last = AuditAnchor { number: signed.checkpoint.number, hash };
                for head in &signed.checkpoint.heads {
                    seen.entry(head.segment).or_default().push((head.records, head.hash, last.number));
                }
                anchored |= anchor == Some(last);
                report.last = Some(last);
                report.checkpoints = report.checkpoints.saturating_add(1);
            }
        }
        if let (false, Some(anchor)) = (anchored, anchor) {
            report.note(vec![AuditFault::CheckpointRemoved { number: anchor.number }], watch);
        }
        Ok(seen)
    }

    /// What is wrong with a checkpoint that has the hash `hash`, and follows `last`.
    fn checkpoint(
        &self,
        signed: &SignedCheckpoint,
        hash: ChainHash,
        stored: ChainHash,
        last: Option<AuditAnchor>,
    ) -> Vec<AuditFault> {
        let Checkpoint { number, previous, .. } = signed.checkpoint;
        let mut found = Vec::new();
        if hash != stored || !self.signer.verify(hash.as_bytes(), &signed.signature) {
            found.push(AuditFault::ForgedCheckpoint { number });
        }
        // The first may be one whose predecessors were kept long enough.
        if last.is_some_and(|last| last.number.saturating_add(1) != number || last.hash != previous) {
            found.push(AuditFault::CheckpointRemoved { number: number.saturating_sub(1) });
        }
        found
    }

    async fn segment(
        &self,
        mut signed: SignedHead,
        mut verifier: SegmentVerifier,
        report: &mut AuditReport,
        watch: &mut dyn VerificationWatch,
    ) -> Result<(), StoreError> {
        let segment = signed.head.segment;
        let mut page = self.page(&signed.head, verifier.progress().0).await?;
        while let Some(last) = page.last().map(|record| record.place.position) {
            if last > signed.head.records {
                // Others write meanwhile: the head has what was in the store when the page was read.
                signed = self.chains.head(segment).await?.unwrap_or(signed);
            }
            // The store reads the next page while this one is hashed.
            let next = self.page(&signed.head, last);
            let (next, found) = futures::join!(next, async { check(&mut verifier, &signed.head, &page) });
            if !found.is_empty() && self.is_erased(segment).await? {
                break;
            }
            report.note(found, watch);
            report.records = report.records.saturating_add(u64::try_from(page.len()).unwrap_or(u64::MAX));
            let (seen, hash) = verifier.progress();
            watch.progressed(&VerificationStep { segment, seen, hash, done: report.records });
            page = next?;
        }
        let found = self.end(verifier, &signed).await?;
        report.note(found, watch);
        Ok(())
    }

    /// The records after `after`, of which there are none where they were erased.
    async fn page(&self, head: &AuditHead, after: u64) -> Result<Vec<ChainedRecord>, StoreError> {
        match head.state {
            SegmentState::Open | SegmentState::Closed => self.chains.records(head.segment, after, PAGE).await,
            SegmentState::Erased => Ok(Vec::new()),
        }
    }

    /// What is wrong with a head whose records have all been read.
    async fn end(&self, verifier: SegmentVerifier, signed: &SignedHead) -> Result<Vec<AuditFault>, StoreError> {
        let SignedHead { head, signature } = signed;
        let mut found = Vec::new();
        if head.state != SegmentState::Erased {
            verifier.end(head, &mut found);
            if !found.is_empty() && self.is_erased(head.segment).await? {
                found.clear();
            }
        }
        if !self.signer.verify(&head.message(), signature) {
            found.push(AuditFault::ForgedHead { segment: head.segment });
        }
        Ok(found)
    }

    /// Whether the retention of a segment has ended in the meantime.
    async fn is_erased(&self, segment: AuditSegment) -> Result<bool, StoreError> {
        let now = self.chains.head(segment).await?;
        Ok(now.is_some_and(|now| {
            now.head.state == SegmentState::Erased && self.signer.verify(&now.head.message(), &now.signature)
        }))
    }
}

/// What is wrong with records of one segment.
fn check(verifier: &mut SegmentVerifier, head: &AuditHead, page: &[ChainedRecord]) -> Vec<AuditFault> {
    let mut found = Vec::new();
    for record in page {
        if record.place.position > head.records {
            found.push(AuditFault::Added { place: record.place, id: record.record.id });
        } else {
            verifier.read(record, &mut found);
        }
    }
    found
}

/// Segments without a head: in each lane they are numbered without a gap, and the last one is open.
fn missing_segments(heads: &[SignedHead], seen: &Seen) -> Vec<AuditFault> {
    let there: BTreeMap<AuditSegment, SegmentState> =
        heads.iter().map(|signed| (signed.head.segment, signed.head.state)).collect();
    let lanes = there.keys().map(|segment| segment.lane).max().unwrap_or_default();
    let mut expected: BTreeSet<AuditSegment> = (1..=lanes).map(AuditSegment::first).collect();
    expected.extend(there.iter().filter(|(_, state)| **state != SegmentState::Open).map(|(segment, _)| segment.next()));
    expected.extend(seen.keys());
    let missing = expected.into_iter().filter(|segment| !there.contains_key(segment));
    missing.map(|segment| AuditFault::SegmentRemoved { segment }).collect()
}
