//! Inputs that settle payouts.

use async_graphql::{Enum, ID, InputObject, OneofObject};

use domain::commission;

/// How a payout ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "commission::PayoutSettlement")]
pub enum PayoutSettlement {
    /// It was paid.
    Paid,
    /// The payment failed.
    Failed,
    /// It was called off.
    Canceled,
}

/// How a payout ended.
#[derive(InputObject)]
pub struct SettlePayoutInput {
    /// The payout: a pending one.
    pub id: ID,
    /// How it ended.
    pub status: PayoutSettlement,
    /// What the payment system calls it.
    pub reference: Option<String>,
    /// The same key with the same input gives the payout without settling it again.
    pub idempotency_key: Option<String>,
}

/// How several payouts ended.
#[derive(InputObject)]
pub struct SettlePayoutsInput {
    /// Which ones.
    pub what: SettlePayoutsWhatInput,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Which payouts ended, and how.
#[derive(OneofObject)]
pub enum SettlePayoutsWhatInput {
    /// 1 to 500 payouts, each by itself.
    Settlements(Vec<PayoutSettlementInput>),
    /// The pending ones of a run, 500 a call, all alike.
    Run(SettlePayoutRunInput),
}

/// How the payouts of a run ended.
#[derive(InputObject)]
pub struct SettlePayoutRunInput {
    /// The run: its next 500 pending payouts, in the order of their ids, are settled; what is settled already is passed
    /// over. To be called again until `remaining` is 0.
    pub run_id: ID,
    /// How they ended.
    pub status: PayoutSettlement,
    /// What the payment system calls the payment of them all.
    pub reference: Option<String>,
}

/// How a payout of a list ended.
#[derive(InputObject)]
pub struct PayoutSettlementInput {
    /// The payout: a pending one, or one that has ended in the very same way, with the same reference, which is then as
    /// good as done.
    pub id: ID,
    /// How it ended.
    pub status: PayoutSettlement,
    /// What the payment system calls it.
    pub reference: Option<String>,
}
