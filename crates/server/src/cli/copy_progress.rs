//! Shows how a copy gets on: a bar on a terminal, a line now and then elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};
use threshold_diesel::CopyProgress;

/// How often a line is written where there is no terminal.
const PACE: Duration = Duration::from_secs(5);
const BAR: &str = "{wide_bar} {percent}% of {len} rows, {per_sec}, {eta} left, {msg}";

/// On standard error.
pub(super) struct ShownCopy {
    bar: ProgressBar,
    told: Instant,
}

impl ShownCopy {
    pub(super) fn new() -> Self {
        let bar = if io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template(BAR) {
            bar.set_style(style);
        }
        Self { bar, told: Instant::now() }
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

impl CopyProgress for ShownCopy {
    fn resumed(&mut self) {
        self.say("an earlier run is continued");
    }

    fn advanced(&mut self, table: &str, done: u64, all: u64) {
        if self.bar.is_hidden() && self.told.elapsed() >= PACE {
            self.told = Instant::now();
            self.say(&format!("{done} of {all} rows copied"));
        }
        self.bar.set_length(all);
        self.bar.set_position(done);
        self.bar.set_message(table.to_owned());
    }

    fn comparing(&mut self, table: &str) {
        if self.bar.is_hidden() && self.told.elapsed() >= PACE {
            self.told = Instant::now();
            self.say(&format!("comparing {table}"));
        }
        self.bar.set_message(format!("comparing {table}"));
    }
}
