//! Has the crate rebuilt when a migration changes: the macro that embeds them can't.

use std::io::Write;

fn main() -> std::io::Result<()> {
    writeln!(std::io::stdout(), "cargo:rerun-if-changed=../../../migrations")
}
