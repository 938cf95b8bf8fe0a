//! Shows how an import gets on: a bar on a terminal, a line now and then elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};
use threshold_application::ports::{Checkpoint, ImportProgress, ImportTally, RefusedLine};

/// So many reasons are shown; all are in the file.
const REASONS: u64 = 20;
/// How often a line is written where there is no terminal.
const PACE: Duration = Duration::from_secs(5);
const BAR: &str = "{wide_bar} {percent}% of {binary_total_bytes}, {msg}, {eta} left";

/// On standard error.
pub(super) struct ShownProgress {
    bar: ProgressBar,
    size: u64,
    started: Instant,
    told: Instant,
    reasons: u64,
    /// Lines that an earlier run did.
    earlier: u64,
}

impl ShownProgress {
    pub(super) fn new(size: u64) -> Self {
        let bar = if io::stderr().is_terminal() { ProgressBar::new(size) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template(BAR) {
            bar.set_style(style);
        }
        let now = Instant::now();
        Self { bar, size, started: now, told: now, reasons: 0, earlier: 0 }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn say(&self, text: &str) {
        // Where standard error is closed nobody can be told.
        self.bar.suspend(|| drop(writeln!(io::stderr(), "threshold: {text}")));
    }
}

impl ImportProgress for ShownProgress {
    fn resumed(&mut self, checkpoint: &Checkpoint) {
        self.earlier = lines(&checkpoint.tally);
        self.say(&format!("an earlier run is continued behind line {}", checkpoint.lines));
    }

    fn refused(&mut self, line: &RefusedLine) {
        self.reasons += 1;
        if self.reasons <= REASONS {
            self.say(&format!("line {}: {}", line.place.number, line.reason));
        }
        if self.reasons == REASONS {
            self.say("more refused lines are not shown here");
        }
    }

    fn advanced(&mut self, checkpoint: &Checkpoint) {
        let milliseconds = self.started.elapsed().as_millis().max(1);
        let pace = u128::from(lines(&checkpoint.tally) - self.earlier) * 1000 / milliseconds;
        let state = format!("{pace} lines/s, {} refused", checkpoint.tally.refused);
        if self.bar.is_hidden() && self.told.elapsed() >= PACE {
            self.told = Instant::now();
            let percent = u128::from(checkpoint.position) * 100 / u128::from(self.size.max(1));
            self.say(&format!("{percent}% done, {state}"));
        }
        self.bar.set_position(checkpoint.position);
        self.bar.set_message(state);
    }
}

fn lines(tally: &ImportTally) -> u64 {
    tally.imported + tally.already_there + tally.refused
}
