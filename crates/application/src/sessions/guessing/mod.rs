//! Keeping people from guessing passwords, without letting strangers lock anybody out.

mod gate;
mod guard;

pub(super) use guard::{Barred, Guess};
pub use guard::{GuessGuard, GuessLimits, Guesser};
