//! Campaigns, and which partners belong to them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use entity::campaign::{self, Column, Entity};
use entity::{
    campaign_member, campaign_version, commission_snapshot, partnership_request, tiered_commission_reference,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, JoinType, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, RelationDef, Select,
};
use uuid::Uuid;

use super::filter::{one_of_ids, text_of};
use super::order::{Key, SortBy, Sorted};
use super::page::{Page, PageRequest, Sort};
use super::scope::visible;
use super::writes::{Conflict, Writes};
use super::{StoreError, Transaction, many, row, view};
use crate::auth::Scope;
use crate::domain::campaign::{Campaign, CampaignStatus};
use crate::domain::id::{AdvertiserId, CampaignId, PartnerId, TenantId};
use crate::domain::{Timestamp, text};

const TABLE: &str = "campaign";

/// What to list; everything given must hold.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct CampaignFilter {
    /// Part of the name or of the external id, whatever the case.
    pub search: Option<String>,
    /// One of these; empty matches nothing.
    pub status: Option<Vec<CampaignStatus>>,
    pub advertiser: Option<AdvertiserId>,
    pub partner: Option<PartnerId>,
    /// One of these; empty matches nothing.
    pub advertisers: Option<Vec<AdvertiserId>>,
    pub partners: Option<Vec<PartnerId>>,
    pub external_ids: Option<Vec<String>>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}

text_of!(CampaignFilter: search status advertiser partner, later: advertisers partners external_ids created_from created_to);

/// The orders in which campaigns are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CampaignOrder {
    #[default]
    CreatedAt,
    /// Whatever the case.
    Name,
    /// Those without a start when they were created.
    StartsAt,
}

impl SortBy for CampaignOrder {
    fn key(self) -> Option<Key> {
        match self {
            Self::CreatedAt => None,
            Self::Name => Some(Key::text(view::column(Column::NameKey))),
            Self::StartsAt => Some(Key::time(view::derived::<Entity>(&STARTS_AT))),
        }
    }

    fn id() -> view::Column {
        view::column(Column::Id)
    }
}

/// There is no start without a moment, so that none is before all others or behind them.
static STARTS_AT: view::Derived = view::Derived {
    name: "starts_at_or_created_at",
    expression: "COALESCE({row}.starts_at, {row}.created_at)",
    of_tenant: None,
    of: &["starts_at", "created_at"],
};

pub fn sort() -> Sort<Column> {
    Sort::newest_first(Column::Id)
}

pub async fn find(
    database: &impl ConnectionTrait,
    scope: &Scope,
    id: CampaignId,
) -> Result<Option<Campaign>, StoreError> {
    visible::<Entity>(scope)
        .filter(Column::Id.eq(id.uuid()))
        .one(database)
        .await?
        .map(from_row)
        .transpose()
}

pub async fn find_by_external_id(
    database: &impl ConnectionTrait,
    scope: &Scope,
    external_id: &str,
) -> Result<Option<Campaign>, StoreError> {
    visible::<Entity>(scope)
        .filter(Column::ExternalId.eq(external_id))
        .one(database)
        .await?
        .map(from_row)
        .transpose()
}

/// The campaign for update: other writers of it wait for this transaction's end.
pub async fn lock(
    transaction: &impl ConnectionTrait,
    scope: &Scope,
    id: CampaignId,
) -> Result<Option<Campaign>, StoreError> {
    let row = visible::<Entity>(scope)
        .filter(Column::Id.eq(id.uuid()))
        .lock_exclusive()
        .one(transaction)
        .await?;
    row.map(from_row).transpose()
}

