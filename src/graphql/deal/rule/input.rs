//! Commission rules as input types.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::entry_input::CommissionRuleEntryInput;
use super::object::RecipientAssignment;
use crate::graphql::input::{each, patch, patch_each};
use crate::graphql::ledger::commission::PaymentTarget;
use crate::graphql::partner::PartnerType;
use crate::graphql::scalar::CurrencyCode;
use service::commission_rule::{CommissionRuleChange, NewCommissionRule};

/// A new commission rule.
#[derive(InputObject)]
pub struct CreateCommissionRuleInput {
    /// Its label.
    pub label: String,
    /// The id that another system gave it; unique among the rules that are not archived.
    pub external_id: Option<String>,
    /// The type of the partners to which it applies.
    pub partner_type: PartnerType,
    /// Who is paid; PARTNERSHIP by default.
    pub payment_target: Option<PaymentTarget>,
    /// Who becomes the recipient if an individual is paid; if absent, as MANUAL.
    pub auto_assign_recipient: Option<RecipientAssignment>,
    /// The currency of matching deals and of fixed values; if absent, every deal matches, and fixed values are in its
    /// currency.
    pub currency: Option<CurrencyCode>,
    /// How many days its commissions wait before they may be approved, 0 to 365; if absent, they are approved by hand
    /// only.
    pub holdback_days: Option<i32>,
    /// What it pays, and when: 1 to 50 entries.
    pub entries: Vec<CommissionRuleEntryInput>,
    /// Only for partners in one of these tiers; if absent or empty, for all partners.
    pub tier_ids: Option<Vec<ID>>,
    /// Only for partners in one of these categories; if absent or empty, for all partners.
    pub category_ids: Option<Vec<ID>>,
    /// Only for these partners; if absent or empty, for all.
    pub partner_ids: Option<Vec<ID>>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// Changes to a commission rule. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdateCommissionRuleInput {
    /// The rule.
    pub id: ID,
    /// Its label.
    pub label: MaybeUndefined<String>,
    /// The id that another system gave it; unique among the rules that are not archived.
    pub external_id: MaybeUndefined<String>,
    /// The type of the partners to which it applies.
    pub partner_type: MaybeUndefined<PartnerType>,
    /// Who is paid.
    pub payment_target: MaybeUndefined<PaymentTarget>,
    /// Who becomes the recipient if an individual is paid; null: as MANUAL.
    pub auto_assign_recipient: MaybeUndefined<RecipientAssignment>,
    /// The currency of matching deals and of fixed values; null: every deal matches, and fixed values are in its
    /// currency.
    pub currency: MaybeUndefined<CurrencyCode>,
    /// How many days its commissions wait before they may be approved, 0 to 365; null: they are approved by hand only.
    pub holdback_days: MaybeUndefined<i32>,
    /// All entries from now on: 1 to 50.
    pub entries: MaybeUndefined<Vec<CommissionRuleEntryInput>>,
    /// The tiers from now on; [] or null: all partners.
    pub tier_ids: MaybeUndefined<Vec<ID>>,
    /// The categories from now on; [] or null: all partners.
    pub category_ids: MaybeUndefined<Vec<ID>>,
    /// The partners from now on; [] or null: all.
    pub partner_ids: MaybeUndefined<Vec<ID>>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

impl From<CreateCommissionRuleInput> for NewCommissionRule {
    fn from(input: CreateCommissionRuleInput) -> Self {
        Self {
            label: input.label,
            external_id: input.external_id,
            partner_type: input.partner_type.into(),
            payment_target: input.payment_target.map(Into::into),
            auto_assign_recipient: input.auto_assign_recipient.map(Into::into),
            currency: input.currency.map(Into::into),
            holdback_days: input.holdback_days,
            entries: each(input.entries),
            tier_ids: each(input.tier_ids.unwrap_or_default()),
            category_ids: each(input.category_ids.unwrap_or_default()),
            partner_ids: each(input.partner_ids.unwrap_or_default()),
        }
    }
}

impl From<UpdateCommissionRuleInput> for CommissionRuleChange {
    fn from(input: UpdateCommissionRuleInput) -> Self {
        Self {
            id: input.id.into(),
            label: patch(input.label),
            external_id: patch(input.external_id),
            partner_type: patch(input.partner_type),
            payment_target: patch(input.payment_target),
            auto_assign_recipient: patch(input.auto_assign_recipient),
            currency: patch(input.currency),
            holdback_days: patch(input.holdback_days),
            entries: patch_each(input.entries),
            tier_ids: patch_each(input.tier_ids),
            category_ids: patch_each(input.category_ids),
            partner_ids: patch_each(input.partner_ids),
        }
    }
}
