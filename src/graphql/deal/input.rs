//! Inputs that create, change, move and renew deals.

use async_graphql::{ID, InputObject, MaybeUndefined};

use crate::graphql::input::{MoneyInput, id_text};

/// An option that a deal bears.
#[derive(Clone, InputObject)]
pub struct CustomFieldValueInput {
    /// The field.
    pub custom_field_id: ID,
    /// Which of its options.
    pub option_id: ID,
}

/// The pairs of field id and option id.
pub fn values(inputs: Vec<CustomFieldValueInput>) -> Vec<(String, String)> {
    let pairs = inputs
        .into_iter()
        .map(|input| (id_text(input.custom_field_id), id_text(input.option_id)));
    pairs.collect()
}

/// A new deal.
#[derive(InputObject)]
pub struct CreateDealInput {
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// What it is called.
    pub name: String,
    /// What it is worth, at least 0.
    pub value: MoneyInput,
    /// Who brought it; this never changes.
    pub partner_id: ID,
    /// The stage that it enters at once; none: it does not enter the pipeline yet.
    pub stage_id: Option<ID>,
    /// The individual who registered it, by the name under which the individual is paid.
    pub lead_creator: Option<String>,
    /// The individual who owns it, by the name under which the individual is paid.
    pub owner: Option<String>,
    /// The options that it bears, at most one of each custom field.
    pub custom_fields: Option<Vec<CustomFieldValueInput>>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of a deal. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdateDealInput {
    /// Which deal.
    pub id: ID,
    /// What it is called.
    pub name: MaybeUndefined<String>,
    /// What it is worth. Commissions that were due before stay as they are.
    pub value: MaybeUndefined<MoneyInput>,
    /// The individual who registered it.
    pub lead_creator: MaybeUndefined<String>,
    /// The individual who owns it.
    pub owner: MaybeUndefined<String>,
    /// All options that it bears from now on. A condition of its stage that becomes true by this pays now.
    pub custom_fields: MaybeUndefined<Vec<CustomFieldValueInput>>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// A move of a deal.
#[derive(InputObject)]
pub struct MoveDealInput {
    /// Which deal.
    pub id: ID,
    /// The stage that it enters. Where it stands already, nothing happens.
    pub stage_id: ID,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// A renewal of a deal.
#[derive(InputObject)]
pub struct RecordDealRenewalInput {
    /// Which deal.
    pub id: ID,
    /// A key of the caller's choice: the same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: String,
}
