//! Links as output types.

use async_graphql::{ComplexObject, Context, Enum, ID};

use super::performance::{LinkPerformance, performance};
use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::interval::SeriesInterval;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{declare, page_of, required, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use crate::graphql::tenant::audit::{AuditEntry, histories};
use auth::Resource;
use domain::{id, link};
use store::view;
use store::view::LinkColumn as Column;

/// Whether following a link counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "link::LinkStatus")]
pub enum LinkStatus {
    /// Each click is recorded, and may credit sales.
    Active,
    /// It leads on, and nothing is recorded.
    Disabled,
}

row! {
    /// An address that a partner hands out.
    pub struct Link(link::Link): LINK, store::link;
    computed: store::link::whole;
}

declare! {
    /// An address that a partner hands out: who follows it is led to the brand's page, and the click is recorded. A
    /// partner's token reads its own links, and with `links:write` makes and changes them.
    pub static LINK: Link = TypeDescription {
        resource: Resource::Links,
        identity: &["id", "key"],
        is_named: false,
        table: &view::LINK,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Link>);
    /// The partner that events are credited to.
    "partner": Partner = required(Column::PartnerId, &PARTNER);
    /// The campaign whose terms pay for them.
    "campaign": Campaign = required(Column::CampaignId, &CAMPAIGN);
    /// The last part of its address, unique in the tenant. Upper and lower case differ.
    "key": String = value(Column::Key, view::text);
    "url" = Link::computed();
    /// Where it leads; null: to the campaign's `destinationUrl`.
    "destinationUrl": Option<String> = value(Column::DestinationUrl, view::text);
    /// The id that another system, or the partner, gave it; unique in the tenant; null if there is none.
    "externalId": Option<String> = value(Column::ExternalId, view::text);
    /// Its status.
    "status": LinkStatus = value(Column::Status, view::word!(link::LinkStatus));
    /// Since when it is disabled; null: it is not.
    "disabledAt": Option<DateTime> = value(Column::DisabledAt, view::moment);
    /// When it was created.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it was last changed.
    "updatedAt": DateTime = value(Column::UpdatedAt, view::moment);
    "performance" = Link::computed();
    /// The changes and who made them, newest first. Needs `audit:read`; empty for a partner's token.
    "history": Connection<AuditEntry> = page_of(histories);
}

#[ComplexObject]
impl Link {
    /// Its address, which the partner hands out; null if the settings do not say where the world finds the gateway
    /// (`public_url`).
    async fn url(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(async {
            let Some(origin) = &request(ctx).app.public_url else {
                return Ok(None);
            };
            let tenant = request(ctx).tenant().await?;
            Ok(Some(format!("{origin}/r/{}/{}", tenant.slug, self.0.key)))
        })
        .await
    }

    /// How often it was followed in a range, and what came of it: one entry, or, divided by an interval, one for each
    /// interval in which anything happened; at most 400 intervals.
    async fn performance(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The start of the range, inclusive; it may lie within an interval, which is then cut. Clicks are counted \
                from the first day that begins then or later."
        )]
        from: DateTime,
        #[graphql(desc = "The end of the range, exclusive. Clicks are counted for all days that begin before it.")]
        to: DateTime,
        #[graphql(desc = "The length of the intervals; if absent, the range is not divided.")] interval: Option<
            SeriesInterval,
        >,
    ) -> Result<Vec<LinkPerformance>, ApiError> {
        performance(ctx, self.0.id.uuid(), interval, (from, to)).await
    }
}
