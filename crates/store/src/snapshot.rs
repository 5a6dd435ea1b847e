//! Commission snapshots: written once and never changed, which the database enforces, too.

use std::collections::HashMap;

use entity::commission_snapshot::{self, Column, Entity};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, FromQueryResult, QueryFilter, QueryOrder, QueryResult, QuerySelect, Select,
};
use uuid::Uuid;

use super::scope::visible;
use super::{Connection, StoreError, many, row, view};
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use auth::Scope;
use domain::Timestamp;
use domain::id::{CampaignId, PartnerId};
use domain::snapshot::CommissionSnapshot;
use domain::terms::Term;

table_functions!(CommissionSnapshot, CommissionSnapshotId: insert, at_hand);

const TABLE: &str = "commission_snapshot";

/// When the next version for the same partner and campaign was created. Derived, since a snapshot is never edited. The
/// campaign is compared such that SQLite does not look for it in an index, and uses the partner's instead.
static SUPERSEDED: view::Derived = view::Derived {
    name: "superseded_at",
    expression: "(SELECT next.created_at FROM commission_snapshot AS next \
         WHERE next.tenant_id = {tenant} AND next.partner_id = {row}.partner_id \
         AND NOT (next.campaign_id IS DISTINCT FROM {row}.campaign_id) AND next.version = {row}.version + 1)",
    of: &["tenant_id", "partner_id", "campaign_id", "version"],
};

/// All snapshots of partners, newest first.
pub fn family() -> view::Family {
    view::Family {
        table: &view::COMMISSION_SNAPSHOT,
        parent: view::column(Column::PartnerId),
        through: None,
        order: view::Order {
            descending: true,
            ..view::Order::by_sequence(Column::Sequence, Column::Id)
        },
    }
}

pub fn superseded_at() -> view::Column {
    view::derived::<Entity>(&SUPERSEDED)
}

fn select(scope: &Scope, backend: DbBackend) -> Select<Entity> {
    visible::<Entity>(scope).column_as(SUPERSEDED.within(TABLE, scope, backend), SUPERSEDED.name)
}

/// A row with the derived column.
struct StampedSnapshot(commission_snapshot::Model, Option<Timestamp>);

impl FromQueryResult for StampedSnapshot {
    fn from_query_result(result: &QueryResult, prefix: &str) -> Result<Self, sea_orm::DbErr> {
        let model = commission_snapshot::Model::from_query_result(result, prefix)?;
        Ok(Self(model, result.try_get(prefix, "superseded_at")?))
    }
}

pub async fn by_ids(
    database: &Connection,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, CommissionSnapshot>, StoreError> {
    let backend = database.get_database_backend();
    let one_of = many::among(database, Column::Id, ids);
    let rows = select(scope, backend)
        .filter(one_of)
        .into_model::<StampedSnapshot>()
        .all(database)
        .await?;
    rows.into_iter()
        .map(from_stamped)
        .map(|row| row.map(|snapshot| (snapshot.id.uuid(), snapshot)))
        .collect()
}

/// All snapshots of each partner, newest first.
pub async fn of_partners(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, Vec<CommissionSnapshot>>, StoreError> {
    let backend = database.get_database_backend();
    let one_of = many::among(database, Column::PartnerId, partners);
    // In the order of the index: otherwise SQLite would walk all snapshots of the tenant, which come in the order of
    // their ids.
    let select = select(scope, backend)
        .filter(one_of)
        .order_by_desc(Column::PartnerId)
        .order_by_desc(Column::Id);
    let mut snapshots: HashMap<Uuid, Vec<_>> = HashMap::new();
    for row in select.into_model::<StampedSnapshot>().all(database).await? {
        snapshots.entry(row.0.partner_id).or_default().push(from_stamped(row)?);
    }
    for list in snapshots.values_mut() {
        // By their numbers, whatever the clocks said.
        list.sort_by_key(|snapshot| std::cmp::Reverse(snapshot.sequence));
    }
    Ok(snapshots)
}

/// The newest version for a partner and campaign; 0 if there is none. The caller holds the partner's lock.
pub async fn newest_version(
    transaction: &Connection,
    scope: &Scope,
    partner: PartnerId,
    campaign: Option<CampaignId>,
) -> Result<u32, StoreError> {
    let of_campaign = match campaign {
        Some(campaign) => Column::CampaignId.eq(campaign.uuid()),
        None => Column::CampaignId.is_null(),
    };
    let newest: Option<i32> = visible::<Entity>(scope)
        .select_only()
        .column(Column::Version)
        .filter(Column::PartnerId.eq(partner.uuid()))
        .filter(of_campaign)
        .order_by_desc(Column::Version)
        .limit(1)
        .into_tuple()
        .one(transaction)
        .await?;
    row::unsigned(TABLE, "version", newest.unwrap_or(0))
}

/// Decodes the terms in a cell.
pub fn terms(row: &view::Row, cell: usize) -> Result<Vec<Term>, StoreError> {
    row::json(TABLE, "terms", view::json(row, cell)?)
}

fn from_stamped(StampedSnapshot(row, superseded_at): StampedSnapshot) -> Result<CommissionSnapshot, StoreError> {
    Ok(CommissionSnapshot {
        superseded_at,
        ..from_row(row)?
    })
}

// A snapshot that no other supersedes.
mapped! {
    pub(super) fn (row: commission_snapshot::Model, snapshot: CommissionSnapshot) of TABLE;
    both: id, partner_id, campaign_id, version, terms, holdback_days, source, reason, created_at, sequence;
    read: {
        superseded_at: None,
    }
    written: {
        salt: super::salt::drawn(),
    }
}
