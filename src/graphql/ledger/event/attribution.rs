//! Attributions: the partners that events are credited to.

use std::sync::Arc;

use async_graphql::{ComplexObject, Enum, ID};
use uuid::Uuid;

use super::description::EVENT;
use super::object::Event;
use crate::graphql::campaign::{AttributionModel, CAMPAIGN, Campaign};
use crate::graphql::coupon::{COUPON, Coupon};
use crate::graphql::ledger::touch::{TOUCH, Touch};
use crate::graphql::link::{LINK, Link};
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{RowObject, TypeDescription, declare, link, required, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::shares;
use auth::Resource;
use domain::id::TenantId;
use domain::{attribution, event, id};
use store::view;
use store::view::AttributionColumn as Column;

/// The link from an event to the partner, and the campaign, to which it is credited.
#[derive(Clone)]
pub struct Attribution(Arc<event::Attribution>);

/// How it is known who brought an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "event::AttributedVia")]
pub enum AttributedVia {
    /// The event named the partner, or staff credited it later.
    Named,
    /// Its customer was bound to the partner.
    Binding,
    /// The visitor came by a link of the partner.
    Link,
    /// It named the code of a coupon of the partner.
    Coupon,
    /// Another system says that the partner referred the customer.
    Referral,
}

shares!(Attribution, event::Attribution);

impl RowObject for Attribution {
    const TYPE: &'static TypeDescription = &ATTRIBUTION;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, _: TenantId) -> view::AtHand {
        store::attribution::at_hand(&self.0)
    }
}

declare! {
    /// The link from an event to the partner, and the campaign, to which it is credited.
    pub static ATTRIBUTION: Attribution = TypeDescription {
        resource: Resource::Events,
        identity: &["id", "partner", "campaign", "event"],
        is_named: false,
        table: &view::ATTRIBUTION,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Attribution>);
    /// The partner to which the event is credited.
    "partner": Partner = required(Column::PartnerId, &PARTNER);
    /// The campaign; null if there is none.
    "campaign": Option<Campaign> = link(Column::CampaignId, &CAMPAIGN);
    /// How it is known who brought the event.
    "via": AttributedVia = value(Column::Via, view::word!(event::AttributedVia));
    /// The coupon whose code decided; null if it was none. Needs `coupons:read`.
    "coupon": Option<Coupon> = link(Column::CouponId, &COUPON);
    /// The link that was followed, if that decided; null if it was none. Needs `links:read`.
    "link": Option<Link> = link(Column::LinkId, &LINK);
    /// The touch that decided; null if none did, or if it came with the event.
    "touch": Option<Touch> = link(Column::TouchId, &TOUCH);
    /// When the touch that decided happened; null if none did.
    "touchedAt": Option<DateTime> = value(Column::TouchedAt, view::moment);
    /// By which model touches were weighed; null if no touch decided.
    "model": Option<AttributionModel> = value(Column::Model, view::word!(attribution::AttributionModel));
    /// The event.
    "event": Event = required(Column::EventId, &EVENT);
}

#[ComplexObject]
impl Attribution {}
