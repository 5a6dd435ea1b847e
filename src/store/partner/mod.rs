//! Partners, their categories and the history of their status.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use entity::partner::{self, Column, Entity};
use entity::{campaign_member, partner_category_member, partner_history, partner_transition};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LockType, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::campaign::contains;
use super::filter::{one_of_ids, text_of};
use super::order::{Key, SortBy, Sorted};
use super::page::{Page, PageRequest, Sort};
use super::scope::{Scoped, visible};
use super::writes::Writes;
use super::{StoreError, commission_rule, many, row, tiered_commission, view};
use crate::auth::Scope;
use crate::domain::Timestamp;
use crate::domain::history::Moment;
use crate::domain::id::{
    CampaignId, PartnerCategoryId, PartnerGroupId, PartnerId, PartnerTierId, PartnerTransitionId, TenantId,
};
use crate::domain::money::Currency;
use crate::domain::partner::{Partner, PartnerStatus, PartnerTransition, PartnerType};
use crate::domain::text;

const TABLE: &str = "partner";

/// What to list; everything given must hold.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct PartnerFilter {
    /// Part of the name, the e-mail address or the external id, whatever the case.
    pub search: Option<String>,
    pub group: Option<PartnerGroupId>,
    pub tier: Option<PartnerTierId>,
    pub category: Option<PartnerCategoryId>,
    pub campaign: Option<CampaignId>,
    /// One of these; empty matches nothing.
    pub types: Option<Vec<PartnerType>>,
    pub status: Option<Vec<PartnerStatus>>,
    pub tag: Option<String>,
    /// One of these; empty matches nothing.
    pub groups: Option<Vec<PartnerGroupId>>,
    pub tiers: Option<Vec<PartnerTierId>>,
    pub categories: Option<Vec<PartnerCategoryId>>,
    pub campaigns: Option<Vec<CampaignId>>,
    pub tags: Option<Vec<String>>,
    pub external_ids: Option<Vec<String>>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}

text_of!(PartnerFilter: search group tier category campaign types status tag, later: groups tiers categories campaigns tags external_ids created_from created_to);

/// The orders in which partners are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PartnerOrder {
    #[default]
    CreatedAt,
    Name,
    /// By what is kept in a currency; who has nothing there stands at 0.
    LifetimeValue(Currency),
    Payable(Currency),
}

impl SortBy for PartnerOrder {
    fn key(self) -> Option<Key> {
        match self {
            Self::CreatedAt => None,
            Self::Name => Some(Key::text(view::column(Column::NameKey))),
            Self::LifetimeValue(currency) => Some(Key::integer(kept_sum("lifetime_value", LIFETIME_VALUE, currency))),
            Self::Payable(currency) => Some(Key::integer(kept_sum("payable", PAYABLE, currency))),
        }
    }

    fn id() -> view::Column {
        view::column(Column::Id)
    }
}

const LIFETIME_VALUE: &str = "COALESCE((SELECT kept.amount_minor FROM partner_lifetime_value AS kept \
    WHERE kept.tenant_id = {row}.tenant_id AND kept.partner_id = {row}.id AND kept.currency = '{currency}'), 0)";

const PAYABLE: &str = "COALESCE((SELECT kept.approved_minor - kept.reserved_minor FROM partner_balance AS kept \
    WHERE kept.tenant_id = {row}.tenant_id AND kept.partner_id = {row}.id AND kept.currency = '{currency}'), 0)";

