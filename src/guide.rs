//! The guide, a page a module.
//!
//! | page | read it to |
//! |---|---|
//! | [`policy`] | learn what is allowed, and why: the rules and every table |
//! | [`recipes`] | set up an auditor, a release manager, a guest, a bot, and remove members |
//! | [`enforcement`] | answer 401, 403, 404 or 409 from a request handler |
//! | [`directory`] | load the facts, change them, keep a record and share them between threads |
//! | [`following`] | keep the instances of your service at what the database says |
//! | [`lists`] | list who has access, list what a user may see, and filter in SQL |
//! | [`json`] | read and write documents, questions, answers and records |
//! | [`testing`] | see what is tested, and test your own service |
//! | [`security`] | learn which attacks the library stops, and which it leaves to you |
//! | [`design`] | find out why it is the way it is |
//! | [`performance`] | see what it costs, and how that was measured |
//! | [`compare`] | choose between this library and its peers |
//!
//! The text of a page is compiled in with all default features, because its examples use them.

#[cfg(test)]
#[path = "guide/tables.rs"]
mod tables;

macro_rules! pages {
    ($($name:ident: $file:literal,)+) => {
        $(
            #[cfg_attr(all(feature = "authzen", feature = "shared"), doc = include_str!($file))]
            #[cfg_attr(not(all(feature = "authzen", feature = "shared")), doc = "Compiled in with the default features.")]
            pub mod $name {}
        )+
    };
}

pages! {
    policy: "guide/policy.md",
    recipes: "guide/recipes.md",
    enforcement: "guide/enforcement.md",
    directory: "guide/directory.md",
    following: "guide/following.md",
    lists: "guide/lists.md",
    json: "guide/json.md",
    testing: "guide/testing.md",
    security: "guide/security.md",
    design: "guide/design.md",
    performance: "guide/performance.md",
    compare: "guide/compare.md",
}
