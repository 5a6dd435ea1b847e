//! Payout runs, and the lines that they found. Lines are append-only: they stay as the run saw them.

use std::collections::HashMap;
use std::sync::Arc;

use entity::payout_run::{self, Column, Entity};
use entity::{payout, payout_run_line};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use super::commission_totals::{SUM, add_sums};
use super::filter::one_of_words;
use super::scope::visible;
use super::{Connection, StoreError, Transaction, many, row, sum, view, write};
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use auth::Scope;
use domain::commission::{PayoutRun, PayoutStatus};
use domain::id::{PartnerId, PayoutId, PayoutRunId, TenantId};
use domain::money::Sum;
use domain::payout_run::{PayoutOutcome, RunLine, RunTotal};

const LINES: &str = "payout_run_line";

/// Which lines to list; `None`: all. An empty list matches nothing.
pub type OutcomeFilter = Option<Arc<[PayoutOutcome]>>;

/// A line's position is unique in its run; the id is only there because an order needs one.
fn line_order() -> view::Order {
    view::Order {
        key: Some(view::column(payout_run_line::Column::Position)),
        id: view::column(payout_run_line::Column::PartnerId),
        found_by: None,
        descending: false,
    }
}

/// All runs, newest first. GraphQL reads such lists by [`view::page`].
pub fn list() -> view::List {
    let select = |_, scope: &Scope, _| visible::<Entity>(scope).into_query();
    view::List::new(&view::PAYOUT_RUN, Some(String::new()), select)
}

table_functions!(PayoutRun: by_ids, whole);
table_functions!(PayoutRun: at_hand but "audit_entry_id");

/// The lines of runs, in their order.
pub fn lines(outcomes: OutcomeFilter) -> view::List {
    let kept = Some(format!("{outcomes:?}"));
    let select = move |_, scope: &Scope, run| lines_of(scope, &outcomes, run).into_query();
    view::List::new(&view::PAYOUT_RUN_LINE, kept, select).in_order(line_order())
}

fn lines_of(scope: &Scope, outcomes: &OutcomeFilter, run: Expr) -> Select<payout_run_line::Entity> {
    use payout_run_line::Column as RunLine;
    let wanted = one_of_words(RunLine::Outcome, outcomes.as_deref(), PayoutOutcome::as_str);
    visible::<payout_run_line::Entity>(scope)
        .filter(Expr::col(RunLine::RunId.as_column_ref()).eq(run))
        .filter(Condition::all().add_option(wanted))
}

/// The totals of the lines of each run; for lines that were paid out, by the present status of their payouts.
pub async fn totals_of(
    database: &Connection,
    scope: &Scope,
    runs: &[Uuid],
) -> Result<HashMap<Uuid, Vec<RunTotal>>, StoreError> {
    use payout_run_line::Column as RunLine;
    let backend = database.get_database_backend();
    let mut lines = visible::<payout_run_line::Entity>(scope)
        .filter(many::among(database, RunLine::RunId, runs))
        .select_only();
    let statement = QuerySelect::query(&mut lines);
    let its_payout = Condition::all()
        .add(Expr::col(payout::Column::TenantId.as_column_ref()).equals(RunLine::TenantId.as_column_ref()))
        .add(Expr::col(payout::Column::Id.as_column_ref()).equals(RunLine::PayoutId.as_column_ref()));
    let groups = [
        RunLine::RunId.as_column_ref(),
        RunLine::Outcome.as_column_ref(),
        payout::Column::Status.as_column_ref(),
        RunLine::Currency.as_column_ref(),
    ];
    statement
        .left_join(payout::Entity, its_payout)
        .columns(groups.clone())
        .add_group_by(groups.map(Expr::col));
    add_sums(backend, statement, Expr::col(RunLine::AmountMinor.as_column_ref()));
    let mut totals: HashMap<Uuid, Vec<RunTotal>> = HashMap::new();
    for found in database.query_all(statement).await? {
        let outcome: String = found.try_get("", "outcome")?;
        let status: Option<String> = found.try_get("", "status")?;
        let status = status.map(|text| row::text("payout", "status", &text, PayoutStatus::parse));
        let currency: String = found.try_get("", "currency")?;
        totals.entry(found.try_get("", "run_id")?).or_default().push(RunTotal {
            outcome: row::text(LINES, "outcome", &outcome, PayoutOutcome::parse)?,
            status: status.transpose()?,
            currency: row::currency(LINES, "currency", &currency)?,
            count: found.try_get("", "count")?,
            minor: sum::read(&found, SUM)?,
        });
    }
    totals.values_mut().for_each(|totals| totals.sort_unstable());
    Ok(totals)
}

pub async fn insert(transaction: &Transaction, tenant: TenantId, run: &PayoutRun) -> Result<(), StoreError> {
    let row = payout_run::Model {
        audit_entry_id: transaction.audit_entry(),
        ..to_row(tenant, run)
    };
    write::insert(transaction, row).await
}

/// Writes what a run found, after its payouts.
pub async fn insert_lines(
    transaction: &Connection,
    tenant: TenantId,
    run: PayoutRunId,
    lines: &[RunLine],
) -> Result<(), StoreError> {
    let rows = lines.iter().map(|line| payout_run_line::Model {
        tenant_id: tenant.uuid(),
        run_id: run.uuid(),
        position: line.position,
        partner_id: line.partner_id.uuid(),
        recipient: line.recipient.clone(),
        currency: line.amount.currency.code().to_owned(),
        amount_minor: line.amount.minor,
        commission_count: i32::try_from(line.commission_count).unwrap_or(i32::MAX),
        outcome: line.outcome.as_str().to_owned(),
        payout_id: line.payout_id.map(|id| id.uuid()),
    });
    write::insert_all(transaction, rows).await
}

// The row without a reference to its audit log entry.
mapped! {
    pub(super) fn (row: payout_run::Model, run: PayoutRun) of "payout_run";
    both: id, created_at, accrued_before, created_by;
    written: {
        audit_entry_id: None,
    }
}

/// Decodes a line whose columns were all read under names with this prefix.
pub fn whole_line(row: &view::Row, prefix: &str) -> Result<RunLine, StoreError> {
    line_from_row(view::whole(row, prefix)?)
}

fn line_from_row(row: payout_run_line::Model) -> Result<RunLine, StoreError> {
    let currency = row::currency(LINES, "currency", &row.currency)?;
    Ok(RunLine {
        position: row.position,
        partner_id: PartnerId::from_uuid(row.partner_id),
        recipient: row.recipient,
        amount: Sum {
            minor: row.amount_minor,
            currency,
        },
        commission_count: row::unsigned(LINES, "commission_count", row.commission_count)?,
        outcome: row::text(LINES, "outcome", &row.outcome, PayoutOutcome::parse)?,
        payout_id: row.payout_id.map(PayoutId::from_uuid),
    })
}
