//! A part whose state a test decides.

use async_trait::async_trait;
use std::sync::atomic::{AtomicBool, Ordering};
use threshold_application::ports::{NotReady, ReadinessCheck};

/// In order until it is told otherwise.
#[derive(Debug)]
pub struct ScriptedCheck {
    name: &'static str,
    up: AtomicBool,
}

impl ScriptedCheck {
    /// A part of that name, in order.
    #[must_use]
    pub fn up(name: &'static str) -> Self {
        Self { name, up: AtomicBool::new(true) }
    }

    /// Whether it is in order from now on.
    pub fn set(&self, up: bool) {
        self.up.store(up, Ordering::SeqCst);
    }
}

#[async_trait]
impl ReadinessCheck for ScriptedCheck {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn check(&self) -> Result<(), NotReady> {
        if self.up.load(Ordering::SeqCst) { Ok(()) } else { Err(NotReady("it is down".into())) }
    }
}
