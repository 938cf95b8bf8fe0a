//! Whether two tables hold the same rows, whatever their order.

use super::value::Value;
use sha2::{Digest, Sha256};

/// How many rows a table has, and the sum of their digests: equal rows in any order give an equal sum, and others don't.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TableDigest {
    pub(super) rows: u64,
    sum: u128,
}

impl TableDigest {
    pub(super) fn add(&mut self, row: &[Value]) {
        let mut hasher = Sha256::new();
        for value in row {
            // With its kind and its length, so that no two rows give the same bytes.
            let (tag, bytes): (u8, &[u8]) = match value {
                Value::Null => (0, &[]),
                Value::Number(number) => (1, &number.to_be_bytes()),
                Value::Text(text) => (2, text.as_bytes()),
                Value::Bytes(bytes) => (3, bytes),
            };
            hasher.update([tag]);
            hasher.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(bytes);
        }
        let digest: [u8; 32] = hasher.finalize().into();
        let (half, _rest) = digest.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
        self.sum = self.sum.wrapping_add(u128::from_be_bytes(*half));
        self.rows += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(rows: &[&[Value]]) -> TableDigest {
        let mut digest = TableDigest::default();
        for row in rows {
            digest.add(row);
        }
        digest
    }

    #[test]
    fn only_the_same_rows_are_equal_in_any_order() {
        let text = |text: &str| Value::Text(text.to_owned());
        let (one, other): ([Value; 2], [Value; 2]) = ([text("a"), text("b")], [text("ab"), text("")]);
        assert_eq!(digest(&[&one, &other]), digest(&[&other, &one]));
        assert_ne!(digest(&[&one]), digest(&[&other]));
        assert_ne!(digest(&[&one, &one]), digest(&[&one, &other]));
        assert_ne!(digest(&[&one, &one]), digest(&[&one]));
        assert_ne!(digest(&[&[Value::Null]]), digest(&[&[text("")]]));
        assert_ne!(digest(&[&[Value::Bytes(b"a".to_vec())]]), digest(&[&[text("a")]]));
        assert_ne!(digest(&[&[Value::Number(0)]]), digest(&[&[Value::Null]]));
    }
}
