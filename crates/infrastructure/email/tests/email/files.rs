//! Mails in a folder.

use crate::fixture::{clock, mail, sender};
use chrono::TimeDelta;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use threshold_application::ports::{MailError, Mailer};
use threshold_email::FileMailer;
use threshold_test_smtp::{ReceivedMail, read_mail};
use threshold_testkit::FixedClock;

/// The names of all files, hidden ones too, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub(crate) fn mails(folder: &Path) -> Vec<ReceivedMail> {
    names(folder).iter().map(|name| read_mail(&fs::read(folder.join(name)).unwrap())).collect()
}

#[tokio::test]
async fn a_file_is_named_by_time_and_mail_and_sorts_by_time() {
    let (folder, clock) = (TempDir::new().unwrap(), clock());
    let place = folder.path().join("new").join("mails");
    let mailer = FileMailer::new(place.clone(), sender(), Arc::<FixedClock>::clone(&clock)).unwrap();
    mailer.send(&mail(9)).await.unwrap();
    clock.advance(TimeDelta::microseconds(1));
    mailer.send(&mail(2)).await.unwrap();
    assert_eq!(
        names(&place),
        [
            "20270115T080000.123456Z-00000000-0000-0000-0000-000000000009.eml",
            "20270115T080000.123457Z-00000000-0000-0000-0000-000000000002.eml",
        ]
    );
    let subjects: Vec<_> = mails(&place).iter().map(|mail| mail.header("Subject").join("")).collect();
    assert_eq!(subjects, ["Please confirm your email address"; 2]);
}

#[tokio::test]
async fn only_their_owner_may_read_them() {
    let folder = TempDir::new().unwrap();
    let mailer = FileMailer::new(folder.path().to_owned(), sender(), clock()).unwrap();
    mailer.send(&mail(1)).await.unwrap();
    let mode = fs::metadata(folder.path().join(&names(folder.path())[0])).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_folder_that_is_gone_is_temporary() {
    let folder = TempDir::new().unwrap();
    let mailer = FileMailer::new(folder.path().join("mails"), sender(), clock()).unwrap();
    fs::remove_dir(folder.path().join("mails")).unwrap();
    assert!(matches!(mailer.send(&mail(1)).await, Err(MailError::Temporary(_))));
    fs::create_dir(folder.path().join("mails")).unwrap();
    mailer.send(&mail(1)).await.unwrap();
}

#[tokio::test]
async fn a_mail_that_can_not_be_put_in_place_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let taken = folder.path().join("20270115T080000.123456Z-00000000-0000-0000-0000-000000000001.eml");
    fs::create_dir_all(taken.join("in the way")).unwrap();
    let mailer = FileMailer::new(folder.path().to_owned(), sender(), clock()).unwrap();
    assert!(matches!(mailer.send(&mail(1)).await, Err(MailError::Temporary(_))));
    assert_eq!(names(folder.path()).len(), 1);
}
