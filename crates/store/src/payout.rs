//! Payouts, and the commissions that were ever in them.

use std::sync::Arc;

use entity::payout::{self, Column, Entity};
use entity::{commission, payout_item, payout_settlement};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::filter::{one_of_ids, one_of_words};
use super::order::{SortBy, SortColumn, Sorted};
use super::scope::visible;
use super::writes::Writes;
use super::{Connection, StoreError, many, row, view, write};
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use auth::Scope;
use domain::Timestamp;
use domain::commission::{Commission, Payout, PayoutStatus};
use domain::id::{CommissionId, PartnerId, PayoutId, PayoutItemId, PayoutRunId, TenantId};
use domain::money::Currency;

const TABLE: &str = "payout";

/// What to list; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PayoutFilter {
    pub partner: Option<PartnerId>,
    pub currency: Option<Currency>,
    /// Any of these values; an empty list matches nothing.
    pub status: Option<Vec<PayoutStatus>>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
    pub run: Option<PayoutRunId>,
    pub settled_from: Option<Timestamp>,
    pub settled_to: Option<Timestamp>,
    /// Any of these values; an empty list matches nothing.
    pub partners: Option<Vec<PartnerId>>,
    /// Both inclusive, in minor units of the currency.
    pub least_minor: Option<i64>,
    pub most_minor: Option<i64>,
}

/// What payouts are listed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PayoutParent {
    Partner,
    Run,
}

/// The orders in which payouts are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PayoutOrder {
    #[default]
    CreatedAt,
    /// Only meaningful within one currency.
    Amount,
}

impl SortBy for PayoutOrder {
    fn key(self) -> Option<SortColumn> {
        match self {
            Self::CreatedAt => None,
            Self::Amount => Some(SortColumn::integer(view::column(Column::AmountMinor))),
        }
    }
}

table_functions!(Payout: by_ids, whole, at_hand);

/// The payouts that match the filter.
pub fn list(filter: Arc<PayoutFilter>, sorted: Sorted<PayoutOrder>) -> view::List {
    let kept = (*filter == PayoutFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::PAYOUT, kept, select).sorted(sorted)
}

/// The payouts under parents of this kind.
pub fn list_under(parent: PayoutParent) -> view::List {
    let select = move |_, scope: &Scope, key| children(scope, parent, key).into_query();
    view::List::new(&view::PAYOUT, Some(format!("{parent:?}")), select)
}

fn children(scope: &Scope, parent: PayoutParent, key: Expr) -> Select<Entity> {
    let column = match parent {
        PayoutParent::Partner => Column::PartnerId,
        PayoutParent::Run => Column::RunId,
    };
    visible::<Entity>(scope).filter(Expr::col(column.as_column_ref()).eq(key))
}

fn filtered(scope: &Scope, filter: &PayoutFilter) -> Select<Entity> {
    let statuses = filter.status.as_deref();
    let wanted = Condition::all()
        .add_option(one_of_words(Column::Status, statuses, PayoutStatus::as_str))
        .add_option(filter.partner.map(|partner| Column::PartnerId.eq(partner.uuid())))
        .add_option(filter.currency.map(|currency| Column::Currency.eq(currency.code())))
        .add_option(filter.created_from.map(|from| Column::CreatedAt.gte(from)))
        .add_option(filter.created_to.map(|to| Column::CreatedAt.lt(to)))
        .add_option(filter.run.map(|run| Column::RunId.eq(run.uuid())))
        .add_option(filter.settled_from.map(|from| Column::SettledAt.gte(from)))
        .add_option(filter.settled_to.map(|to| Column::SettledAt.lt(to)))
        .add_option(one_of_ids(Column::PartnerId, filter.partners.as_deref()))
        .add_option(filter.least_minor.map(|least| Column::AmountMinor.gte(least)))
        .add_option(filter.most_minor.map(|most| Column::AmountMinor.lte(most)));
    visible::<Entity>(scope).filter(wanted)
}

