//! Which partners belong to which campaigns.

use std::collections::BTreeSet;

use entity::campaign::{Column, Entity};
use entity::campaign_member;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef};
use uuid::Uuid;

use crate::scope::visible;
use crate::writes::{Conflict, Writes};
use crate::{Connection, StoreError, many};
use auth::Scope;
use domain::Timestamp;
use domain::id::{AdvertiserId, CampaignId, PartnerId, TenantId};

/// From a campaign to its memberships.
pub(super) fn members() -> RelationDef {
    Entity::belongs_to(campaign_member::Entity)
        .from((Column::TenantId, Column::Id))
        .to((campaign_member::Column::TenantId, campaign_member::Column::CampaignId))
        .into()
}

/// A partner's membership in a campaign.
#[derive(Clone, Copy, Debug)]
pub struct Membership {
    pub partner: PartnerId,
    pub campaign: CampaignId,
    /// The campaign's advertiser.
    pub advertiser: Option<AdvertiserId>,
}

/// The campaigns that partners belong to, or one of them, the newest first.
pub async fn memberships(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
    campaign: Option<CampaignId>,
) -> Result<Vec<Membership>, StoreError> {
    let mut select = visible::<campaign_member::Entity>(scope)
        .join(JoinType::InnerJoin, members().rev())
        .filter(many::among(database, campaign_member::Column::PartnerId, partners));
    if let Some(campaign) = campaign {
        select = select.filter(campaign_member::Column::CampaignId.eq(campaign.uuid()));
    }
    let columns = select
        .order_by_desc(campaign_member::Column::CampaignId)
        .select_only()
        .columns([campaign_member::Column::PartnerId, campaign_member::Column::CampaignId])
        .column(Column::AdvertiserId);
    let rows: Vec<(Uuid, Uuid, Option<Uuid>)> = columns.into_tuple().all(database).await?;
    let memberships = rows.into_iter().map(|(partner, campaign, advertiser)| Membership {
        partner: PartnerId::from_uuid(partner),
        campaign: CampaignId::from_uuid(campaign),
        advertiser: advertiser.map(AdvertiserId::from_uuid),
    });
    Ok(memberships.collect())
}

/// Whether a partner belongs to a campaign.
pub async fn has_member(
    database: &Connection,
    scope: &Scope,
    campaign: CampaignId,
    partner: PartnerId,
) -> Result<bool, StoreError> {
    let select = visible::<campaign_member::Entity>(scope)
        .filter(campaign_member::Column::CampaignId.eq(campaign.uuid()))
        .filter(campaign_member::Column::PartnerId.eq(partner.uuid()));
    Ok(select.one(database).await?.is_some())
}

/// Makes partners members of campaigns; existing memberships are left as they are.
pub fn join(
    writes: &mut Writes,
    tenant: TenantId,
    members: impl IntoIterator<Item = (PartnerId, CampaignId)>,
    joined_at: Timestamp,
) {
    // Without duplicates and in the order of ids, like everything that concurrent writers may write.
    let members: BTreeSet<_> = members.into_iter().collect();
    let members = members.into_iter().map(|(partner, campaign)| {
        let (tenant_id, campaign_id, partner_id) = (tenant.uuid(), campaign.uuid(), partner.uuid());
        campaign_member::Model {
            tenant_id,
            campaign_id,
            partner_id,
            joined_at,
        }
        .into_active_model()
    });
    writes.add(members, Conflict::Keep);
}
