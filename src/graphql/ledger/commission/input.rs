//! Inputs that approve, reverse and enter commissions.

use async_graphql::{ID, InputObject};

use crate::graphql::input::MoneyInput;

/// Which commissions to approve.
#[derive(InputObject)]
pub struct ApproveCommissionsInput {
    /// 1 to 500 of them.
    pub ids: Vec<ID>,
    /// A reason to approve before maturity; needs the scope `admin` and is kept in the transition.
    pub override_holdback_reason: Option<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Which commissions to reverse, and why.
#[derive(InputObject)]
pub struct ReverseCommissionsInput {
    /// 1 to 500 of them.
    pub ids: Vec<ID>,
    /// Why, for the record.
    pub reason: String,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// A commission to enter by hand.
#[derive(InputObject)]
pub struct CreateManualCommissionInput {
    /// Who gets it, or pays it back.
    pub partner_id: ID,
    /// How much; negative takes back; not 0.
    pub amount: MoneyInput,
    /// Why, for the record; the partner sees it.
    pub reason: String,
    /// What only staff is to know; null: nothing.
    pub note: Option<String>,
    /// The campaign that it belongs to; null: that of the row that it mends, if it mends one.
    pub campaign_id: Option<ID>,
    /// The row of the same partner that it mends.
    pub adjusts_id: Option<ID>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// To whom a commission is owed.
#[derive(InputObject)]
pub struct AssignCommissionRecipientInput {
    /// The commission: one that waits for an individual.
    pub id: ID,
    /// The individual. It cannot be changed later.
    pub recipient: String,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}
