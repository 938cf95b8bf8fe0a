//! Lists of users, fast whatever they are narrowed by.
//!
//! A list follows an index in its order (`lane`). Where a filter narrows it, a stretch of the index is looked through first: what
//! many users meet fills the page from there. What few meet is found by an index of its own (`candidates`), and those few are
//! sorted. Neither leaves a choice to the planner, which would have to know how many rows a filter leaves, and where.

mod candidates;
mod lane;
mod reader;
mod scope;
mod walk;
mod writer;

pub(crate) use reader::DieselUserDirectory;
pub(crate) use writer::{note_many_names, note_names};
