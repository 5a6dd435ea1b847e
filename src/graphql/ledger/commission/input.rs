//! Inputs that approve, reverse and enter commissions.

use async_graphql::{ID, InputObject};

use crate::graphql::input::MoneyInput;
use service::ledger::manual::NewManualCommission;

/// The commissions to approve.
#[derive(InputObject)]
pub struct ApproveCommissionsInput {
    /// The ids of 1 to 500 commissions.
    pub ids: Vec<ID>,
    /// A reason for approving before maturity; needs the scope `admin` and is kept in the transition.
    pub override_holdback_reason: Option<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// The commissions to reverse, and the reason.
#[derive(InputObject)]
pub struct ReverseCommissionsInput {
    /// The ids of 1 to 500 commissions.
    pub ids: Vec<ID>,
    /// The reason.
    pub reason: String,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// A commission to create by hand.
#[derive(InputObject)]
pub struct CreateManualCommissionInput {
    /// The partner whose balance it changes.
    pub partner_id: ID,
    /// The amount; negative to take back; not 0.
    pub amount: MoneyInput,
    /// The reason; visible to the partner.
    pub reason: String,
    /// A note that only staff can read; null: none.
    pub note: Option<String>,
    /// The campaign to which it belongs; null: that of the row that it adjusts, if any.
    pub campaign_id: Option<ID>,
    /// The row of the same partner that it adjusts.
    pub adjusts_id: Option<ID>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// The individual to whom a commission is owed.
#[derive(InputObject)]
pub struct AssignCommissionRecipientInput {
    /// The commission, which has the payment target INDIVIDUAL and no recipient yet.
    pub id: ID,
    /// The individual. It cannot be changed later.
    pub recipient: String,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

impl From<CreateManualCommissionInput> for NewManualCommission {
    fn from(input: CreateManualCommissionInput) -> Self {
        Self {
            partner_id: input.partner_id.into(),
            amount: input.amount.into(),
            reason: input.reason,
            note: input.note,
            campaign_id: input.campaign_id.map(Into::into),
            adjusts_id: input.adjusts_id.map(Into::into),
        }
    }
}