/// A sum that is kept beside the partner. No index has it: whatever is recorded would have to move in it. Names and
/// expressions live as long as the program; there are as many as currencies.
fn kept_sum(name: &'static str, expression: &str, currency: Currency) -> view::Column {
    type Known = HashMap<(&'static str, Currency), &'static view::Derived>;
    static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let derived = known.entry((name, currency)).or_insert_with(|| {
        let name: &'static str = format!("{name}_{currency}").leak();
        let expression: &'static str = expression.replace("{currency}", currency.code()).leak();
        let of = &["tenant_id", "id"];
        Box::leak(Box::new(view::Derived {
            name,
            expression,
            of_tenant: None,
            of,
        }))
    });
    view::derived::<Entity>(derived)
}

/// The partners that the filter lets through.
pub fn list(filter: Arc<PartnerFilter>, sorted: Sorted<PartnerOrder>) -> view::List {
    let kept = (*filter == PartnerFilter::default()).then(String::new);
    let select = move |backend, scope: &Scope, _| filtered(backend, scope, &filter).into_query();
    view::List::new(&view::PARTNER, kept, sorted.into(), select)
}

pub async fn find(
    database: &impl ConnectionTrait,
    scope: &Scope,
    id: PartnerId,
) -> Result<Option<Partner>, StoreError> {
    visible::<Entity>(scope)
        .filter(Column::Id.eq(id.uuid()))
        .one(database)
        .await?
        .map(from_row)
        .transpose()
}

/// What decides whether a partner's tokens are good: where the partnership stands, and from when on tokens are valid.
pub async fn sign_in(
    database: &impl ConnectionTrait,
    scope: &Scope,
    id: PartnerId,
) -> Result<Option<(PartnerStatus, Timestamp)>, StoreError> {
    let select = visible::<Entity>(scope)
        .filter(Column::Id.eq(id.uuid()))
        .select_only()
        .column(Column::Status)
        .column(Column::TokensValidFrom);
    let row: Option<(String, Timestamp)> = select.into_tuple().one(database).await?;
    row.map(|(status, from)| Ok((row::text(TABLE, "status", &status, PartnerStatus::parse)?, from)))
        .transpose()
}

pub async fn find_by_external_id(
    database: &impl ConnectionTrait,
    scope: &Scope,
    external_id: &str,
) -> Result<Option<Partner>, StoreError> {
    visible::<Entity>(scope)
        .filter(Column::ExternalId.eq(external_id))
        .one(database)
        .await?
        .map(from_row)
        .transpose()
}

pub async fn find_by_email(
    database: &impl ConnectionTrait,
    scope: &Scope,
    email: &str,
) -> Result<Option<Partner>, StoreError> {
    visible::<Entity>(scope)
        .filter(Column::Email.eq(email))
        .one(database)
        .await?
        .map(from_row)
        .transpose()
}

/// The external ids of all partners that have one.
pub async fn external_ids(
    database: &impl ConnectionTrait,
    scope: &Scope,
) -> Result<Vec<(String, PartnerId)>, StoreError> {
    let select = visible::<Entity>(scope)
        .filter(Column::ExternalId.is_not_null())
        .select_only()
        .column(Column::ExternalId)
        .column(Column::Id);
    let rows: Vec<(String, Uuid)> = select.into_tuple().all(database).await?;
    Ok(rows
        .into_iter()
        .map(|(text, id)| (text, PartnerId::from_uuid(id)))
        .collect())
}

/// How a partner is locked: other writers of it wait for this transaction's end, and rows that merely refer to it do
/// not. A partner's id never changes, so they have nothing to wait for, and whoever writes them could wait in a circle.
const WRITER: LockType = LockType::NoKeyUpdate;

/// A partner for update, and the last moment of its history: whatever is done under the lock comes after it.
#[derive(Clone, Debug)]
pub struct Locked {
    pub partner: Partner,
    pub last: Moment,
}

struct LockedRow(partner::Model, Moment);

impl FromQueryResult for LockedRow {
    fn from_query_result(result: &QueryResult, prefix: &str) -> Result<Self, sea_orm::DbErr> {
        let last = Moment {
            sequence: result.try_get(prefix, "history_sequence")?,
            at: result.try_get(prefix, "history_at")?,
        };
        Ok(Self(partner::Model::from_query_result(result, prefix)?, last))
    }
}

impl LockedRow {
    fn into_locked(self) -> Result<Locked, StoreError> {
        let (partner, last) = (from_row(self.0)?, self.1);
        Ok(Locked { partner, last })
    }
}

/// The partner for update: every write that concerns it waits for this transaction's end.
pub async fn lock(
    transaction: &impl ConnectionTrait,
    scope: &Scope,
    id: PartnerId,
) -> Result<Option<Locked>, StoreError> {
    let row = with_last_moment(visible::<Entity>(scope).filter(Column::Id.eq(id.uuid())))
        .lock(WRITER)
        .into_model::<LockedRow>()
        .one(transaction)
        .await?;
    row.map(LockedRow::into_locked).transpose()
}

/// Partners for update, locked in the order of their ids and given in that order.
pub async fn lock_all(
    transaction: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[PartnerId],
) -> Result<Vec<Locked>, StoreError> {
    let locked = with_last_moment(locked(transaction.get_database_backend(), scope, ids));
    let rows = locked.into_model::<LockedRow>().all(transaction).await?;
    rows.into_iter().map(LockedRow::into_locked).collect()
}

/// Columns for the last moment of the history. Of a partner whose steps have no numbers yet, the last change counts.
fn with_last_moment(select: Select<Entity>) -> Select<Entity> {
    use partner_history::Column as History;
    let at = Expr::expr(Func::coalesce([
        Expr::col((Entity, History::HistoryAt)),
        Expr::col((Entity, Column::UpdatedAt)),
    ]));
    select
        .column_as(Expr::col((Entity, History::HistorySequence)), "history_sequence")
        .column_as(at, "history_at")
}

fn locked(backend: DbBackend, scope: &Scope, ids: &[PartnerId]) -> Select<Entity> {
    let uuids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    visible::<Entity>(scope)
        .filter(many::one_of(backend, Column::Id.as_column_ref(), &uuids))
        .order_by_asc(Column::Id)
        .lock(WRITER)
}

/// A partner as far as the recording of events looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Credited {
    pub id: PartnerId,
    pub status: PartnerStatus,
    pub group_id: Option<PartnerGroupId>,
    /// The last moment of its history.
    pub last: Moment,
}

