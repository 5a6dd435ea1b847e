//! Touches as output types.

use async_graphql::{ComplexObject, Enum, ID};

use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::coupon::{COUPON, Coupon};
use crate::graphql::ledger::customer::{CUSTOMER, Customer};
use crate::graphql::ledger::event::{ATTRIBUTION, Attribution};
use crate::graphql::link::{LINK, Link};
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{PartnerVisibility, declare, family, link, required, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use auth::Resource;
use domain::{id, touch};
use store::view;
use store::view::TouchColumn as Column;

/// What somebody met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "touch::TouchKind")]
pub enum TouchKind {
    /// A link, which was followed.
    Click,
    /// A coupon, which was shown or entered.
    Coupon,
    /// A partner who recommended something, without link or coupon.
    Referral,
}

row! {
    /// A moment at which somebody met a partner's link, coupon or recommendation.
    pub struct Touch(touch::Touch): TOUCH, store::touch;
}

declare! {
    /// A moment at which somebody met a partner's link, coupon or recommendation. A partner's token reads its own touches,
    /// without visitor, customer and external id.
    pub static TOUCH: Touch = TypeDescription {
        resource: Resource::Events,
        identity: &["id"],
        is_named: false,
        table: &view::TOUCH,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Touch>);
    /// What somebody met.
    "kind": TouchKind = value(Column::Kind, view::word!(touch::TouchKind));
    /// The partner whose link, coupon or recommendation it was.
    "partner": Partner = required(Column::PartnerId, &PARTNER);
    /// The campaign of the link, coupon or recommendation.
    "campaign": Campaign = required(Column::CampaignId, &CAMPAIGN);
    /// The link that was followed; null if it is no click. Needs `links:read`.
    "link": Option<Link> = link(Column::LinkId, &LINK);
    /// The coupon; null if it is of none. Needs `coupons:read`.
    "coupon": Option<Coupon> = link(Column::CouponId, &COUPON);
    /// Whether the link was disabled when it happened: such a touch credits nothing.
    "linkDisabled": bool = value(Column::LinkDisabled, view::truth);
    /// Who it was, as the pages of the brand call the visitor; null if that is not known.
    "visitorId": Option<String> = value(Column::VisitorId, view::text).for_partners(PartnerVisibility::Null);
    /// The customer that it was recorded for; null if it was recorded for a visitor.
    "customer": Option<Customer> = link(Column::CustomerId, &CUSTOMER).for_partners(PartnerVisibility::Null);
    /// The id that the caller's tracker gave it; null if it has none.
    "externalId": Option<String> = value(Column::ExternalId, view::text).for_partners(PartnerVisibility::Null);
    /// Whether the caller said when it happened, and not the gateway's clock.
    "timeStated": bool = value(Column::TimeStated, view::truth);
    /// When it happened.
    "occurredAt": DateTime = value(Column::OccurredAt, view::moment);
    /// When it was recorded.
    "recordedAt": DateTime = value(Column::RecordedAt, view::moment);
    /// The attributions that rest on it, also those that a move has replaced.
    "attributions": Vec<Attribution> = family(&ATTRIBUTION, store::attribution::of_touches);
}

#[ComplexObject]
impl Touch {}
