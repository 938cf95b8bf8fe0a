//! Recording that an instance starts and stops, and with which settings.

use crate::ports::{AuditFilter, AuditReader, Clock, StoreError, UnitOfWork};
use std::collections::BTreeMap;
use std::sync::Arc;
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator};

/// Records in the audit log that an instance starts and stops, and which settings differ from those of the start before.
pub struct RecordLifecycle {
    /// Records.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Tells with which settings the last instance started.
    pub audit: Arc<dyn AuditReader>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
    /// The version of the program.
    pub version: &'static str,
    /// Every setting that has a value, by its key; secrets are masked.
    pub settings: BTreeMap<&'static str, String>,
}

/// What is known of a start beside its settings.
const VERSION: &str = "version";

impl RecordLifecycle {
    /// Records a start, and which settings have changed since the last one.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn started(&self) -> Result<(), StoreError> {
        let starts = AuditFilter { action: Some(AuditAction::Started.as_str().to_owned()), ..AuditFilter::default() };
        let last = self.audit.page(&starts, None, 1).await?;
        let last = last.first().map(|last| last.record.details.iter().collect());
        let changed = last.map(|details| self.changed(details)).unwrap_or_default();
        let (now, system) = (self.clock.now(), Initiator::system());
        let mut started = AuditEvent::new(AuditAction::Started, &system, now).with(VERSION, self.version);
        for (key, value) in &self.settings {
            started = started.with(key, value);
        }
        let mut tx = self.unit_of_work.begin().await?;
        tx.audit().record(started);
        if !changed.is_empty() {
            let event = AuditEvent::new(AuditAction::SettingsChanged, &system, now);
            tx.audit().record(event.with("settings", changed.join(" ")));
        }
        tx.commit().await
    }

    /// Records a stop.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn stopped(&self) -> Result<(), StoreError> {
        let mut tx = self.unit_of_work.begin().await?;
        tx.audit().record(AuditEvent::new(AuditAction::Stopped, &Initiator::system(), self.clock.now()));
        tx.commit().await
    }

    /// The keys of settings that were others, were not there, or are not there any more.
    fn changed<'a>(&'a self, mut before: BTreeMap<&'a str, &'a str>) -> Vec<&'a str> {
        before.remove(VERSION);
        let now: BTreeMap<&str, String> =
            self.settings.iter().map(|(key, value)| (*key, AuditEvent::cleaned(value))).collect();
        let mut keys: Vec<&str> = before.keys().copied().chain(self.settings.keys().copied()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.retain(|key| before.get(key).copied() != now.get(key).map(String::as_str));
        keys
    }
}
