//! Inputs that settle payouts.

use async_graphql::{Enum, ID, InputObject, OneofObject};

use domain::commission;
use service::ledger::payout::Settlement;

/// The outcome of a payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "commission::PayoutSettlement")]
pub enum PayoutSettlement {
    /// It was paid.
    Paid,
    /// The payment failed.
    Failed,
    /// It was canceled.
    Canceled,
    /// The money came back: a paid payout becomes RETURNED, and its amount is owed again; a pending one becomes FAILED.
    Returned,
}

/// The outcome of a payout.
#[derive(InputObject)]
pub struct SettlePayoutInput {
    /// The payout; it must be pending, or paid if its money came back.
    pub id: ID,
    /// Its outcome.
    pub status: PayoutSettlement,
    /// Its reference in the payment system. A paid payout whose money came back keeps its reference.
    pub reference: Option<String>,
    /// A repeated call with the same key and input returns the payout without settling it again.
    pub idempotency_key: Option<String>,
}

/// The payout whose money came back.
#[derive(InputObject)]
pub struct ReturnPayoutInput {
    /// The payout; it must be paid.
    pub id: ID,
    /// Why its money came back.
    pub reason: String,
    /// A repeated call with the same key and input returns the payout without changing it again.
    pub idempotency_key: Option<String>,
}

/// The outcomes of several payouts.
#[derive(InputObject)]
pub struct SettlePayoutsInput {
    /// The payouts to settle, and how.
    pub what: SettlePayoutsWhatInput,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// The payouts and their outcomes; exactly one of the two is given.
#[derive(OneofObject)]
pub enum SettlePayoutsWhatInput {
    /// 1 to 500 payouts, each with its own outcome.
    Settlements(Vec<PayoutSettlementInput>),
    /// The pending payouts of a run, up to 500 per call, with the same outcome.
    Run(SettlePayoutRunInput),
}

/// The outcome of the pending payouts of a run.
#[derive(InputObject)]
pub struct SettlePayoutRunInput {
    /// The run. Its next 500 pending payouts, in the order of their ids, are settled; settled ones are skipped. Repeat
    /// the call until `remaining` is 0.
    pub run_id: ID,
    /// Their outcome; not RETURNED, since pending payouts cannot come back.
    pub status: PayoutSettlement,
    /// The reference of their common payment in the payment system.
    pub reference: Option<String>,
}

/// The outcome of a payout in a list.
#[derive(InputObject)]
pub struct PayoutSettlementInput {
    /// The payout: a pending one, or one that is already settled with the same status and reference, which is accepted
    /// without any change. RETURNED also takes a paid one.
    pub id: ID,
    /// Its outcome.
    pub status: PayoutSettlement,
    /// Its reference in the payment system. A paid payout whose money came back keeps its reference.
    pub reference: Option<String>,
    /// Why the money came back; only with RETURNED.
    pub reason: Option<String>,
}

impl From<PayoutSettlementInput> for Settlement {
    fn from(input: PayoutSettlementInput) -> Self {
        Self {
            id: input.id.into(),
            status: input.status.into(),
            reference: input.reference,
            reason: input.reason,
        }
    }
}
