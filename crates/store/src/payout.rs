//! Payouts, and the commissions that were ever in them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use entity::payout::{self, Column, Entity};
use entity::{commission, payout_item, payout_return, payout_settlement};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::filter::{one_of_ids, one_of_words};
use super::order::{SortBy, SortColumn, Sorted};
use super::scope::visible;
use super::writes::Writes;
use super::{Connection, StoreError, load, many, row, view, write};
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use auth::Scope;
use domain::Timestamp;
use domain::bank_reference;
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

/// A bank reference for each of `bits` ([`bank_reference::of_bits`]): made of these bits, or of others where a payout of
/// the tenant has that reference. Of two transactions that choose the same one at the same time, which is as likely as
/// guessing it, the later one fails.
pub async fn unused_bank_references(
    database: &Connection,
    scope: &Scope,
    mut bits: Vec<u64>,
) -> Result<Vec<String>, StoreError> {
    let start = |bits: u64| bank_reference::start(&bank_reference::of_bits(bits)).to_owned();
    loop {
        let starts: BTreeSet<_> = bits.iter().map(|bits| start(*bits)).collect();
        let starts: Vec<_> = starts.into_iter().collect();
        let select = visible::<Entity>(scope)
            .filter(many::among_texts(database, Column::BankReferenceStart, &starts))
            .select_only()
            .column(Column::BankReferenceStart);
        let taken: Vec<String> = select.into_tuple().all(database).await?;
        if taken.is_empty() && starts.len() == bits.len() {
            return Ok(bits.into_iter().map(bank_reference::of_bits).collect());
        }
        let mut taken: HashSet<_> = taken.into_iter().collect();
        for bits in &mut bits {
            while !taken.insert(start(*bits)) {
                *bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            }
        }
    }
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

/// The pending payouts of runs, in the order of their ids.
pub async fn pending_of_runs(
    database: &Connection,
    scope: &Scope,
    runs: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Payout>>, StoreError> {
    let select = visible::<Entity>(scope)
        .filter(many::among(database, Column::RunId, runs))
        .filter(is_pending())
        .order_by_asc(Column::Id);
    load::grouped(database, select, |row| row.run_id, from_row).await
}

/// How many payouts of a run are pending.
pub async fn count_pending_of_run(database: &Connection, scope: &Scope, run: PayoutRunId) -> Result<u64, StoreError> {
    Ok(pending(scope, run).count(database).await?)
}

fn pending(scope: &Scope, run: PayoutRunId) -> Select<Entity> {
    visible::<Entity>(scope)
        .filter(Column::RunId.eq(run.uuid()))
        .filter(is_pending())
}

/// With the status in the statement's text: a generic plan for all statuses cannot use an index of pending payouts.
fn is_pending() -> Expr {
    let status = Expr::cust(format!("'{}'", PayoutStatus::Pending.as_str()));
    Expr::col(Column::Status.as_column_ref()).eq(status)
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
            reference_key: reference_key(payout),
            settled_audit_entry_id: entry,
        };
        row.into_active_model()
    });
    writes.set(rows);
}

/// Writes that the money of payouts came back. The caller holds the locks of their partners. `entry` is the id of the
/// audit log entry.
pub fn take_back(writes: &mut Writes, tenant: TenantId, payouts: &[Payout], entry: Option<Uuid>) {
    let rows = payouts.iter().map(|payout| {
        let row = payout_return::Model {
            tenant_id: tenant.uuid(),
            id: payout.id.uuid(),
            status: payout.status.as_str().to_owned(),
            returned_at: payout.returned_at,
            returned_by: payout.returned_by.clone(),
            returned_sequence: payout.returned_sequence,
            return_reason: payout.return_reason.clone(),
            returned_audit_entry_id: entry,
        };
        row.into_active_model()
    });
    writes.set(rows);
}

fn reference_key(payout: &Payout) -> Option<String> {
    let key = bank_reference::key(payout.reference.as_deref()?);
    Some(key).filter(|key| !key.is_empty())
}

mapped! {
    fn (row: payout::Model, payout: Payout) of TABLE;
    both: id, run_id, partner_id, recipient, status, created_at, settled_at, reference, payout_reference, created_by,
        settled_by, sequence, settled_sequence, bank_reference, returned_at, returned_by, returned_sequence,
        return_reason;
    read: {
        amount: row::money(TABLE, "amount_minor", row.amount_minor, row::currency(TABLE, "currency", &row.currency)?)?,
    }
    written: {
        amount_minor: payout.amount.minor(),
        currency: payout.amount.currency().code().to_owned(),
        reference_key: reference_key(payout),
        bank_reference_start: bank_reference::start(&payout.bank_reference).to_owned(),
        salt: super::salt::drawn(),
    }
}
