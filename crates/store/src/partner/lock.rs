//! Locking partners: every write that concerns a partner is done under its lock.

use entity::partner::{self, Column, Entity};
use entity::partner_history;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait, Condition, FromQueryResult, QueryFilter, QueryOrder, QueryResult, QuerySelect, Select};
use uuid::Uuid;

use super::TABLE;
use super::rows::from_row;
use crate::lock_order::Lock;
use crate::locks::{self, InForce};
use crate::scope::visible;
use crate::{Connection, StoreError, many, row};
use auth::Scope;
use domain::Timestamp;
use domain::history::Moment;
use domain::id::{PartnerGroupId, PartnerId};
use domain::partner::{Partner, PartnerStatus};

/// How a partner is locked: other writers of it wait until this transaction ends, but rows that merely refer to it do
/// not. A partner's id never changes, so that they have nothing to wait for, and their writers could run into a
/// deadlock.
const WRITER: LockType = LockType::NoKeyUpdate;

/// A locked partner, and the last moment of its history: whatever is done under the lock comes after it.
#[derive(Clone, Debug)]
pub struct LockedPartner {
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
    fn into_locked(self) -> Result<LockedPartner, StoreError> {
        let (partner, last) = (from_row(self.0)?, self.1);
        Ok(LockedPartner { partner, last })
    }
}

/// Selects the partner for update: every write that concerns it waits until this transaction ends.
pub async fn lock(transaction: &Connection, scope: &Scope, id: PartnerId) -> Result<Option<LockedPartner>, StoreError> {
    let row = with_last_moment(visible::<Entity>(scope).filter(Column::Id.eq(id.uuid())))
        .lock(WRITER)
        .into_model::<LockedRow>()
        .one(transaction)
        .await?;
    transaction.hold([(Lock::Partner(id.uuid()), true)].into_iter());
    row.map(LockedRow::into_locked).transpose()
}

/// Locks partners whose rows are written or moved, in the order of their ids, and returns them in that order. Before
/// that, in the same statement, it keeps others from changing what is in force, as far as it is named, and from paying
/// rows out.
pub async fn lock_all(
    transaction: &Connection,
    scope: &Scope,
    in_force: &[InForce],
    ids: &[PartnerId],
) -> Result<Vec<LockedPartner>, StoreError> {
    let (in_force, select) = locked(transaction, scope, in_force, ids).await?;
    let rows = with_last_moment(select)
        .into_model::<LockedRow>()
        .all(transaction)
        .await?;
    hold(transaction, &in_force, ids);
    rows.into_iter().map(LockedRow::into_locked).collect()
}

/// Adds columns for the last moment of the history.
fn with_last_moment(select: Select<Entity>) -> Select<Entity> {
    use partner_history::Column as History;
    select
        .column_as(Expr::col((Entity, History::HistorySequence)), "history_sequence")
        .column_as(Expr::col((Entity, History::HistoryAt)), "history_at")
}

/// The statement that locks, and all that it locks of what is in force.
async fn locked(
    transaction: &Connection,
    scope: &Scope,
    in_force: &[InForce],
    ids: &[PartnerId],
) -> Result<(Vec<InForce>, Select<Entity>), StoreError> {
    let in_force = [in_force, &[InForce::Payouts]].concat();
    let sharing = locks::sharing(transaction, scope.tenant(), &in_force).await?;
    let uuids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let select = visible::<Entity>(scope)
        .filter(Condition::all().add_option(sharing))
        .filter(many::among(transaction, Column::Id, &uuids))
        .order_by_asc(Column::Id)
        .lock(WRITER);
    Ok((in_force, select))
}

fn hold(transaction: &Connection, in_force: &[InForce], partners: &[PartnerId]) {
    let mut partners: Vec<_> = partners.iter().map(|id| id.uuid()).collect();
    partners.sort_unstable();
    let partners = partners.into_iter().map(|id| (Lock::Partner(id), true));
    transaction.hold(locks::shared(in_force).chain(partners));
}

/// A partner, as far as the recording of events needs it.
#[derive(Clone, Copy, Debug)]
pub struct CreditedPartner {
    pub id: PartnerId,
    pub status: PartnerStatus,
    pub group_id: Option<PartnerGroupId>,
    /// The last moment of its history.
    pub last: Moment,
}

/// Locks like [`lock_all`], and reads fewer columns. Without ids, nothing is read.
pub async fn lock_credited(
    transaction: &Connection,
    scope: &Scope,
    in_force: &[InForce],
    ids: &[PartnerId],
) -> Result<Vec<CreditedPartner>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (in_force, select) = locked(transaction, scope, in_force, ids).await?;
    let select = select
        .select_only()
        .columns([Column::Id, Column::Status, Column::GroupId]);
    let rows: Vec<(Uuid, String, Option<Uuid>, i64, Timestamp)> =
        with_last_moment(select).into_tuple().all(transaction).await?;
    hold(transaction, &in_force, ids);
    let credited = rows.into_iter().map(|(id, status, group, sequence, at)| {
        Ok(CreditedPartner {
            id: PartnerId::from_uuid(id),
            status: row::text(TABLE, "status", &status, PartnerStatus::parse)?,
            group_id: group.map(PartnerGroupId::from_uuid),
            last: Moment { sequence, at },
        })
    });
    credited.collect()
}
