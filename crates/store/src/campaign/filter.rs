//! The filter of campaign lists.

use entity::campaign::{Column, Entity};
use entity::campaign_member;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait, Select};

use crate::filter::contains;
use crate::filter::one_of_ids;
use crate::scope::visible;
use auth::Scope;
use domain::Timestamp;
use domain::campaign::CampaignStatus;
use domain::id::{AdvertiserId, PartnerId};

/// What to list; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CampaignFilter {
    /// Part of the name or of the external id, case-insensitive.
    pub search: Option<String>,
    /// Any of these values; an empty list matches nothing.
    pub status: Option<Vec<CampaignStatus>>,
    pub advertiser: Option<AdvertiserId>,
    pub partner: Option<PartnerId>,
    /// Any of these values; an empty list matches nothing.
    pub advertisers: Option<Vec<AdvertiserId>>,
    pub partners: Option<Vec<PartnerId>>,
    pub external_ids: Option<Vec<String>>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}

pub(super) fn filtered(scope: &Scope, filter: &CampaignFilter) -> Select<Entity> {
    let mut select = visible::<Entity>(scope);
    if let Some(search) = &filter.search {
        let pattern = contains(search);
        let mut found = Column::NameKey.like(pattern.clone());
        // Partners see the names of their campaigns and nothing else, so nothing else is searched for them.
        if scope.partner().is_none() {
            found = found.or(Column::ExternalIdKey.like(pattern));
        }
        select = select.filter(found);
    }
    if let Some(status) = &filter.status {
        select = select.filter(Column::Status.is_in(status.iter().map(|status| status.as_str())));
    }
    if let Some(advertiser) = filter.advertiser {
        select = select.filter(Column::AdvertiserId.eq(advertiser.uuid()));
    }
    let members = |partners: &[PartnerId]| {
        // Only memberships that the caller sees: partners must not learn who else belongs to their campaigns.
        let members = visible::<campaign_member::Entity>(scope)
            .filter(campaign_member::Column::PartnerId.is_in(partners.iter().map(|id| id.uuid())))
            .select_only()
            .column(campaign_member::Column::CampaignId);
        Column::Id.in_subquery(members.into_query())
    };
    let more = Condition::all()
        .add_option(filter.partner.map(|partner| members(&[partner])))
        .add_option(filter.partners.as_deref().map(members))
        .add_option(one_of_ids(Column::AdvertiserId, filter.advertisers.as_deref()))
        .add_option(filter.external_ids.as_ref().map(|ids| Column::ExternalId.is_in(ids)))
        .add_option(filter.created_from.map(|from| Column::CreatedAt.gte(from)))
        .add_option(filter.created_to.map(|to| Column::CreatedAt.lt(to)));
    select.filter(more)
}
