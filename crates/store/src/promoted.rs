//! Links and coupons with what decides whom they credit: the status of their partner, and how their campaign credits events.

use entity::{campaign, partner};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, FromQueryResult, QueryResult, QuerySelect, Select};

use super::scope::{Scoped, covered, visible};
use super::{Connection, StoreError, row};
use auth::Scope;
use domain::attribution::AttributionSettings;
use domain::id::{CampaignId, PartnerId};
use domain::partner::PartnerStatus;

/// What decides whom a link or coupon credits.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub partner: PartnerStatus,
    /// How its campaign credits events.
    pub settings: AttributionSettings,
}

/// A row of `M`, with the columns that were joined to it.
struct Promoted<M> {
    row: M,
    status: String,
    settings: sea_orm::prelude::Json,
}

impl<M: FromQueryResult> FromQueryResult for Promoted<M> {
    fn from_query_result(result: &QueryResult, prefix: &str) -> Result<Self, sea_orm::DbErr> {
        Ok(Self {
            row: M::from_query_result(result, prefix)?,
            status: result.try_get(prefix, "promoter_status")?,
            settings: result.try_get(prefix, "campaign_attribution")?,
        })
    }
}

fn standing(status: &str, settings: sea_orm::prelude::Json) -> Result<Standing, StoreError> {
    Ok(Standing {
        partner: row::text("partner", "status", status, PartnerStatus::parse)?,
        settings: row::json("campaign", "attribution", settings)?,
    })
}

/// The rows of `select`, which name a partner and a campaign in these columns.
pub(super) async fn with<E: Scoped>(
    database: &Connection,
    scope: &Scope,
    mut select: Select<E>,
    of_partner: impl ColumnTrait,
    of_campaign: impl ColumnTrait,
) -> Result<Vec<(E::Model, Standing)>, StoreError> {
    let partner_id = Expr::col(partner::Column::Id.as_column_ref()).equals(of_partner.as_column_ref());
    let campaign_id = Expr::col(campaign::Column::Id.as_column_ref()).equals(of_campaign.as_column_ref());
    QuerySelect::query(&mut select)
        .inner_join(partner::Entity, covered::<partner::Entity>(scope).add(partner_id))
        .inner_join(campaign::Entity, covered::<campaign::Entity>(scope).add(campaign_id));
    let rows = select
        .column_as(partner::Column::Status, "promoter_status")
        .column_as(campaign::Column::Attribution, "campaign_attribution")
        .into_model::<Promoted<E::Model>>()
        .all(database)
        .await?;
    let found = rows
        .into_iter()
        .map(|found| Ok((found.row, standing(&found.status, found.settings)?)));
    found.collect()
}

/// What decides whom a partner's own recommendations for a campaign credit, of each pair that exists.
pub async fn of_pairs(
    database: &Connection,
    scope: &Scope,
    pairs: &[(PartnerId, CampaignId)],
) -> Result<Vec<((PartnerId, CampaignId), Standing)>, StoreError> {
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let partners: Vec<_> = pairs.iter().map(|(partner, _)| partner.uuid()).collect();
    let campaigns: Vec<_> = pairs.iter().map(|(_, campaign)| campaign.uuid()).collect();
    let any = sea_orm::QueryFilter::filter(visible::<partner::Entity>(scope), partner::Column::Id.is_in(partners));
    let partners: Vec<(uuid::Uuid, String)> = any
        .select_only()
        .columns([partner::Column::Id, partner::Column::Status])
        .into_tuple()
        .all(database)
        .await?;
    let any = sea_orm::QueryFilter::filter(
        visible::<campaign::Entity>(scope),
        campaign::Column::Id.is_in(campaigns),
    );
    let campaigns: Vec<(uuid::Uuid, sea_orm::prelude::Json)> = any
        .select_only()
        .columns([campaign::Column::Id, campaign::Column::Attribution])
        .into_tuple()
        .all(database)
        .await?;
    let found = pairs.iter().filter_map(|pair| {
        let (_, status) = partners.iter().find(|(id, _)| *id == pair.0.uuid())?;
        let (_, settings) = campaigns.iter().find(|(id, _)| *id == pair.1.uuid())?;
        Some(standing(status, settings.clone()).map(|standing| (*pair, standing)))
    });
    found.collect()
}
