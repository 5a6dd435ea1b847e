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
use crate::graphql::rows::{RowObject, TypeDescription, declare, link, required, value};
use crate::graphql::shared::shares;
use auth::Resource;
use domain::id::TenantId;
use domain::{event, id};
use store::view;
use store::view::AttributionColumn as Column;

/// The link from an event to the partner, and the campaign, to which it is credited.
#[derive(Clone)]
pub struct Attribution(Arc<event::Attribution>);

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
    "partner" = required(Column::PartnerId, &PARTNER);
    "campaign" = link(Column::CampaignId, &CAMPAIGN);
    "event" = required(Column::EventId, &EVENT);
}

#[ComplexObject]
impl Attribution {
    /// The partner to which the event is credited.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        let partner = identity::partner(ctx, self.0.partner_id).await?;
        existing(partner, "attribution", "partner_id", self.0.partner_id)
    }

    /// The campaign; null if there is none.
    async fn campaign(&self, ctx: &Context<'_>) -> Nullable<Campaign> {
        nullable_link(self.0.campaign_id, |id| identity::campaign(ctx, id)).await
    }

    /// The event.
    async fn event(&self, ctx: &Context<'_>) -> Result<Event, ApiError> {
        let event = identity::event(ctx, self.0.event_id).await?;
        existing(event, "attribution", "event_id", self.0.event_id)
    }
}
