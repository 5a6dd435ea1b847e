//! Inputs that create and change partners.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::kind::PartnerType;
use crate::graphql::scalar::{CurrencyCode, Json};
use crate::graphql::terms::CommissionSnapshotInput;

/// A new partner.
#[derive(InputObject)]
pub struct CreatePartnerInput {
    /// Its name.
    pub name: String,
    /// Its e-mail address; unique in the tenant, whatever the case.
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
    /// Whatever other systems want to keep with it; at most 16 KB.
    pub metadata: Option<Json>,
    /// What it wants to be paid in.
    pub payout_currency: Option<CurrencyCode>,
    /// What the payment service calls it, which payout files then say; without one they say its e-mail address.
    pub payout_reference: Option<String>,
    /// True: it starts INVITED, to be activated later. By default it starts ACTIVE. Tributary sends no mail itself.
    pub send_invite: Option<bool>,
    /// The campaigns that it belongs to.
    pub campaign_ids: Option<Vec<ID>>,
    /// What it is promised: stamped as a snapshot with the source INVITE.
    pub commission_snapshot: Option<CommissionSnapshotInput>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of a partner. Absent fields stay as they are; null clears. Past commissions do not change.
#[derive(InputObject)]
pub struct UpdatePartnerInput {
    /// Which partner.
    pub id: ID,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// Its e-mail address; unique in the tenant, whatever the case.
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
    /// Its categories: they replace the former ones.
    pub category_ids: MaybeUndefined<Vec<ID>>,
    /// Free labels, at most 50: they replace the former ones.
    pub tags: MaybeUndefined<Vec<String>>,
    /// Whatever other systems want to keep with it; replaces the former value.
    pub metadata: MaybeUndefined<Json>,
    /// What it wants to be paid in.
    pub payout_currency: MaybeUndefined<CurrencyCode>,
    /// What the payment service calls it. Payouts that were made before keep what they were made with.
    pub payout_reference: MaybeUndefined<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}
