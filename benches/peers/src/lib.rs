//! The same questions to shipgate and to other engines, over the same rows.
//!
//! Reading order: [`rows`] (what every engine loads), [`question`] and [`combinations`] (what is asked), [`engine`] (what each
//! engine does for the comparison), then the engines, one a file.

pub mod combinations;
pub mod engine;
pub mod engines;
pub mod generate;
pub mod question;
pub mod rows;
