//! Commission reports: commissions grouped and summed.

mod cursor;
mod query;
mod row;

pub use query::CommissionReportQuery;
