//! Nobody comes to more by what they do, not even together: every change in every small world, and every sequence of changes,
//! up to a depth, in a few that are larger. And the last Owner stays, whoever acts.

mod agreement;
mod alphabet;
mod coalition;
mod holdings;
pub(crate) mod law;
mod owners;
mod scene;
mod search;
mod single;
