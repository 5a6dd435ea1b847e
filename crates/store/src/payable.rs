//! The rows that payout runs consider: approved and in no payout, or accrued and lacking only the individual to whom
//! they are owed.

use std::collections::BTreeSet;

use entity::commission::{self, Column, Entity};
use entity::commission_entered;
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, Condition, DbErr, FromQueryResult, QueryFilter, QueryResult, QuerySelect, Select};
use uuid::Uuid;

use super::commission::{from_row, has_status};
use super::scope::visible;
use super::{Connection, StoreError, many};
use auth::Scope;
use domain::Timestamp;
use domain::commission::{CommissionKind, CommissionStatus, PaymentTarget};
use domain::id::PartnerId;
use domain::money::Currency;
use domain::payout_run::Candidate;

/// Which rows a run considers.
#[derive(Clone, Debug)]
pub struct PayableFilter {
    /// `None`: of every partner.
    pub partners: Option<Vec<PartnerId>>,
    /// `None`: in every currency.
    pub currency: Option<Currency>,
    /// `None`: whenever they accrued.
    pub accrued_before: Option<Timestamp>,
    /// Rows that wait for an individual only count if they have matured by then.
    pub matured_by: Timestamp,
}

struct CandidateModel {
    row: commission::Model,
    earned_at: Timestamp,
}

impl FromQueryResult for CandidateModel {
    fn from_query_result(result: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            row: commission::Model::from_query_result(result, prefix)?,
            earned_at: result.try_get(prefix, "earned_at")?,
        })
    }
}

/// When a row accrued; for an imported one, in the other system.
fn earned_at() -> Expr {
    let at_the_source = Expr::col(commission_entered::Column::SourceAccruedAt.as_column_ref());
    let here = Expr::col(Column::AccruedAt.as_column_ref());
    Expr::expr(Func::coalesce([at_the_source, here]))
}

/// The rows, in the order of their ids; of rows that accrued later only clawbacks, which belong to the run if the rows
/// that they adjust do.
pub async fn rows(database: &Connection, scope: &Scope, wanted: &PayableFilter) -> Result<Vec<Candidate>, StoreError> {
    let in_time = wanted.accrued_before.map(|before| {
        let clawback = Column::Kind.eq(CommissionKind::Clawback.as_str());
        earned_at().lt(before).or(clawback)
    });
    let mut found = Vec::new();
    for select in both(database, scope, wanted) {
        let select = select.filter(Condition::all().add_option(in_time.clone()));
        let select = select.column_as(earned_at(), "earned_at");
        // Not sorted by the database: to avoid sorting, SQLite would walk all rows there are, which are in this order.
        let mut rows = select.into_model::<CandidateModel>().all(database).await?;
        rows.sort_by_key(|found| found.row.id);
        let candidates = rows.into_iter().map(|found| {
            Ok::<_, StoreError>(Candidate {
                row: from_row(found.row)?,
                earned_at: found.earned_at,
            })
        });
        found.extend(candidates.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(found)
}

/// The partners of the rows, in the order of their ids.
pub async fn partners(
    database: &Connection,
    scope: &Scope,
    wanted: &PayableFilter,
) -> Result<Vec<PartnerId>, StoreError> {
    let in_time = wanted.accrued_before.map(|before| earned_at().lt(before));
    let mut found = BTreeSet::new();
    for select in both(database, scope, wanted) {
        let select = select
            .filter(Condition::all().add_option(in_time.clone()))
            .select_only()
            .column(Column::PartnerId)
            .distinct();
        let ids: Vec<Uuid> = select.into_tuple().all(database).await?;
        found.extend(ids.into_iter().map(PartnerId::from_uuid));
    }
    Ok(found.into_iter().collect())
}

/// The rows that may be paid, and those that wait for an individual: each kind has an index of its own.
fn both(database: &Connection, scope: &Scope, wanted: &PayableFilter) -> [Select<Entity>; 2] {
    let of_partners = wanted.partners.as_ref().map(|partners| {
        let ids: Vec<_> = partners.iter().map(|id| id.uuid()).collect();
        many::among(database, Column::PartnerId, &ids)
    });
    let of_all = Condition::all()
        .add_option(of_partners)
        .add_option(wanted.currency.map(|currency| Column::Currency.eq(currency.code())));
    let approved = Condition::all()
        .add(has_status(CommissionStatus::Approved))
        .add(Column::PayoutId.is_null());
    // In the statement's text, like the status, so that the index of such rows is used.
    let individual = Expr::cust(format!("'{}'", PaymentTarget::Individual.as_str()));
    let waiting = Condition::all()
        .add(has_status(CommissionStatus::Accrued))
        .add(Expr::col(Column::PaymentTarget.as_column_ref()).eq(individual))
        .add(Column::Recipient.is_null())
        .add(Column::MatureAt.lte(wanted.matured_by));
    [approved, waiting].map(|rows| visible::<Entity>(scope).filter(of_all.clone()).filter(rows))
}
