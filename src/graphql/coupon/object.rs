//! Coupons as output types.

use async_graphql::{ComplexObject, Enum, ID};

use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::connection::Connection;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{declare, page_of, required, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use crate::graphql::tenant::audit::{AuditEntry, histories};
use auth::Resource;
use domain::{coupon, id};
use store::view;
use store::view::CouponColumn as Column;

/// Whether a coupon credits sales.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "coupon::CouponStatus")]
pub enum CouponStatus {
    /// Sales of its time that name its code are credited to its partner.
    Active,
    /// It credits nothing.
    Disabled,
}

row! {
    /// A code that a partner hands out.
    pub struct Coupon(coupon::Coupon): COUPON, store::coupon;
}

declare! {
    /// A code that a partner hands out: an event with this `couponCode` is credited to the partner. A partner's token
    /// reads its own coupons.
    pub static COUPON: Coupon = TypeDescription {
        resource: Resource::Coupons,
        identity: &["id", "code"],
        is_named: false,
        table: &view::COUPON,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Coupon>);
    /// The partner to which sales with the code are credited.
    "partner": Partner = required(Column::PartnerId, &PARTNER);
    /// The campaign whose terms pay for them.
    "campaign": Campaign = required(Column::CampaignId, &CAMPAIGN);
    /// The code, unique in the tenant; upper and lower case, and full and half width, are the same.
    "code": String = value(Column::Code, view::text);
    /// Its status.
    "status": CouponStatus = value(Column::Status, view::word!(coupon::CouponStatus));
    /// From when on it is valid, by when sales happened; null: there is no start.
    "startsAt": Option<DateTime> = value(Column::StartsAt, view::moment);
    /// Until when it is valid, exclusive; null: there is no end.
    "endsAt": Option<DateTime> = value(Column::EndsAt, view::moment);
    /// What customers get for it, as a text to show; null if nothing was said. The shop grants it.
    "customerBenefit": Option<String> = value(Column::CustomerBenefit, view::text);
    /// When it was created.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it was last changed.
    "updatedAt": DateTime = value(Column::UpdatedAt, view::moment);
    /// The changes and who made them, newest first. Needs `audit:read`; empty for a partner's token.
    "history": Connection<AuditEntry> = page_of(histories);
}

#[ComplexObject]
impl Coupon {}
