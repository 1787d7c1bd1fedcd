//! The access service of a deployment platform: an HTTP API over shipgate, on SQLite or PostgreSQL, on any number of instances.
//!
//! | to change | look in |
//! |---|---|
//! | a flag | `configuration` |
//! | a call of the API | `api` |
//! | a page of the console | `pages`, `assets/` |
//! | how changes are stored and followed | `organizations` |
//! | a query, or the tables | `database`, `migrations/` |
//! | how people sign in | `sign_in` |
//! | what is recorded, and how it was | `audit`, `history` |
//! | how access is reviewed, and what an auditor gets | `review`, `evidence` |
//! | what other services ask | `authzen` |
//! | how requests are received | `server` |
//! | what is logged and traced | `log` |
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::todo,
        clippy::unimplemented,
        clippy::indexing_slicing,
        clippy::string_slice
    )
)]

pub mod accounts;
pub mod administer;
pub mod api;
pub mod audit;
pub mod authentication;
pub mod authzen;
pub mod clock;
pub mod configuration;
mod crash_points;
pub mod database;
pub mod demo;
pub mod evidence;
pub mod history;
pub mod ids;
pub mod log;
pub mod organizations;
pub mod pages;
pub mod review;
pub mod secrets;
pub mod server;
pub mod service;
pub mod sign_in;
pub mod start;
