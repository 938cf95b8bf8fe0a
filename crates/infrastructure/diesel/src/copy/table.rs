//! A table, and the order in which tables are filled.

use super::CopyError;
use super::value::{Kind, Value};
use std::collections::BTreeSet;

/// A table that is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: String,
    /// Those that hold something of their own, by name; not what the database itself makes of others.
    pub(super) columns: Vec<Column>,
    /// The columns of the primary key, in its order, by place among `columns`.
    pub(super) key: Vec<usize>,
    /// The tables that must be there before.
    pub(super) refers_to: BTreeSet<String>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Whether PostgreSQL counts on from its greatest number.
    pub(super) counted: bool,
}

impl Table {
    /// Whether rows need other rows of it: then they go in at once.
    pub(super) fn refers_to_itself(&self) -> bool {
        self.refers_to.contains(&self.name)
    }

    /// The key of one of its rows.
    pub(super) fn key_of(&self, row: &[Value]) -> Vec<Value> {
        self.key.iter().filter_map(|place| row.get(*place).cloned()).collect()
    }

    /// Counts its rows.
    pub(super) fn count_sql(&self) -> String {
        format!("SELECT count(*) FROM {}", quoted(&self.name))
    }

    /// `"a", "b"`
    pub(super) fn column_list(&self) -> String {
        self.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn key_columns(&self) -> impl Iterator<Item = &Column> {
        self.key.iter().filter_map(|place| self.columns.get(*place))
    }

    /// `"a", "b"`, and behind each what `suffix` makes of it.
    pub(super) fn key_list(&self, suffix: impl Fn(&Column) -> &'static str) -> String {
        self.key_columns()
            .map(|column| format!("{}{}", quoted(&column.name), suffix(column)))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// A name in SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The tables so that each comes after those that it refers to.
pub(super) fn in_order(mut tables: Vec<Table>) -> Result<Vec<Table>, CopyError> {
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    let mut ordered: Vec<Table> = Vec::with_capacity(tables.len());
    while !tables.is_empty() {
        let is_ready = |table: &Table| {
            let placed = |name: &String| *name == table.name || ordered.iter().any(|before| before.name == *name);
            table.refers_to.iter().all(placed)
        };
        let Some(place) = tables.iter().position(is_ready) else {
            let names: Vec<_> = tables.into_iter().map(|table| table.name).collect();
            return Err(CopyError::Tables(format!("{} refer to each other in a circle", names.join(", "))));
        };
        ordered.push(tables.remove(place));
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, refers_to: &[&str]) -> Table {
        let refers_to = refers_to.iter().map(ToString::to_string).collect();
        Table { name: name.to_owned(), columns: Vec::new(), key: Vec::new(), refers_to }
    }

    #[test]
    fn tables_come_after_those_that_they_refer_to() {
        let tables = vec![table("a", &["c", "a"]), table("b", &["a"]), table("c", &[])];
        let names: Vec<_> = in_order(tables).unwrap().into_iter().map(|table| table.name).collect();
        assert_eq!(names, ["c", "a", "b"]);
    }

    #[test]
    fn a_circle_is_told_of() {
        let circle = in_order(vec![table("a", &["b"]), table("b", &["a"]), table("c", &[])]);
        assert!(matches!(circle, Err(CopyError::Tables(names)) if names.starts_with("a, b ")));
    }
}
