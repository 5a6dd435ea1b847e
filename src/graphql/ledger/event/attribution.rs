//! Attributions: to whom events are credited.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::description::EVENT;
use super::object::Event;
use crate::auth::Resource;
use crate::domain::{event, id};
use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::error::{ApiError, Nullable, existing, nullable_link};
use crate::graphql::identity;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{self, TypeDescription, link, required, same};
use crate::store::view;

/// The link from an event to the partner, and the campaign, that it is credited to.
#[derive(Clone)]
pub struct Attribution {
    pub event: Arc<event::Event>,
    pub attribution: event::Attribution,
}

pub static ATTRIBUTION: TypeDescription = TypeDescription {
    name: "Attribution",
    resource: Resource::Events,
    identity: &["id", "partner", "campaign", "event"],
    is_named: false,
    table: &view::EVENT,
    id: || view::column(view::EventColumn::AttributionId),
    field: |name| {
        use view::EventColumn as Column;
        Some(match name {
            "id" => rows::value(view::column(Column::AttributionId), view::id::<id::Attribution>),
            "partner" => required(view::column(Column::PartnerId), &PARTNER),
            "campaign" => link(view::column(Column::CampaignId), &CAMPAIGN),
            "event" => same(&EVENT, true),
            _ => return None,
        })
    },
};

/// The link from an event to the partner, and the campaign, that it is credited to.
#[Object]
impl Attribution {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.attribution.id.to_string().into()
    }

    /// The partner who is credited.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        let partner = identity::partner(ctx, self.attribution.partner_id).await?;
        existing(partner, "event", "partner_id", self.attribution.partner_id)
    }

    /// The campaign; null if there was none.
    async fn campaign(&self, ctx: &Context<'_>) -> Nullable<Campaign> {
        nullable_link(self.attribution.campaign_id, |id| identity::campaign(ctx, id)).await
    }

    /// The event.
    async fn event(&self) -> Event {
        Event::from(self.event.clone())
    }
}
