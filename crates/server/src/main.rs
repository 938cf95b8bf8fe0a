//! The binary `threshold`.

fn main() {}
