//! Where a reader is in its file.

use std::io::{self, BufRead};

/// Counts bytes and lines as they are read.
pub(crate) struct Cursor<R> {
    input: R,
    /// The bytes before this one are read.
    pub(crate) position: u64,
    /// The number of the line that comes next, from 1.
    pub(crate) number: u64,
}

impl<R: BufRead> Cursor<R> {
    /// A reader that has got so far already.
    pub(crate) fn new(input: R, position: u64, number: u64) -> Self {
        Self { input, position, number }
    }

    /// What is there to be read now; empty at the end.
    pub(crate) fn bytes(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    /// Goes on by `count` of these bytes.
    pub(crate) fn advance(&mut self, count: usize) -> io::Result<()> {
        let bytes = self.input.fill_buf()?;
        let ends = bytes.iter().take(count).filter(|byte| **byte == b'\n').count();
        self.number += u64::try_from(ends).unwrap_or(u64::MAX);
        self.position += u64::try_from(count).unwrap_or(u64::MAX);
        self.input.consume(count);
        Ok(())
    }

    /// Goes on while the next byte is one of those.
    pub(crate) fn skip(&mut self, some: &[u8]) -> io::Result<()> {
        while self.bytes()?.first().is_some_and(|byte| some.contains(byte)) {
            self.advance(1)?;
        }
        Ok(())
    }
}
