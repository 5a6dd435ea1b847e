//! Inputs that create and change partner groups.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::rule_input::PartnerGroupRuleInput;
use crate::graphql::scalar::CurrencyCode;

/// A new partner group.
#[derive(InputObject)]
pub struct CreatePartnerGroupInput {
    /// Its name.
    pub name: String,
    /// Its rules, at most 100; exactly one of them `recurring`.
    pub rules: Vec<PartnerGroupRuleInput>,
    /// A note about the group.
    pub description: Option<String>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// Free labels, at most 50.
    pub tags: Option<Vec<String>>,
    /// Whether partners without a group use it; the former default group is one no more.
    pub default: Option<bool>,
    /// What the amounts of its rules are in.
    pub currency: Option<CurrencyCode>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of a partner group. Absent fields stay as they are; null clears. Past commissions do not change.
#[derive(InputObject)]
pub struct UpdatePartnerGroupInput {
    /// Which group.
    pub id: ID,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// Its rules: they replace the former ones and raise `version`.
    pub rules: MaybeUndefined<Vec<PartnerGroupRuleInput>>,
    /// A note about the group.
    pub description: MaybeUndefined<String>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: MaybeUndefined<String>,
    /// Free labels, at most 50: they replace the former ones.
    pub tags: MaybeUndefined<Vec<String>>,
    /// Whether partners without a group use it.
    pub default: MaybeUndefined<bool>,
    /// What the amounts of its rules are in.
    pub currency: MaybeUndefined<CurrencyCode>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}
