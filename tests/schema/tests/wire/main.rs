//! Every text that the library's own tests read, generated ones, and spoilt ones, each beside its schema.

mod beyond;
mod comparison;
mod generated;
mod readers;
mod spoilt;

/// The worlds and changes of the library's own tests.
#[expect(dead_code, unused_imports, reason = "those tests use more of it")]
#[path = "../../../it"]
mod it {
    pub(crate) mod changes {
        pub(crate) mod model;
        pub(crate) mod reached;
        pub(crate) mod records;
        pub(crate) mod rows;
        pub(crate) mod twin;
    }
    pub(crate) mod oracle;
    pub(crate) mod strategies;
    pub(crate) mod world;
}
#[path = "../../../../fuzz/src"]
mod corpora {
    pub(crate) mod attempts;
}
#[expect(dead_code, unreachable_pub, reason = "those tests use a part of the kit, by path")]
#[path = "../../../../src/testing/strategy.rs"]
mod kit;
/// The kit that those tests use.
#[expect(dead_code, unreachable_pub, unused_imports, reason = "those tests use a part of the kit, by path")]
#[path = "../../../../src/testing.rs"]
mod testing;
use it::{changes, oracle, strategies, world};

/// The library's own tests of its forms.
#[path = "../../../it/wire"]
mod wire {
    use crate::readers;

    mod answers;
    mod documents;
    mod examples;
    mod format_3;
    mod questions;
    mod records;
}
