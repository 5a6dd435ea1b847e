//! Commissions: the rows of the ledger.

mod approve_matching;
mod connection;
mod description;
mod filter;
mod input;
mod list;
mod mutation;
mod object;
mod query;
mod result;
mod transition;
mod whole_list;

pub use connection::CommissionConnection;
pub use description::COMMISSION;
pub use filter::{CommissionFilter, CommissionOrderField};
#[cfg(test)]
pub use input::{ApproveCommissionsInput, CreateManualCommissionInput};
pub use list::{commission_pages, commissions_under};
pub use mutation::CommissionMutation;
pub use object::{Commission, CommissionKind, CommissionStatus, PaymentTarget};
pub use query::CommissionQuery;
#[cfg(test)]
pub use transition::COMMISSION_TRANSITION;
