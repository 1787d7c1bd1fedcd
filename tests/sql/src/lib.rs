//! The code that the guide shows for list pages, and a store of records. It runs here, in the databases that it is written for.

pub mod list;
pub mod postgres;
pub mod rows;
pub mod sqlite;
pub mod store;
pub mod with_sqlx;
