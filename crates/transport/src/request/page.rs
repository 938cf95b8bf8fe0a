//! Pages of lists.

use super::{Members, Noted};
use crate::problem::FieldError;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema};

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 200;

/// What every list takes.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents what `Page` reads")]
pub(crate) struct PageParameters {
    /// How many items a page has.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// Where it begins: the `next_cursor` of the page before it.
    cursor: Option<String>,
}

/// One page of a list. A cursor holds the list with its filters, and the key of the last item before it.
#[derive(Debug)]
pub(crate) struct Page<K> {
    list: String,
    limit: usize,
    after: Option<K>,
}

/// A page as clients see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List<T> {
    items: Vec<T>,
    /// The `cursor` of the next page; `null` if this is the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

impl<K: Serialize + DeserializeOwned> Page<K> {
    /// Reads `limit` and `cursor`; `list` names the list with everything that decides what is in it and in which order.
    pub(crate) fn read(members: &mut Members, list: impl Into<String>) -> Result<Self, Noted> {
        let list = list.into();
        let limit =
            members.optional("limit", |text| Ok(text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit))));
        let cursor = members.optional("cursor", |text| Ok(decode(&list, text)));
        let limit = match limit? {
            None => DEFAULT_LIMIT,
            Some(Some(limit)) => limit,
            Some(None) => {
                let message = format!("This must be a number from 1 to {MAX_LIMIT}.");
                return Err(members.fault(FieldError::new("limit", "out-of-range", message)));
            }
        };
        let after = match cursor? {
            None => None,
            Some(Some(key)) => Some(key),
            Some(None) => return Err(Self::not_of_this_list(members)),
        };
        Ok(Self { list, limit, after })
    }

    /// Notes that the cursor is none.
    pub(crate) fn not_of_this_list(members: &mut Members) -> Noted {
        let message = "This is no cursor of this list with these filters; begin without one.";
        members.fault(FieldError::new("cursor", "invalid-cursor", message))
    }

    /// The key of the last item before the page; `None` for the first page.
    pub(crate) fn after(&self) -> Option<&K> {
        self.after.as_ref()
    }

    /// How many items to fetch: one more than are shown tells whether there is another page.
    pub(crate) fn to_fetch(&self) -> usize {
        self.limit + 1
    }

    /// The page, made of what was fetched; `key` is that of an item.
    pub(crate) fn answer<T, V>(&self, mut fetched: Vec<T>, key: impl Fn(&T) -> K, view: impl Fn(&T) -> V) -> List<V> {
        let has_more = fetched.len() > self.limit;
        fetched.truncate(self.limit);
        let next_cursor = fetched.last().filter(|_item| has_more).map(|item| encode(&self.list, &key(item)));
        List { items: fetched.iter().map(view).collect(), next_cursor }
    }
}

fn encode<K: Serialize>(list: &str, key: &K) -> String {
    // Text and numbers can always be written.
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&(list, key)).unwrap_or_default())
}

fn decode<K: DeserializeOwned>(list: &str, cursor: &str) -> Option<K> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (of, key): (String, K) = serde_json::from_slice(&text).ok()?;
    (of == list).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::super::Fields;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(query: serde_json::Value, list: &str) -> Result<Page<String>, Vec<String>> {
        let read = Fields::of(query).unwrap().read(|members| Page::<String>::read(members, list));
        read.map_err(|problem| problem.errors().iter().map(|error| error.code.to_string()).collect())
    }

    #[test]
    fn pages_follow_one_another_to_the_end() {
        let items: Vec<String> = ('a'..='e').map(String::from).collect();
        let (mut seen, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let page = read(json!({"limit": "2", "cursor": cursor}), "letters").unwrap();
            let rest = items.iter().filter(|item| page.after().is_none_or(|after| *item > after));
            let fetched = rest.take(page.to_fetch()).cloned().collect();
            let answer = page.answer(fetched, Clone::clone, Clone::clone);
            seen.push(answer.items.join(""));
            cursor = answer.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["ab", "cd", "e"]);
    }

    #[test]
    fn limits_are_from_1_to_200() {
        for limit in ["0", "-1", "201", "1000000000", "x", "", "1.5", "18446744073709551616"] {
            assert_eq!(read(json!({"limit": limit}), "x").unwrap_err(), ["out-of-range"], "{limit}");
        }
        assert_eq!(read(json!({"limit": "200"}), "x").unwrap().to_fetch(), 201);
        assert_eq!(read(json!({}), "x").unwrap().to_fetch(), 51);
    }

    #[test]
    fn a_cursor_of_another_list_is_none() {
        let cursor = encode("users?q=a", &"k".to_owned());
        assert!(read(json!({"cursor": cursor}), "users?q=a").is_ok());
        assert_eq!(read(json!({"cursor": cursor}), "users?q=b").unwrap_err(), ["invalid-cursor"]);
        let of_another_key = encode("users?q=a", &7);
        assert_eq!(read(json!({"cursor": of_another_key}), "users?q=a").unwrap_err(), ["invalid-cursor"]);
    }

    proptest! {
        #[test]
        fn a_made_up_cursor_is_none(cursor in ".{0,60}") {
            prop_assert_eq!(read(json!({"cursor": cursor}), "x").unwrap_err(), vec!["invalid-cursor".to_owned()]);
        }
    }
}
