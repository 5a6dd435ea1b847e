//! Inputs that create, change, move and renew deals.

use async_graphql::{ID, InputObject, MaybeUndefined};

use crate::graphql::input::{MoneyInput, each, patch, patch_each};
use service::deal::{DealChange, NewDeal};

/// An option set on a deal.
#[derive(Clone, InputObject)]
pub struct CustomFieldValueInput {
    /// The field.
    pub custom_field_id: ID,
    /// The option.
    pub option_id: ID,
}

/// The ids of the field and of the option.
impl From<CustomFieldValueInput> for (String, String) {
    fn from(input: CustomFieldValueInput) -> Self {
        (input.custom_field_id.into(), input.option_id.into())
    }
}

/// A new deal.
#[derive(InputObject)]
pub struct CreateDealInput {
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// Its name.
    pub name: String,
    /// Its value, at least 0.
    pub value: MoneyInput,
    /// The partner that brought it; it never changes.
    pub partner_id: ID,
    /// The stage that it enters at once; if absent, it does not enter the pipeline yet.
    pub stage_id: Option<ID>,
    /// The name of the individual who registered it, under which that individual is paid.
    pub lead_creator: Option<String>,
    /// The name of the individual who owns it, under which that individual is paid.
    pub owner: Option<String>,
    /// The options set on the deal, at most one per custom field.
    pub custom_fields: Option<Vec<CustomFieldValueInput>>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// Changes to a deal. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdateDealInput {
    /// The deal.
    pub id: ID,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// Its value. Commissions that are already due stay as they are.
    pub value: MaybeUndefined<MoneyInput>,
    /// The individual who registered it.
    pub lead_creator: MaybeUndefined<String>,
    /// The individual who owns it.
    pub owner: MaybeUndefined<String>,
    /// All options set on the deal from now on. If this makes a condition of its current stage true, that entry pays
    /// now.
    pub custom_fields: MaybeUndefined<Vec<CustomFieldValueInput>>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// A move of a deal.
#[derive(InputObject)]
pub struct MoveDealInput {
    /// The deal.
    pub id: ID,
    /// The stage that it enters. If it is already in this stage, nothing happens.
    pub stage_id: ID,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// A renewal of a deal.
#[derive(InputObject)]
pub struct RecordDealRenewalInput {
    /// The deal.
    pub id: ID,
    /// A key that the caller chooses. A repeated call with the same key and input changes nothing and returns the first
    /// call's result.
    pub idempotency_key: String,
}

impl From<CreateDealInput> for NewDeal {
    fn from(input: CreateDealInput) -> Self {
        Self {
            external_id: input.external_id,
            name: input.name,
            value: input.value.into(),
            partner_id: input.partner_id.into(),
            stage_id: input.stage_id.map(Into::into),
            lead_creator: input.lead_creator,
            owner: input.owner,
            fields: each(input.custom_fields.unwrap_or_default()),
        }
    }
}

impl From<UpdateDealInput> for DealChange {
    fn from(input: UpdateDealInput) -> Self {
        Self {
            id: input.id.into(),
            name: patch(input.name),
            value: patch(input.value),
            lead_creator: patch(input.lead_creator),
            owner: patch(input.owner),
            fields: patch_each(input.custom_fields),
        }
    }
}
