//! Queries of lists of users: whatever is asked for, a list has a place for its cursor, and a search has words.
#![no_main]

use libfuzzer_sys::fuzz_target;
use threshold_transport::fuzzing;

fuzz_target!(|query: &str| {
    let Some((list, place)) = fuzzing::user_list(query) else { return };
    assert!(place.is_none_or(|place| list.sort.has(&place)), "a cursor of another order");
    if let Some(search) = &list.filter.search {
        let needle = search.needle();
        assert!(needle.chars().count() >= 3, "no index knows {needle:?}");
        assert!(search.trigrams().iter().all(|three| needle.contains(three.as_str())), "{needle:?}");
    }
});
