//! Payout runs: the payouts of a day, partner by partner.

mod left_out;
mod line;
mod line_list;
mod mutation;
mod object;
mod preview;
mod query;

#[cfg(test)]
pub use line::PAYOUT_RUN_LINE;
#[cfg(test)]
pub use mutation::CreatePayoutRunInput;
pub use mutation::PayoutRunMutation;
pub use object::{PAYOUT_RUN, PayoutRun};
pub use query::PayoutRunQuery;
