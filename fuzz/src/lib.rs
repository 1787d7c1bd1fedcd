//! The bodies of the fuzz targets. The oracle, and the way a world becomes facts and a directory, are those of the tests,
//! which run the same bodies over the corpora.

mod answers;
mod attempts;
mod bodies;
mod sequences;
mod texts;

#[expect(dead_code, unused_imports, unreachable_pub, reason = "the targets use a part of the kit")]
#[path = "../../src/testing.rs"]
mod testing;

#[expect(dead_code, unused_imports, reason = "the tests use more of it")]
#[path = "../../tests/it"]
mod it {
    pub(crate) mod changes {
        pub(crate) mod model;
        pub(crate) mod records;
        pub(crate) mod rows;
        pub(crate) mod twin;
    }
    pub(crate) mod oracle;
    pub(crate) mod world;
}
use it::{changes, oracle, world};

pub use answers::{Answers, decide_matches_oracle, explain_agrees};
pub use bodies::authzen_bodies;
pub use sequences::change_sequence;
pub use texts::{document_strict, question_strict};
