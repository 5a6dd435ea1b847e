//! Inputs that create and change partner groups.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::rule_input::PartnerGroupRuleInput;
use crate::graphql::input::{each, patch, patch_each};
use crate::graphql::scalar::CurrencyCode;
use service::partner_group::{NewPartnerGroup, PartnerGroupChange};

/// A new partner group.
#[derive(InputObject)]
pub struct CreatePartnerGroupInput {
    /// Its name.
    pub name: String,
    /// Its rules, at most 100; exactly one of them must be `recurring`.
    pub rules: Vec<PartnerGroupRuleInput>,
    /// A note about the group.
    pub description: Option<String>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// Free labels, at most 50.
    pub tags: Option<Vec<String>>,
    /// Whether partners without a group use it; the previous default group is then no longer the default.
    pub default: Option<bool>,
    /// The currency of the amounts in its rules.
    pub currency: Option<CurrencyCode>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// Changes to a partner group. Absent fields stay as they are; null clears. Past commissions do not change.
#[derive(InputObject)]
pub struct UpdatePartnerGroupInput {
    /// The group.
    pub id: ID,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// Its rules; they replace the existing ones and raise `version`.
    pub rules: MaybeUndefined<Vec<PartnerGroupRuleInput>>,
    /// A note about the group.
    pub description: MaybeUndefined<String>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: MaybeUndefined<String>,
    /// Free labels, at most 50; they replace the existing ones.
    pub tags: MaybeUndefined<Vec<String>>,
    /// Whether partners without a group use it.
    pub default: MaybeUndefined<bool>,
    /// The currency of the amounts in its rules.
    pub currency: MaybeUndefined<CurrencyCode>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

impl From<CreatePartnerGroupInput> for NewPartnerGroup {
    fn from(input: CreatePartnerGroupInput) -> Self {
        Self {
            name: input.name,
            rules: each(input.rules),
            description: input.description,
            external_id: input.external_id,
            tags: input.tags.unwrap_or_default(),
            is_default: input.default.unwrap_or(false),
            currency: input.currency.map(Into::into),
        }
    }
}

impl From<UpdatePartnerGroupInput> for PartnerGroupChange {
    fn from(input: UpdatePartnerGroupInput) -> Self {
        Self {
            id: input.id.into(),
            name: patch(input.name),
            rules: patch_each(input.rules),
            description: patch(input.description),
            external_id: patch(input.external_id),
            tags: patch(input.tags),
            is_default: patch(input.default),
            currency: patch(input.currency),
        }
    }
}
