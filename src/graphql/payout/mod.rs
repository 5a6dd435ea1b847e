//! Month-end: payouts, their settlement, statements and reports.

mod description;
mod list;
mod object;
mod query;
pub mod report;
pub mod run;
pub mod settlement;
pub mod statement;

pub use description::PAYOUT;
pub use list::payout_pages;
pub use object::{Payout, PayoutStatus};
pub use query::{PayoutOrderField, PayoutQuery};
