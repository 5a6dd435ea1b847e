//! Attributions: the partners that events are credited to.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID};
use uuid::Uuid;

use super::description::EVENT;
use super::object::Event;
use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::error::{ApiError, Nullable, existing, nullable_link};
use crate::graphql::identity;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{RowObject, TypeDescription, declare, link, required, same, value};
use auth::Resource;
use domain::id::TenantId;
use domain::{event, id};
use store::view;
use store::view::EventColumn as Column;

/// The link from an event to the partner, and the campaign, to which it is credited.
#[derive(Clone)]
pub struct Attribution {
    pub event: Arc<event::Event>,
    pub attribution: event::Attribution,
}

impl RowObject for Attribution {
    const TYPE: &'static TypeDescription = &ATTRIBUTION;

    fn uuid(&self) -> Uuid {
        self.event.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::event::at_hand(tenant, &self.event)
    }
}

declare! {
    /// The link from an event to the partner, and the campaign, to which it is credited.
    pub static ATTRIBUTION: Attribution = TypeDescription {
        resource: Resource::Events,
        identity: &["id", "partner", "campaign", "event"],
        is_named: false,
        table: &view::EVENT,
        id: || view::column(Column::AttributionId),
    };

    /// Its id.
    "id": ID = value(Column::AttributionId, view::id::<id::Attribution>);
    "partner" = required(Column::PartnerId, &PARTNER);
    "campaign" = link(Column::CampaignId, &CAMPAIGN);
    "event" = same(&EVENT, true);
}

#[ComplexObject]
impl Attribution {
    /// The partner to which the event is credited.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        let partner = identity::partner(ctx, self.attribution.partner_id).await?;
        existing(partner, "event", "partner_id", self.attribution.partner_id)
    }

    /// The campaign; null if there is none.
    async fn campaign(&self, ctx: &Context<'_>) -> Nullable<Campaign> {
        nullable_link(self.attribution.campaign_id, |id| identity::campaign(ctx, id)).await
    }

    /// The event.
    async fn event(&self) -> Event {
        Event::from(self.event.clone())
    }
}
