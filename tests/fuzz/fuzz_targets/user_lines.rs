//! Files of users, in both forms; the first byte chooses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use threshold_domain::Timestamp;
use threshold_domain::accounts::{UserField, UserId, UserRecord};
use threshold_user_files::{Format, fuzzing};

/// The longest reason that a line is refused with, in bytes.
const MAX_REASON: usize = 1_000;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let format = if first % 2 == 0 { Format::Ndjson } else { Format::Csv };
    let Some(lines) = fuzzing::read(format, bytes).expect("memory doesn't fail") else { return };
    let mut end = 0;
    for line in lines {
        let place = line.place;
        assert!(place.bytes.start >= end && place.bytes.end > place.bytes.start && place.next_number >= place.number);
        end = place.bytes.end;
        match line.record {
            Ok(record) => parse(&record),
            Err(reason) => assert!(reason.len() <= MAX_REASON && !reason.contains("$2")),
        }
    }
    assert!(end <= u64::try_from(bytes.len()).expect("it fits"));
});

/// What is accepted is read again as the same.
fn parse(record: &UserRecord) {
    let id = || UserId::new(Default::default());
    match record.parse(id, Timestamp::UNIX_EPOCH) {
        Ok(user) => {
            let credentials = user.credentials;
            let again = UserRecord::of(&credentials.user, credentials.password_hash.as_ref());
            let again = again.parse(id, Timestamp::UNIX_EPOCH).expect("what was accepted").credentials;
            assert_eq!((again.user, again.password_hash), (credentials.user, credentials.password_hash));
            assert!(record.get(UserField::Email).is_some());
        }
        Err(faults) => assert!(!faults.is_empty() && faults.iter().all(|fault| fault.to_string().len() < MAX_REASON)),
    }
}
