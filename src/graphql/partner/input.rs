//! Inputs that create and change partners.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::kind::PartnerType;
use crate::graphql::input::{each, patch, patch_each};
use crate::graphql::scalar::{CurrencyCode, Json};
use crate::graphql::terms::CommissionSnapshotInput;
use service::partner::{NewPartner, PartnerChange};

/// A new partner.
#[derive(InputObject)]
pub struct CreatePartnerInput {
    /// Its name.
    pub name: String,
    /// Its e-mail address; unique in the tenant, case-insensitive.
    pub email: String,
    /// AFFILIATE by default.
    #[graphql(name = "type")]
    pub partner_type: Option<PartnerType>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// Its group.
    pub group_id: Option<ID>,
    /// Its tier.
    pub tier_id: Option<ID>,
    /// Its categories.
    pub category_ids: Option<Vec<ID>>,
    /// Free labels, at most 50.
    pub tags: Option<Vec<String>>,
    /// Arbitrary JSON data that other systems keep with it; at most 16 KB.
    pub metadata: Option<Json>,
    /// The currency in which it wants to be paid.
    pub payout_currency: Option<CurrencyCode>,
    /// Its identifier at the payment service, which payout files use; if absent, they use its e-mail address.
    pub payout_reference: Option<String>,
    /// Whether it starts as INVITED, to be activated later; by default it starts as ACTIVE. No e-mail is sent.
    pub send_invite: Option<bool>,
    /// The campaigns that it belongs to.
    pub campaign_ids: Option<Vec<ID>>,
    /// The terms that it is promised; stored as a snapshot with the source INVITE.
    pub commission_snapshot: Option<CommissionSnapshotInput>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// Changes to a partner. Absent fields stay as they are; null clears. Past commissions do not change.
#[derive(InputObject)]
pub struct UpdatePartnerInput {
    /// The partner.
    pub id: ID,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// Its e-mail address; unique in the tenant, case-insensitive.
    pub email: MaybeUndefined<String>,
    /// How it brings customers.
    #[graphql(name = "type")]
    pub partner_type: MaybeUndefined<PartnerType>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: MaybeUndefined<String>,
    /// Its group.
    pub group_id: MaybeUndefined<ID>,
    /// Its tier.
    pub tier_id: MaybeUndefined<ID>,
    /// Its categories; they replace the existing ones.
    pub category_ids: MaybeUndefined<Vec<ID>>,
    /// Free labels, at most 50; they replace the existing ones.
    pub tags: MaybeUndefined<Vec<String>>,
    /// Arbitrary JSON data that other systems keep with it; replaces the existing value.
    pub metadata: MaybeUndefined<Json>,
    /// The currency in which it wants to be paid.
    pub payout_currency: MaybeUndefined<CurrencyCode>,
    /// Its identifier at the payment service. Existing payouts keep the one with which they were created.
    pub payout_reference: MaybeUndefined<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

impl From<CreatePartnerInput> for NewPartner {
    fn from(input: CreatePartnerInput) -> Self {
        Self {
            name: input.name,
            email: input.email,
            partner_type: input.partner_type.map(Into::into),
            external_id: input.external_id,
            group_id: input.group_id.map(Into::into),
            tier_id: input.tier_id.map(Into::into),
            category_ids: each(input.category_ids.unwrap_or_default()),
            tags: input.tags.unwrap_or_default(),
            metadata: input.metadata.map(Into::into),
            payout_currency: input.payout_currency.map(Into::into),
            payout_reference: input.payout_reference,
            send_invite: input.send_invite.unwrap_or(false),
            campaign_ids: each(input.campaign_ids.unwrap_or_default()),
            commission_snapshot: input.commission_snapshot.map(Into::into),
        }
    }
}

impl From<UpdatePartnerInput> for PartnerChange {
    fn from(input: UpdatePartnerInput) -> Self {
        Self {
            id: input.id.into(),
            name: patch(input.name),
            email: patch(input.email),
            partner_type: patch(input.partner_type),
            external_id: patch(input.external_id),
            group_id: patch(input.group_id),
            tier_id: patch(input.tier_id),
            category_ids: patch_each(input.category_ids),
            tags: patch(input.tags),
            metadata: patch(input.metadata),
            payout_currency: patch(input.payout_currency),
            payout_reference: patch(input.payout_reference),
        }
    }
}
