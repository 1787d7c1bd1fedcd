//! The code that the guide shows for list pages. It runs here, in the databases that it is written for.

pub mod list;
pub mod postgres;
pub mod sqlite;
