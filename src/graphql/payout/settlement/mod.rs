//! Settlement: whether payouts were paid, failed or were canceled.

mod input;
mod mutation;
mod result;

#[cfg(test)]
pub use input::SettlePayoutInput;
pub use mutation::SettlementMutation;
