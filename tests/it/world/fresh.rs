//! Ids of records, for tests in which no record's id matters.

use std::sync::atomic::{AtomicU64, Ordering};

/// What can name a record.
pub(crate) trait Numbered {
    fn numbered(number: u64) -> Self;
}

impl Numbered for u64 {
    fn numbered(number: u64) -> Self {
        number
    }
}

impl Numbered for String {
    fn numbered(number: u64) -> Self {
        format!("record-{number}")
    }
}

/// All have the same name: no test with such ids applies a record.
impl Numbered for &'static str {
    fn numbered(_: u64) -> Self {
        "record"
    }
}

/// The id of a new record, which is not one of the records that tests number themselves.
pub(crate) fn fresh<N: Numbered>() -> N {
    static NEXT: AtomicU64 = AtomicU64::new(1_000_000);
    N::numbered(NEXT.fetch_add(1, Ordering::Relaxed))
}
