//! What an examination of a deployment finds, and what is thought of it.

mod clocks;
mod exposure;
mod files;
mod finding;
mod keys;

pub use clocks::judge_clock;
pub use exposure::{Exposure, Network};
pub use files::{FileAccess, Space, judge_access, judge_space};
pub use finding::{Finding, Verdict};
pub use keys::judge_keys;