pub async fn insert(transaction: &Connection, tenant: TenantId, payouts: &[Payout]) -> Result<(), StoreError> {
    write::insert_all(transaction, payouts.iter().map(|payout| to_row(tenant, payout))).await
}

/// Records for ever that the commissions were in the payouts, each at a position of its partner's history.
pub async fn insert_items(
    transaction: &Connection,
    tenant: TenantId,
    items: &[(PayoutId, CommissionId, i64)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = items.iter().map(|(payout, commission, sequence)| payout_item::Model {
        tenant_id: tenant.uuid(),
        id: PayoutItemId::new(now).uuid(),
        payout_id: payout.uuid(),
        commission_id: commission.uuid(),
        sequence: *sequence,
    });
    write::insert_all(transaction, rows).await
}

/// The commissions that are in the payouts now: those of failed or canceled payouts were released.
pub async fn rows_in(database: &Connection, scope: &Scope, payouts: &[Uuid]) -> Result<Vec<Commission>, StoreError> {
    // Rows in a payout are found by its items, so that no index of commissions by payout is needed.
    let items = Query::select()
        .column(payout_item::Column::CommissionId)
        .from(payout_item::Entity)
        .and_where(payout_item::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(many::among(database, payout_item::Column::PayoutId, payouts))
        .take();
    let rows = visible::<commission::Entity>(scope)
        .filter(commission::Column::Id.in_subquery(items))
        .filter(many::among(database, commission::Column::PayoutId, payouts))
        .all(database)
        .await?;
    rows.into_iter().map(super::commission::from_row).collect()
}

/// The next pending payouts of a run, in the order of their ids.
pub async fn pending_of_run(
    database: &Connection,
    scope: &Scope,
    run: PayoutRunId,
    limit: u64,
) -> Result<Vec<PayoutId>, StoreError> {
    let select = pending(scope, run)
        .select_only()
        .column(Column::Id)
        .order_by_asc(Column::Id)
        .limit(limit);
    let ids: Vec<Uuid> = select.into_tuple().all(database).await?;
    Ok(ids.into_iter().map(PayoutId::from_uuid).collect())
}

/// How many payouts of a run are pending.
pub async fn count_pending_of_run(database: &Connection, scope: &Scope, run: PayoutRunId) -> Result<u64, StoreError> {
    Ok(pending(scope, run).count(database).await?)
}

/// With the status in the statement's text: a generic plan for all statuses cannot use an index of pending payouts.
fn pending(scope: &Scope, run: PayoutRunId) -> Select<Entity> {
    let status = Expr::cust(format!("'{}'", PayoutStatus::Pending.as_str()));
    visible::<Entity>(scope)
        .filter(Column::RunId.eq(run.uuid()))
        .filter(Expr::col(Column::Status.as_column_ref()).eq(status))
}

/// Writes how payouts ended. The caller holds the locks of their partners. `entry` is the id of the audit log entry
/// ([`Transaction::audit_entry`](super::Transaction::audit_entry)).
pub fn settle(writes: &mut Writes, tenant: TenantId, payouts: &[Payout], entry: Option<Uuid>) {
    let rows = payouts.iter().map(|payout| {
        let row = payout_settlement::Model {
            tenant_id: tenant.uuid(),
            id: payout.id.uuid(),
            status: payout.status.as_str().to_owned(),
            settled_at: payout.settled_at,
            settled_by: payout.settled_by.clone(),
            settled_sequence: payout.settled_sequence,
            reference: payout.reference.clone(),
            settled_audit_entry_id: entry,
        };
        row.into_active_model()
    });
    writes.set(rows);
}

mapped! {
    fn (row: payout::Model, payout: Payout) of TABLE;
    both: id, run_id, partner_id, recipient, status, created_at, settled_at, reference, payout_reference, created_by,
        settled_by, sequence, settled_sequence;
    read: {
        amount: row::money(TABLE, "amount_minor", row.amount_minor, row::currency(TABLE, "currency", &row.currency)?)?,
    }
    written: {
        amount_minor: payout.amount.minor(),
        currency: payout.amount.currency().code().to_owned(),
    }
}
