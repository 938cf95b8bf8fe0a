//! `threshold serve`

use super::Failure;
use crate::config::Settings;
use crate::server::Running;
use std::io::{self, Write};
use std::time::Duration;
use threshold_application::ports::BoxError;
use threshold_telemetry::subscriber;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long work without a client may go on after the last answer.
const LAST_WORK: Duration = Duration::from_secs(1);

pub(super) fn run(settings: &Settings) -> Result<(), Failure> {
    let log = &settings.observability;
    let subscriber = subscriber(log.log_format, &log.log_filter, io::stdout).map_err(BoxError::from)?;
    tracing::subscriber::set_global_default(subscriber).map_err(BoxError::from)?;
    let runtime = runtime()?;
    let outcome = runtime.block_on(serve(settings));
    runtime.shutdown_timeout(LAST_WORK);
    Ok(outcome?)
}

/// Two threads: changes wait for the store, not for the processor.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).thread_name("use-cases").enable_all().build();
    runtime.map_err(|error| Failure::Other(error.into()))
}

async fn serve(settings: &Settings) -> Result<(), BoxError> {
    let mut signals = Signals {
        terminate: signal(SignalKind::terminate())?,
        interrupt: signal(SignalKind::interrupt())?,
        hang_up: signal(SignalKind::hangup())?,
    };
    let running = Running::start(settings).await?;
    if let Some(link) = &running.setup_link {
        show_setup_link(link);
    }
    while signals.next().await == Wish::Reload {
        running.reload();
    }
    let hurried = tokio::select! {
        () = running.drain() => false,
        () = signals.stop() => true,
    };
    let stopped = tokio::select! {
        biased;
        stopped = running.stop(!hurried) => stopped,
        () = signals.stop() => return Ok(()),
    };
    Ok(stopped?)
}

/// Tells whoever starts the service how to become its administrator. The log is on standard output, and gets around: secrets stay
/// out of it, so this goes to standard error, as text for people.
fn show_setup_link(link: &str) {
    // Where standard error is closed nobody can be told.
    let _told = writeln!(
        io::stderr(),
        "threshold: nobody is an administrator yet; whoever has this link can become one: {link}"
    );
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Stop,
    Reload,
}

impl Signals {
    /// Waits for SIGTERM or SIGINT, or for SIGHUP.
    async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.terminate.recv() => Wish::Stop,
            _ = self.interrupt.recv() => Wish::Stop,
            _ = self.hang_up.recv() => Wish::Reload,
        }
    }

    /// Waits for SIGTERM or SIGINT.
    async fn stop(&mut self) {
        while self.next().await != Wish::Stop {}
    }
}
