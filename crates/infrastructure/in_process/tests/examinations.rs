//! Looks at this machine.

use async_trait::async_trait;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use threshold_application::ports::Examination;
use threshold_domain::operations::{Finding, Verdict};
use threshold_in_process::{DiskSpace, PrivateFiles, SharedFileSystem, TimeLimitedExamination};

#[tokio::test]
async fn files_are_looked_at_as_they_are_and_absent_ones_not_at_all() {
    let folder = TempDir::new().unwrap();
    let (private, open, absent) = (folder.path().join("a"), folder.path().join("b"), folder.path().join("c"));
    for (file, mode) in [(&private, 0o600), (&open, 0o644)] {
        fs::write(file, "secret").unwrap();
        fs::set_permissions(file, Permissions::from_mode(mode)).unwrap();
    }
    let found = PrivateFiles { name: "files", files: vec![private, open.clone(), absent.clone()] }.examine().await;
    let verdicts: Vec<_> = found.iter().map(|finding| finding.verdict).collect();
    assert_eq!(verdicts, [Verdict::Ok, Verdict::Fail]);
    assert!(found.iter().all(|finding| !finding.found.contains("secret")), "{found:?}");
    assert!(found[1].advice.as_ref().unwrap().contains(open.to_str().unwrap()));
    assert!(!absent.exists());
}

#[tokio::test]
async fn the_room_for_a_folder_to_be_made_is_that_of_the_one_above() {
    let folder = TempDir::new().unwrap();
    let folders = vec![folder.path().to_owned(), folder.path().join("not/made/yet")];
    let found = DiskSpace { folders }.examine().await;
    assert_eq!(found.len(), 2);
    for finding in &found {
        assert!(finding.found.starts_with(folder.path().to_str().unwrap()), "{finding:?}");
        assert!(finding.found.contains("MiB free"), "{finding:?}");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "nothing is made");
}

#[tokio::test]
async fn a_full_disk_is_told_of() {
    // The kernel's own file system has no room at all.
    let found = DiskSpace { folders: vec!["/proc".into()] }.examine().await;
    assert_eq!(found[0].verdict, Verdict::Fail, "{found:?}");
}

#[tokio::test]
async fn a_disk_of_this_machine_is_no_network() {
    let folder = TempDir::new().unwrap();
    let found = SharedFileSystem { file: folder.path().join("threshold.db") }.examine().await;
    assert_eq!(found[0].verdict, Verdict::Ok, "{found:?}");
}

struct Endless;

#[async_trait]
impl Examination for Endless {
    fn name(&self) -> &'static str {
        "endless"
    }

    async fn examine(&self) -> Vec<Finding> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn what_never_answers_is_given_up() {
    let limited = TimeLimitedExamination { examination: Arc::new(Endless), limit: Duration::from_millis(10) };
    let found = limited.examine().await;
    assert_eq!((found[0].name, found[0].verdict), ("endless", Verdict::Fail));
}