/// Locks like [`lock_all`], and reads less.
pub async fn lock_credited(
    transaction: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[PartnerId],
) -> Result<Vec<Credited>, StoreError> {
    let select = locked(transaction.get_database_backend(), scope, ids)
        .select_only()
        .columns([Column::Id, Column::Status, Column::GroupId]);
    let rows: Vec<(Uuid, String, Option<Uuid>, i64, Timestamp)> =
        with_last_moment(select).into_tuple().all(transaction).await?;
    let credited = rows.into_iter().map(|(id, status, group, sequence, at)| {
        Ok(Credited {
            id: PartnerId::from_uuid(id),
            status: row::text(TABLE, "status", &status, PartnerStatus::parse)?,
            group_id: group.map(PartnerGroupId::from_uuid),
            last: Moment { sequence, at },
        })
    });
    credited.collect()
}

/// The partners that have any of these external ids or e-mail addresses.
pub async fn named(
    database: &impl ConnectionTrait,
    scope: &Scope,
    external_ids: &[String],
    emails: &[String],
) -> Result<Vec<Partner>, StoreError> {
    let backend = database.get_database_backend();
    let any = Condition::any()
        .add(many::one_of_texts(
            backend,
            Column::ExternalId.as_column_ref(),
            external_ids,
        ))
        .add(many::one_of_texts(backend, Column::Email.as_column_ref(), emails));
    let rows = visible::<Entity>(scope).filter(any).all(database).await?;
    rows.into_iter().map(from_row).collect()
}

