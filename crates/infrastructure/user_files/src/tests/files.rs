//! Files, and what is kept beside them.

use crate::{ExportFile, Format, ImportFile};
use proptest::prelude::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use threshold_application::ports::{Checkpoint, ImportTally, RefusedLine, SourceLine, UserSink, UserSource};
use threshold_domain::accounts::{UserField, UserRecord};

const STORE: &str = "sqlite:///one";

fn written(folder: &TempDir, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

fn open(path: &Path) -> ImportFile {
    ImportFile::open(path, Format::of(path).unwrap(), STORE).unwrap()
}

/// Refuses that line, and is done up to it.
fn refuse(file: &mut ImportFile, line: &SourceLine, refused: u64) -> Checkpoint {
    let place = line.place.clone();
    let checkpoint = Checkpoint {
        position: place.bytes.end,
        lines: place.next_number - 1,
        tally: ImportTally { refused, ..ImportTally::default() },
        newest: None,
    };
    file.keep(&[RefusedLine { place, reason: "bad".to_owned() }], &checkpoint).unwrap();
    checkpoint
}

fn text(path: &Path, suffix: &str) -> Option<String> {
    fs::read_to_string(format!("{}.{suffix}", path.display())).ok()
}

#[test]
fn names_tell_the_form() {
    let of = |name: &str| Format::of(Path::new(name));
    assert_eq!((of("a.ndjson"), of("a.b/c.jsonl")), (Some(Format::Ndjson), Some(Format::Ndjson)));
    assert_eq!((of("a.csv"), of("a.csv.rejected")), (Some(Format::Csv), Some(Format::Csv)));
    assert_eq!((of("a.json"), of("csv"), of("a.rejected")), (None, None, None));
}

#[test]
fn refused_lines_are_kept_as_they_are_for_the_owner_alone() {
    let folder = TempDir::new().unwrap();
    let csv = written(&folder, "u.csv", b"\xef\xbb\xbfemail,username\r\na@b,\xff\r\n\"c\n@d\",e");
    let mut file = open(&csv);
    file.start(&Checkpoint::default()).unwrap();
    let lines = file.read(10).unwrap();
    refuse(&mut file, &lines[0], 1);
    refuse(&mut file, &lines[1], 2);
    file.finish().unwrap();
    let rejected = fs::read(file.rejected()).unwrap();
    assert_eq!(rejected, b"email,username\r\na@b,\xff\r\n\"c\n@d\",e\n");
    assert_eq!(text(&csv, "reasons").unwrap(), "line 2: bad\nline 3: bad\n");
    assert_eq!(text(&csv, "progress"), None);
    for kept in [file.rejected(), file.reasons()] {
        assert_eq!(fs::metadata(kept).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn reading_goes_on_where_it_was_cut_off() {
    let folder = TempDir::new().unwrap();
    let path = written(&folder, "u.ndjson", "{\n[\n{}\n{\n");
    let mut file = open(&path);
    assert_eq!(file.checkpoint(), None);
    file.start(&Checkpoint::default()).unwrap();
    let lines = file.read(10).unwrap();
    let checkpoint = refuse(&mut file, &lines[0], 1);
    // Cut off between the lines and their checkpoint.
    fs::write(format!("{}.reasons", path.display()), "line 1: bad\nline 2: ").unwrap();
    fs::write(format!("{}.rejected", path.display()), "{\n[\n{}\n{").unwrap();
    drop(file);

    let mut file = open(&path);
    let found = file.checkpoint().unwrap();
    assert_eq!(found, checkpoint);
    file.start(&found).unwrap();
    assert_eq!(text(&path, "rejected").unwrap(), "{\n");
    assert_eq!(text(&path, "reasons").unwrap(), "line 1: bad\n");
    let again = file.read(1).unwrap();
    assert_eq!(again[0].place, lines[1].place);
    file.finish().unwrap();
}

#[test]
fn a_checkpoint_holds_for_one_unchanged_file_and_one_store() {
    let folder = TempDir::new().unwrap();
    let path = written(&folder, "u.ndjson", "{\n{\n");
    let cut_off = || {
        let mut file = open(&path);
        file.start(&Checkpoint::default()).unwrap();
        let line = file.read(1).unwrap().remove(0);
        refuse(&mut file, &line, 1);
    };
    cut_off();
    assert!(open(&path).checkpoint().is_some());
    assert_eq!(ImportFile::open(&path, Format::Ndjson, "sqlite:///other").unwrap().checkpoint(), None);
    // Of the same length.
    fs::write(&path, "[\n{\n").unwrap();
    assert_eq!(open(&path).checkpoint(), None);
    cut_off();
    fs::write(format!("{}.rejected", path.display()), "").unwrap();
    assert_eq!(open(&path).checkpoint(), None, "refused lines were lost");
    for nonsense in ["", "{}", "\0"] {
        fs::write(format!("{}.progress", path.display()), nonsense).unwrap();
        assert_eq!(open(&path).checkpoint(), None);
    }
    let mut file = open(&path);
    file.start(&Checkpoint::default()).unwrap();
    assert_eq!(text(&path, "rejected"), None, "it was of the run that was cut off");
}

#[test]
fn what_an_earlier_run_refused_is_put_aside() {
    let folder = TempDir::new().unwrap();
    let path = written(&folder, "u.ndjson", "{}\n");
    written(&folder, "u.ndjson.rejected", "mended");
    open(&path).start(&Checkpoint::default()).unwrap();
    assert_eq!(text(&path, "rejected.old").unwrap(), "mended");
}

#[test]
fn a_file_that_changes_while_it_is_read_is_no_success() {
    let folder = TempDir::new().unwrap();
    let path = written(&folder, "u.ndjson", "{}\n");
    let mut file = open(&path);
    file.start(&Checkpoint::default()).unwrap();
    fs::write(&path, "{}\n{}\n").unwrap();
    assert!(file.finish().is_err());
}

#[test]
fn what_is_no_file_of_users_is_refused_at_once() {
    let folder = TempDir::new().unwrap();
    let refused = |path: &Path| ImportFile::open(path, Format::Csv, STORE).err().unwrap().to_string();
    assert!(refused(folder.path()).ends_with("This is no file."));
    assert!(refused(&folder.path().join("absent")).contains("No such file"));
    assert!(refused(&written(&folder, "empty", "")).ends_with("The file has no header line."));
    let headless = refused(&written(&folder, "headless", "a@b,$2b$12$abc\n"));
    assert!(headless.contains("names the columns") || headless.contains("doesn't name the columns"), "{headless}");
    assert!(!headless.contains("$2b$"), "{headless}");
    let path = written(&folder, "u.csv", "email\n");
    let _first = open(&path);
    assert!(refused(&path).ends_with("Somebody else is bringing in this file."));
}

#[test]
fn an_export_appears_when_it_is_complete() {
    let folder = TempDir::new().unwrap();
    let path = written(&folder, "u.csv", "older");
    drop(ExportFile::create(&path, Format::Csv).unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), "older");
    let export = ExportFile::create(&path, Format::Csv).unwrap();
    export.finish().unwrap();
    assert!(fs::read_to_string(&path).unwrap().starts_with("id,email,"));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_written_is_read_again(
        records in proptest::collection::vec(proptest::collection::vec(proptest::option::of("(?s).{1,30}"), 9), 0..20),
        csv in any::<bool>(),
    ) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join(if csv { "u.csv" } else { "u.ndjson" });
        let record = |texts: Vec<Option<String>>| {
            let mut record = UserRecord::default();
            for (field, text) in UserField::ALL.into_iter().zip(texts) {
                assert!(text.is_none_or(|text| record.insert(field, text)));
            }
            record
        };
        let records: Vec<_> = records.into_iter().map(record).collect();
        let mut export = ExportFile::create(&path, Format::of(&path).unwrap()).unwrap();
        for record in &records {
            export.write(record).unwrap();
        }
        export.finish().unwrap();
        let mut file = open(&path);
        let lines = file.read(100).unwrap();
        let again: Vec<_> = lines.into_iter().map(|line| line.record.unwrap()).collect();
        prop_assert!(again == records);
    }
}
