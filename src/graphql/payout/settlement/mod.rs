//! Settlement: how payouts ended.

mod input;
mod mutation;
mod result;

#[cfg(test)]
pub use input::SettlePayoutInput;
pub use mutation::SettlementMutation;
