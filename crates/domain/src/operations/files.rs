//! Who may read a file, and how much room there is.

use super::Finding;

const ALL: u32 = 0o777;
const OTHERS: u32 = 0o007;
const GROUP_AND_OTHERS: u32 = 0o077;

const MIB: u64 = 1024 * 1024;
/// Below this the next checkpoint or a handful of mails may fill it.
const NEARLY_FULL: u64 = 100 * MIB;
const SCARCE: u64 = 1024 * MIB;
/// Of the whole, where that is small.
const SCARCE_PERCENT: u64 = 5;

/// A file that is meant for its owner's eyes alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAccess {
    /// Which file.
    pub path: String,
    /// Its permissions, as `chmod` has them.
    pub mode: u32,
}

/// Who may read it.
#[must_use]
pub fn judge_access(name: &'static str, file: &FileAccess) -> Finding {
    let FileAccess { path, mode } = file;
    let found = format!("{path} has mode {:04o}", mode & ALL);
    let advice = format!("chmod 600 {path}; where it is mounted, mount it with mode 0400");
    if mode & OTHERS != 0 {
        Finding::fail(name, format!("{found}: everybody on this machine can use it"), advice)
    } else if mode & GROUP_AND_OTHERS != 0 {
        Finding::warn(name, format!("{found}: its group can use it"), advice)
    } else {
        Finding::ok(name, found)
    }
}

/// The room where a folder is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    /// Which folder.
    pub path: String,
    /// Bytes that we may still write.
    pub free: u64,
    /// All bytes.
    pub total: u64,
}

/// Whether it is enough.
#[must_use]
pub fn judge_space(name: &'static str, space: &Space) -> Finding {
    let Space { path, free, total } = space;
    let percent = u128::from(*free) * 100 / u128::from((*total).max(1));
    let found = format!("{path} has {} MiB free, {percent}%", free / MIB);
    let advice = "make room, or move it to a larger disk";
    if *free < NEARLY_FULL {
        Finding::fail(name, found, advice)
    } else if *free < SCARCE || (percent < u128::from(SCARCE_PERCENT) && *free < 10 * SCARCE) {
        Finding::warn(name, found, advice)
    } else {
        Finding::ok(name, found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::Verdict;

    #[test]
    fn secrets_are_for_their_owner_alone() {
        for (mode, verdict) in [
            (0o100_600, Verdict::Ok),
            (0o100_400, Verdict::Ok),
            (0o640, Verdict::Warn),
            (0o660, Verdict::Warn),
            (0o644, Verdict::Fail),
            (0o602, Verdict::Fail),
        ] {
            assert_eq!(judge_access("file", &FileAccess { path: "k".to_owned(), mode }).verdict, verdict, "{mode:o}");
        }
        let finding = judge_access("file", &FileAccess { path: "/k".to_owned(), mode: 0o100_604 });
        assert!(finding.found.starts_with("/k has mode 0604"), "{finding:?}");
    }

    #[test]
    fn room_must_be_left() {
        for (free, total, verdict) in [
            (50 * MIB, 100 * MIB, Verdict::Fail),
            (0, 0, Verdict::Fail),
            (500 * MIB, 600 * MIB, Verdict::Warn),
            (2 * 1024 * MIB, 100 * 1024 * MIB, Verdict::Warn),
            (2 * 1024 * MIB, 10 * 1024 * MIB, Verdict::Ok),
            (20 * 1024 * MIB, 2048 * 1024 * MIB, Verdict::Ok),
        ] {
            assert_eq!(judge_space("disk", &Space { path: ".".to_owned(), free, total }).verdict, verdict, "{free}");
        }
    }
}
