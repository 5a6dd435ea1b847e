//! The month's end: payouts, their settlement, statements and reports.

mod description;
mod list;
mod object;
mod query;
mod report;
mod report_cursor;
mod report_row;
pub mod run;
mod settlement;
mod settlement_input;
mod settlement_result;
mod statement;
mod statement_movement;
mod statement_page;

pub use description::PAYOUT;
pub use list::{payout_pages, payouts_of};
pub use object::{Payout, PayoutStatus};
pub use query::{PayoutOrderField, PayoutQuery};
pub use report::CommissionReportQuery;
pub use settlement::SettlementMutation;
#[cfg(test)]
pub use settlement_input::SettlePayoutInput;
pub use statement::StatementQuery;
