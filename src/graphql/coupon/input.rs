//! Inputs that create and change coupons.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::object::CouponStatus;
use crate::graphql::input::patch;
use crate::graphql::scalar::DateTime;
use service::coupon::{CouponChange, NewCoupon};

/// A new coupon.
#[derive(InputObject)]
pub struct CreateCouponInput {
    /// The partner to which sales with the code are credited; not a revoked one.
    pub partner_id: ID,
    /// The campaign whose terms pay for them.
    pub campaign_id: ID,
    /// The code, 1 to 64 characters; unique in the tenant, whatever its case and width. It never changes.
    pub code: String,
    /// Its status; ACTIVE by default.
    pub status: Option<CouponStatus>,
    /// From when on it is valid, by when sales happened.
    pub starts_at: Option<DateTime>,
    /// Until when it is valid, exclusive; after `startsAt`.
    pub ends_at: Option<DateTime>,
    /// What customers get for it, as a text to show, such as "20 % off".
    pub customer_benefit: Option<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// Changes to a coupon. Absent fields stay as they are; null clears. Sales that were recorded stay credited as they are.
#[derive(InputObject)]
pub struct UpdateCouponInput {
    /// The coupon.
    pub id: ID,
    /// Its status.
    pub status: MaybeUndefined<CouponStatus>,
    /// From when on it is valid, by when sales happened.
    pub starts_at: MaybeUndefined<DateTime>,
    /// Until when it is valid, exclusive; after `startsAt`.
    pub ends_at: MaybeUndefined<DateTime>,
    /// What customers get for it, as a text to show.
    pub customer_benefit: MaybeUndefined<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

impl From<CreateCouponInput> for NewCoupon {
    fn from(input: CreateCouponInput) -> Self {
        Self {
            partner_id: input.partner_id.into(),
            campaign_id: input.campaign_id.into(),
            code: input.code,
            status: input.status.map(Into::into),
            starts_at: input.starts_at.map(Into::into),
            ends_at: input.ends_at.map(Into::into),
            customer_benefit: input.customer_benefit,
        }
    }
}

impl From<UpdateCouponInput> for CouponChange {
    fn from(input: UpdateCouponInput) -> Self {
        Self {
            id: input.id.into(),
            status: patch(input.status),
            starts_at: patch(input.starts_at),
            ends_at: patch(input.ends_at),
            customer_benefit: patch(input.customer_benefit),
        }
    }
}