pub async fn by_ids(
    database: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Campaign>, StoreError> {
    let one_of = many::one_of(database.get_database_backend(), Column::Id.as_column_ref(), ids);
    let rows = visible::<Entity>(scope).filter(one_of).all(database).await?;
    rows.into_iter().map(|row| Ok((row.id, from_row(row)?))).collect()
}

/// The external ids of all campaigns that have one.
pub async fn external_ids(
    database: &impl ConnectionTrait,
    scope: &Scope,
) -> Result<Vec<(String, CampaignId)>, StoreError> {
    let select = visible::<Entity>(scope)
        .filter(Column::ExternalId.is_not_null())
        .select_only()
        .column(Column::ExternalId)
        .column(Column::Id);
    let rows: Vec<(String, Uuid)> = select.into_tuple().all(database).await?;
    Ok(rows
        .into_iter()
        .map(|(text, id)| (text, CampaignId::from_uuid(id)))
        .collect())
}

pub async fn count(database: &impl ConnectionTrait, scope: &Scope, filter: &CampaignFilter) -> Result<u64, StoreError> {
    Ok(filtered(scope, filter).count(database).await?)
}

/// The campaigns that the filter lets through.
pub fn list(filter: Arc<CampaignFilter>, sorted: Sorted<CampaignOrder>) -> view::List {
    let kept = (*filter == CampaignFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::CAMPAIGN, kept, sorted.into(), select)
}

/// The campaigns that partners belong to.
pub fn list_of_partners() -> view::List {
    let select = |_, scope: &Scope, partner| of_partner(scope, partner).into_query();
    view::List::new(&view::CAMPAIGN, Some("partner".to_owned()), sort().into(), select)
}

/// A page of the campaigns of each partner.
pub async fn pages_of_partners(
    database: &impl ConnectionTrait,
    scope: &Scope,
    partners: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<Campaign>>, StoreError> {
    let pages = many::pages(database, partners, sort(), request, |partner| {
        of_partner(scope, partner)
    })
    .await?;
    pages
        .into_iter()
        .map(|(partner, page)| Ok((partner, page.try_map(from_row)?)))
        .collect()
}

pub async fn counts_of_partners(
    database: &impl ConnectionTrait,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    many::counts(database, partners, |partner| of_partner(scope, partner)).await
}

fn of_partner(scope: &Scope, partner: Expr) -> Select<Entity> {
    visible::<Entity>(scope)
        .join(JoinType::InnerJoin, members())
        .filter(Expr::col(campaign_member::Column::PartnerId.as_column_ref()).eq(partner))
}

/// From a campaign to its memberships.
fn members() -> RelationDef {
    Entity::belongs_to(campaign_member::Entity)
        .from((Column::TenantId, Column::Id))
        .to((campaign_member::Column::TenantId, campaign_member::Column::CampaignId))
        .into()
}

fn filtered(scope: &Scope, filter: &CampaignFilter) -> Select<Entity> {
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

/// A LIKE pattern for texts that contain `search`, which is taken literally.
pub(super) fn contains(search: &str) -> sea_orm::sea_query::LikeExpr {
    let mut pattern = String::from("%");
    for letter in text::sort_key(search.trim()).chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    sea_orm::sea_query::LikeExpr::new(pattern).escape('\\')
}

/// How many promises, requests and memberships name the campaign.
pub async fn count_references(
    database: &impl ConnectionTrait,
    scope: &Scope,
    id: CampaignId,
) -> Result<[(u64, &'static str); 4], StoreError> {
    let snapshots = visible::<commission_snapshot::Entity>(scope)
        .filter(commission_snapshot::Column::CampaignId.eq(id.uuid()))
        .count(database)
        .await?;
    let requests = visible::<partnership_request::Entity>(scope)
        .filter(partnership_request::Column::CampaignId.eq(id.uuid()))
        .count(database)
        .await?;
    let members = visible::<campaign_member::Entity>(scope)
        .filter(campaign_member::Column::CampaignId.eq(id.uuid()))
        .count(database)
        .await?;
    let tiers = visible::<tiered_commission_reference::Entity>(scope)
        .filter(tiered_commission_reference::Column::CampaignId.eq(id.uuid()))
        .count(database)
        .await?;
    Ok([
        (snapshots, "commission snapshots"),
        (requests, "partnership requests"),
        (members, "partners"),
        (tiers, "tiered commissions"),
    ])
}

/// That a partner belongs to a campaign.
#[derive(Clone, Copy, Debug)]
pub struct Membership {
    pub partner: PartnerId,
    pub campaign: CampaignId,
    /// The campaign's.
    pub advertiser: Option<AdvertiserId>,
}

/// The campaigns that partners belong to, or one of them, the newest first.
pub async fn memberships(
    database: &impl ConnectionTrait,
    scope: &Scope,
    partners: &[Uuid],
    campaign: Option<CampaignId>,
) -> Result<Vec<Membership>, StoreError> {
    let of_partner = campaign_member::Column::PartnerId.as_column_ref();
    let mut select = visible::<campaign_member::Entity>(scope)
        .join(JoinType::InnerJoin, members().rev())
        .filter(many::one_of(database.get_database_backend(), of_partner, partners));
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
    database: &impl ConnectionTrait,
    scope: &Scope,
    campaign: CampaignId,
    partner: PartnerId,
) -> Result<bool, StoreError> {
    let select = visible::<campaign_member::Entity>(scope)
        .filter(campaign_member::Column::CampaignId.eq(campaign.uuid()))
        .filter(campaign_member::Column::PartnerId.eq(partner.uuid()));
    Ok(select.one(database).await?.is_some())
}

/// Makes partners belong to campaigns; it does no harm where they do already.
pub fn join(
    writes: &mut Writes,
    tenant: TenantId,
    members: impl IntoIterator<Item = (PartnerId, CampaignId)>,
    joined_at: Timestamp,
) {
    // Each once, and in the order of ids, as all that several writers may write.
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

pub async fn insert(transaction: &Transaction, tenant: TenantId, campaign: &Campaign) -> Result<(), StoreError> {
    Entity::insert(to_row(tenant, campaign).into_active_model())
        .exec_without_returning(transaction)
        .await?;
    keep_version(transaction, tenant, campaign).await
}

/// Keeps what a campaign pays from its last change on. To be called once for each version.
pub async fn keep_version(transaction: &Transaction, tenant: TenantId, campaign: &Campaign) -> Result<(), StoreError> {
    let version = version_row(tenant, campaign, transaction.audit_entry());
    campaign_version::Entity::insert(version.into_active_model())
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

pub async fn update(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    campaign: &Campaign,
) -> Result<(), StoreError> {
    to_row(tenant, campaign)
        .into_active_model()
        .reset_all()
        .update_without_returning(transaction)
        .await?;
    Ok(())
}

pub async fn delete(transaction: &impl ConnectionTrait, tenant: TenantId, id: CampaignId) -> Result<(), StoreError> {
    Entity::delete_by_id((tenant.uuid(), id.uuid()))
        .exec(transaction)
        .await?;
    Ok(())
}

/// What a row holds whose columns were all read, with names that begin like this.
pub fn whole(row: &view::Row, prefix: &str) -> Result<Campaign, StoreError> {
    from_row(view::whole(row, prefix)?)
}

pub(super) fn from_row(row: campaign::Model) -> Result<Campaign, StoreError> {
    Ok(Campaign {
        id: CampaignId::from_uuid(row.id),
        name: row.name,
        external_id: row.external_id,
        status: row::text(TABLE, "status", &row.status, CampaignStatus::parse)?,
        terms: row::json(TABLE, "terms", row.terms)?,
        holdback_days: row
            .holdback_days
            .map(|days| row::unsigned(TABLE, "holdback_days", days))
            .transpose()?,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        advertiser_id: row.advertiser_id.map(AdvertiserId::from_uuid),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row::unsigned(TABLE, "version", row.version)?,
    })
}

/// What a row holds that is at hand.
pub fn at_hand(tenant: TenantId, campaign: &Campaign) -> view::AtHand {
    view::at_hand(to_row(tenant, campaign), &[])
}

pub(super) fn version_row(
    tenant: TenantId,
    campaign: &Campaign,
    audit_entry_id: Option<Uuid>,
) -> campaign_version::Model {
    campaign_version::Model {
        tenant_id: tenant.uuid(),
        campaign_id: campaign.id.uuid(),
        version: row::signed(campaign.version),
        begins_at: campaign.updated_at,
        terms: row::to_json(&campaign.terms),
        holdback_days: campaign.holdback_days.map(row::signed),
        advertiser_id: campaign.advertiser_id.map(|id| id.uuid()),
        audit_entry_id,
    }
}

pub(super) fn to_row(tenant: TenantId, campaign: &Campaign) -> campaign::Model {
    campaign::Model {
        tenant_id: tenant.uuid(),
        id: campaign.id.uuid(),
        name: campaign.name.clone(),
        name_key: text::sort_key(&campaign.name),
        external_id: campaign.external_id.clone(),
        external_id_key: campaign.external_id.as_deref().map(text::sort_key),
        status: campaign.status.as_str().to_owned(),
        terms: row::to_json(&campaign.terms),
        holdback_days: campaign.holdback_days.map(row::signed),
        starts_at: campaign.starts_at,
        ends_at: campaign.ends_at,
        advertiser_id: campaign.advertiser_id.map(|id| id.uuid()),
        created_at: campaign.created_at,
        updated_at: campaign.updated_at,
        version: row::signed(campaign.version),
    }
}
