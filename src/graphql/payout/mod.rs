//! The month's end: payouts, their settlement, statements and reports.

pub mod object;
pub mod report;
pub mod run;
pub mod settlement;
pub mod statement;