pub async fn by_ids(
    database: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Partner>, StoreError> {
    let one_of = many::one_of(database.get_database_backend(), Column::Id.as_column_ref(), ids);
    let rows = visible::<Entity>(scope).filter(one_of).all(database).await?;
    rows.into_iter().map(|row| Ok((row.id, from_row(row)?))).collect()
}

pub async fn count(database: &impl ConnectionTrait, scope: &Scope, filter: &PartnerFilter) -> Result<u64, StoreError> {
    Ok(filtered(database.get_database_backend(), scope, filter)
        .count(database)
        .await?)
}

/// The partners of groups, newest first.
pub fn list_of_groups() -> view::List {
    let (kept, order) = (Some("group".to_owned()), Sort::newest_first(Column::Id).into());
    view::List::new(&view::PARTNER, kept, order, |_, scope, group| {
        of_group(scope, group).into_query()
    })
}

/// The partners of campaigns, newest first.
pub fn list_of_campaigns() -> view::List {
    let (kept, order) = (Some("campaign".to_owned()), Sort::newest_first(Column::Id).into());
    view::List::new(&view::PARTNER, kept, order, |_, scope, campaign| {
        of_campaign(scope, campaign).into_query()
    })
}

/// A page of the partners of each group, newest first.
pub async fn pages_of_groups(
    database: &impl ConnectionTrait,
    scope: &Scope,
    groups: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<Partner>>, StoreError> {
    pages_of(database, groups, request, |key| of_group(scope, key)).await
}

pub async fn counts_of_groups(
    database: &impl ConnectionTrait,
    scope: &Scope,
    groups: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    many::counts(database, groups, |key| of_group(scope, key)).await
}

/// A page of the partners of each campaign, newest first.
pub async fn pages_of_campaigns(
    database: &impl ConnectionTrait,
    scope: &Scope,
    campaigns: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<Partner>>, StoreError> {
    pages_of(database, campaigns, request, |key| of_campaign(scope, key)).await
}

pub async fn counts_of_campaigns(
    database: &impl ConnectionTrait,
    scope: &Scope,
    campaigns: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    many::counts(database, campaigns, |key| of_campaign(scope, key)).await
}

/// A page of the partners that each commission rule names, newest first.
pub async fn pages_of_rules(
    database: &impl ConnectionTrait,
    scope: &Scope,
    rules: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<Partner>>, StoreError> {
    pages_of(database, rules, request, |key| commission_rule::partners_of(scope, key)).await
}

pub async fn counts_of_rules(
    database: &impl ConnectionTrait,
    scope: &Scope,
    rules: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    many::counts(database, rules, |key| commission_rule::partners_of(scope, key)).await
}

/// A page of the partners that each tiered commission names, newest first.
pub async fn pages_of_tiers(
    database: &impl ConnectionTrait,
    scope: &Scope,
    tiers: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<Partner>>, StoreError> {
    pages_of(database, tiers, request, |key| {
        tiered_commission::partners_of(scope, key)
    })
    .await
}

pub async fn counts_of_tiers(
    database: &impl ConnectionTrait,
    scope: &Scope,
    tiers: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    many::counts(database, tiers, |key| tiered_commission::partners_of(scope, key)).await
}

async fn pages_of(
    database: &impl ConnectionTrait,
    keys: &[Uuid],
    request: &PageRequest,
    of_key: impl Fn(Expr) -> Select<Entity>,
) -> Result<HashMap<Uuid, Page<Partner>>, StoreError> {
    let sort = Sort::newest_first(Column::Id);
    let pages = many::pages(database, keys, sort, request, of_key).await?;
    pages
        .into_iter()
        .map(|(key, page)| Ok((key, page.try_map(from_row)?)))
        .collect()
}

/// The partners that the references of one owner name: those rows of `R` whose `owner` is `id`.
pub(super) fn named_by<R: Scoped>(scope: &Scope, partner: R::Column, owner: R::Column, id: Expr) -> Select<Entity> {
    let named = Query::select()
        .column(partner)
        .from(R::default())
        .and_where(R::tenant_column().eq(scope.tenant().uuid()))
        .and_where(Expr::col(owner.as_column_ref()).eq(id))
        .and_where(partner.is_not_null())
        .take();
    visible::<Entity>(scope).filter(Column::Id.in_subquery(named))
}

fn of_group(scope: &Scope, group: Expr) -> Select<Entity> {
    visible::<Entity>(scope).filter(Expr::col(Column::GroupId.as_column_ref()).eq(group))
}

fn of_campaign(scope: &Scope, campaign: Expr) -> Select<Entity> {
    let members = Query::select()
        .column(campaign_member::Column::PartnerId)
        .from(campaign_member::Entity)
        .and_where(campaign_member::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(Expr::col(campaign_member::Column::CampaignId.as_column_ref()).eq(campaign))
        .take();
    visible::<Entity>(scope).filter(Column::Id.in_subquery(members))
}

fn filtered(backend: DbBackend, scope: &Scope, filter: &PartnerFilter) -> Select<Entity> {
    let mut select = visible::<Entity>(scope);
    if let Some(search) = &filter.search {
        let pattern = contains(search);
        let found = Column::NameKey
            .like(pattern.clone())
            .or(Column::Email.like(pattern.clone()))
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
    let types = filter.types.as_ref();
    let statuses = filter.status.as_ref();
    let any_tag = |tags: &Vec<String>| match tags.is_empty() {
        true => Condition::all().add(Expr::value(false)),
        false => tags
            .iter()
            .fold(Condition::any(), |any, tag| any.add(has_tag(backend, tag))),
    };
    let more = Condition::all()
        .add_option(filter.category.map(|category| of_categories(&[category])))
        .add_option(filter.campaign.map(|campaign| of_campaigns(&[campaign])))
        .add_option(types.map(|types| Column::Type.is_in(types.iter().map(|kind| kind.as_str()))))
        .add_option(statuses.map(|status| Column::Status.is_in(status.iter().map(|status| status.as_str()))))
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

pub async fn insert(transaction: &impl ConnectionTrait, tenant: TenantId, partner: &Partner) -> Result<(), StoreError> {
    Entity::insert(to_row(tenant, partner).into_active_model())
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

pub async fn update(transaction: &impl ConnectionTrait, tenant: TenantId, partner: &Partner) -> Result<(), StoreError> {
    to_row(tenant, partner)
        .into_active_model()
        .reset_all()
        .update_without_returning(transaction)
        .await?;
    Ok(())
}

/// Keeps how far histories have come; one entry a partner, whose lock the caller holds.
pub fn advance(writes: &mut Writes, tenant: TenantId, moments: impl IntoIterator<Item = (PartnerId, Moment)>) {
    let rows = moments.into_iter().map(|(partner, moment)| {
        let row = partner_history::Model {
            tenant_id: tenant.uuid(),
            id: partner.uuid(),
            history_sequence: moment.sequence,
            history_at: Some(moment.at),
        };
        row.into_active_model()
    });
    writes.set(rows);
}

/// Makes `categories` the partner's only ones.
pub async fn replace_categories(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    partner: PartnerId,
    categories: &[PartnerCategoryId],
) -> Result<(), StoreError> {
    partner_category_member::Entity::delete_many()
        .filter(partner_category_member::Column::TenantId.eq(tenant.uuid()))
        .filter(partner_category_member::Column::PartnerId.eq(partner.uuid()))
        .exec(transaction)
        .await?;
    if categories.is_empty() {
        return Ok(());
    }
    let members = categories.iter().map(|category| {
        let (tenant_id, partner_id, category_id) = (tenant.uuid(), partner.uuid(), category.uuid());
        partner_category_member::Model {
            tenant_id,
            partner_id,
            category_id,
        }
        .into_active_model()
    });
    partner_category_member::Entity::insert_many(members)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Appends to the history of a partner's status.
pub async fn insert_transition(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    partner: PartnerId,
    transition: &PartnerTransition,
) -> Result<(), StoreError> {
    let row = to_transition_row(tenant, PartnerTransitionId::new(transition.at), partner, transition);
    partner_transition::Entity::insert(row.into_active_model())
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// The changes of partners' status, oldest first.
pub fn transitions() -> view::Family {
    use partner_transition::Column as Transition;
    view::Family {
        table: &view::PARTNER_TRANSITION,
        parent: view::column(Transition::PartnerId),
        through: None,
        order: view::Order::by_sequence(Transition::Id, false),
    }
}

/// The status changes of each partner, in the order of recording.
pub async fn transitions_of(
    database: &impl ConnectionTrait,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, Vec<PartnerTransition>>, StoreError> {
    use partner_transition::Column as Transition;
    const TABLE: &str = "partner_transition";
    let one_of = many::one_of(
        database.get_database_backend(),
        Transition::PartnerId.as_column_ref(),
        partners,
    );
    let rows = visible::<partner_transition::Entity>(scope)
        .filter(one_of)
        .order_by_asc(Transition::Id)
        .all(database)
        .await?;
    let mut transitions: HashMap<Uuid, Vec<_>> = HashMap::new();
    for row in rows {
        let from = row
            .from_status
            .as_deref()
            .map(|text| row::text(TABLE, "from_status", text, PartnerStatus::parse));
        transitions.entry(row.partner_id).or_default().push(PartnerTransition {
            from: from.transpose()?,
            to: row::text(TABLE, "to_status", &row.to_status, PartnerStatus::parse)?,
            actor: row.actor,
            reason: row.reason,
            at: row.at,
            sequence: row.sequence,
        });
    }
    for history in transitions.values_mut() {
        // Those without a number come first, in the order of their ids.
        history.sort_by_key(|transition| transition.sequence);
    }
    Ok(transitions)
}

/// What a row holds whose columns were all read, with names that begin like this.
pub fn whole(row: &view::Row, prefix: &str) -> Result<Partner, StoreError> {
    from_row(view::whole(row, prefix)?)
}

fn from_row(row: partner::Model) -> Result<Partner, StoreError> {
    Ok(Partner {
        id: PartnerId::from_uuid(row.id),
        name: row.name,
        email: row.email,
        external_id: row.external_id,
        partner_type: row::text(TABLE, "type", &row.r#type, PartnerType::parse)?,
        status: row::text(TABLE, "status", &row.status, PartnerStatus::parse)?,
        tags: row::json(TABLE, "tags", row.tags)?,
        metadata: row.metadata,
        group_id: row.group_id.map(PartnerGroupId::from_uuid),
        tier_id: row.tier_id.map(PartnerTierId::from_uuid),
        payout_currency: row
            .payout_currency
            .map(|code| row::currency(TABLE, "payout_currency", &code))
            .transpose()?,
        payout_reference: row.payout_reference,
        created_at: row.created_at,
        updated_at: row.updated_at,
        activated_at: row.activated_at,
        revoked_at: row.revoked_at,
        tokens_valid_from: row.tokens_valid_from,
    })
}

/// What a row holds that is at hand.
pub fn at_hand(tenant: TenantId, partner: &Partner) -> view::AtHand {
    view::at_hand(to_row(tenant, partner), &[])
}

pub(super) fn to_row(tenant: TenantId, partner: &Partner) -> partner::Model {
    partner::Model {
        tenant_id: tenant.uuid(),
        id: partner.id.uuid(),
        name: partner.name.clone(),
        name_key: text::sort_key(&partner.name),
        email: partner.email.clone(),
        external_id: partner.external_id.clone(),
        external_id_key: partner.external_id.as_deref().map(text::sort_key),
        r#type: partner.partner_type.as_str().to_owned(),
        status: partner.status.as_str().to_owned(),
        tags: row::to_json(&partner.tags),
        metadata: partner.metadata.clone(),
        group_id: partner.group_id.map(|id| id.uuid()),
        tier_id: partner.tier_id.map(|id| id.uuid()),
        payout_currency: partner.payout_currency.map(|currency| currency.code().to_owned()),
        payout_reference: partner.payout_reference.clone(),
        created_at: partner.created_at,
        updated_at: partner.updated_at,
        activated_at: partner.activated_at,
        revoked_at: partner.revoked_at,
        tokens_valid_from: partner.tokens_valid_from,
    }
}

pub(super) fn to_transition_row(
    tenant: TenantId,
    id: PartnerTransitionId,
    partner: PartnerId,
    transition: &PartnerTransition,
) -> partner_transition::Model {
    partner_transition::Model {
        tenant_id: tenant.uuid(),
        id: id.uuid(),
        partner_id: partner.uuid(),
        from_status: transition.from.map(|status| status.as_str().to_owned()),
        to_status: transition.to.as_str().to_owned(),
        actor: transition.actor.clone(),
        reason: transition.reason.clone(),
        at: transition.at,
        sequence: transition.sequence,
    }
}
