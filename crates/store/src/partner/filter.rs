//! The filter of partner lists.

use entity::partner::{Column, Entity};
use entity::{campaign_member, partner_category_member};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, DbBackend, QueryFilter, Select};

use crate::filter::{contains, one_of_ids, one_of_words};
use crate::row;
use crate::scope::visible;
use auth::Scope;
use domain::Timestamp;
use domain::id::{CampaignId, PartnerCategoryId, PartnerGroupId, PartnerTierId};
use domain::partner::{PartnerStatus, PartnerType};

/// What to list; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PartnerFilter {
    /// Part of the name, the e-mail address or the external id, case-insensitive.
    pub search: Option<String>,
    pub group: Option<PartnerGroupId>,
    pub tier: Option<PartnerTierId>,
    pub category: Option<PartnerCategoryId>,
    pub campaign: Option<CampaignId>,
    /// Any of these values; an empty list matches nothing.
    pub types: Option<Vec<PartnerType>>,
    pub status: Option<Vec<PartnerStatus>>,
    pub tag: Option<String>,
    /// Any of these values; an empty list matches nothing.
    pub groups: Option<Vec<PartnerGroupId>>,
    pub tiers: Option<Vec<PartnerTierId>>,
    pub categories: Option<Vec<PartnerCategoryId>>,
    pub campaigns: Option<Vec<CampaignId>>,
    pub tags: Option<Vec<String>>,
    pub external_ids: Option<Vec<String>>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}

pub(super) fn filtered(backend: DbBackend, scope: &Scope, filter: &PartnerFilter) -> Select<Entity> {
    let mut select = visible::<Entity>(scope);
    if let Some(search) = &filter.search {
        let pattern = contains(search);
        let found = Column::NameKey
            .like(pattern.clone())
            .or(Column::EmailKey.like(pattern.clone()))
            .or(Column::ExternalIdKey.like(pattern));
        select = select.filter(found);
    }
    if let Some(group) = filter.group {
        select = select.filter(Column::GroupId.eq(group.uuid()));
    }
    if let Some(tier) = filter.tier {
        select = select.filter(Column::TierId.eq(tier.uuid()));
    }
    let of_categories = |ids: &[PartnerCategoryId]| {
        let members = Query::select()
            .column(partner_category_member::Column::PartnerId)
            .from(partner_category_member::Entity)
            .and_where(partner_category_member::Column::TenantId.eq(scope.tenant().uuid()))
            .and_where(partner_category_member::Column::CategoryId.is_in(ids.iter().map(|id| id.uuid())))
            .take();
        Column::Id.in_subquery(members)
    };
    let of_campaigns = |ids: &[CampaignId]| {
        let members = Query::select()
            .column(campaign_member::Column::PartnerId)
            .from(campaign_member::Entity)
            .and_where(campaign_member::Column::TenantId.eq(scope.tenant().uuid()))
            .and_where(campaign_member::Column::CampaignId.is_in(ids.iter().map(|id| id.uuid())))
            .take();
        Column::Id.in_subquery(members)
    };
    let types = filter.types.as_deref();
    let statuses = filter.status.as_deref();
    let any_tag = |tags: &Vec<String>| match tags.is_empty() {
        true => Condition::all().add(Expr::value(false)),
        false => tags
            .iter()
            .fold(Condition::any(), |any, tag| any.add(has_tag(backend, tag))),
    };
    let more = Condition::all()
        .add_option(filter.category.map(|category| of_categories(&[category])))
        .add_option(filter.campaign.map(|campaign| of_campaigns(&[campaign])))
        .add_option(one_of_words(Column::Type, types, PartnerType::as_str))
        .add_option(one_of_words(Column::Status, statuses, PartnerStatus::as_str))
        .add_option(filter.tag.as_ref().map(|tag| has_tag(backend, tag)))
        .add_option(one_of_ids(Column::GroupId, filter.groups.as_deref()))
        .add_option(one_of_ids(Column::TierId, filter.tiers.as_deref()))
        .add_option(filter.categories.as_deref().map(of_categories))
        .add_option(filter.campaigns.as_deref().map(of_campaigns))
        .add_option(filter.tags.as_ref().map(any_tag))
        .add_option(filter.external_ids.as_ref().map(|ids| Column::ExternalId.is_in(ids)))
        .add_option(filter.created_from.map(|from| Column::CreatedAt.gte(from)))
        .add_option(filter.created_to.map(|to| Column::CreatedAt.lt(to)));
    select.filter(more)
}

fn has_tag(backend: DbBackend, tag: &str) -> Expr {
    match backend {
        DbBackend::Postgres => Expr::cust_with_values("partner.tags @> $1", [row::to_json(&[tag])]),
        _ => Expr::cust_with_values("EXISTS (SELECT 1 FROM json_each(partner.tags) WHERE value = ?)", [tag]),
    }
}
