//! `threshold doctor`

use super::{Failure, print, serve};
use crate::config::{Settings, Sources};
use crate::server::deployment_examination;
use clap::Args;
use serde_json::json;
use std::fmt::Write;
use std::num::NonZeroUsize;
use threshold_application::operations::Diagnosis;
use threshold_domain::operations::{Finding, Verdict};

#[derive(Debug, Clone, Args)]
pub(super) struct Task {
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    /// How many instances share the database.
    #[arg(long, default_value = "1")]
    instances: NonZeroUsize,
}

pub(super) fn run(task: &Task, sources: &Sources) -> Result<(), Failure> {
    let settings = Settings::read(sources)?;
    let examination = || deployment_examination(&settings, task.instances.get(), sources.secret_files());
    let runtime = serve::runtime()?;
    // Clients of the parts are built where they can work.
    let diagnosis = runtime.block_on(async { Ok::<_, Failure>(examination()?.execute().await) })?;
    // What was given up on may go on for ever: nobody waits for it.
    runtime.shutdown_background();
    print(&if task.json { as_json(&diagnosis) } else { as_text(&diagnosis) })?;
    match diagnosis.count(Verdict::Fail) {
        0 => Ok(()),
        1 => Err(Failure::Other("one check failed".into())),
        failed => Err(Failure::Other(format!("{failed} checks failed").into())),
    }
}

fn as_text(diagnosis: &Diagnosis) -> String {
    let width = diagnosis.findings.iter().map(|finding| finding.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for Finding { name, verdict, found, advice } in &diagnosis.findings {
        let _written = writeln!(text, "{:<4}  {name:<width$}  {}", verdict.as_str(), on_one_line(found));
        if let Some(advice) = advice {
            let _written = writeln!(text, "      do: {}", on_one_line(advice));
        }
    }
    text
}

/// A server's words may have several.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn as_json(diagnosis: &Diagnosis) -> String {
    let finding = |finding: &Finding| json!({ "verdict": finding.verdict.as_str(), "name": finding.name, "found": finding.found, "do": finding.advice });
    let findings: Vec<_> = diagnosis.findings.iter().map(finding).collect();
    format!("{:#}\n", json!({ "failed": diagnosis.count(Verdict::Fail), "findings": findings }))
}
