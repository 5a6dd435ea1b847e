//! Commission reports: sums by what commissions have in common.

mod cursor;
mod query;
mod row;

pub use query::CommissionReportQuery;
