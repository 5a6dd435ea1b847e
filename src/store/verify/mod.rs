//! Whether the ledger agrees with itself. Sums are added again by the database, in one statement a question, which
//! returns only what is wrong; rows are read in pages, so that a million of them never sit in memory.

mod deals;
mod histories;
mod links;
mod payouts;
mod statements;
mod sums;
mod tiers;

use std::fmt::Display;

use entity::commission;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, QueryFilter, QueryOrder, QueryResult, QuerySelect, Statement};
use uuid::Uuid;

use super::StoreError;
use super::scope::visible;
use crate::auth::Scope;
use crate::domain::commission::Commission;
use crate::domain::id::{CampaignId, CommissionId, CustomerId, DealId, EventId, PartnerId, PayoutId, PayoutRunId};

/// Something that does not hold, and the ids of what it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub what: String,
    pub ids: Vec<String>,
}

/// The most findings of one question: whoever has more of a kind needs no list of a million.
pub const MOST: usize = 100;

/// A question to the database. Its statement takes the tenant as `$1`, selects columns named like the `Subject`s, and
/// `detail`, a text, and returns a row for each violation.
#[derive(Clone, Copy)]
struct Question {
    what: &'static str,
    subjects: &'static [Subject],
    sql: &'static str,
}

#[derive(Clone, Copy)]
enum Subject {
    Partner,
    Campaign,
    Customer,
    Event,
    Commission,
    Payout,
    PayoutRun,
    Deal,
}

impl Subject {
    fn read(self, row: &QueryResult) -> Result<Option<String>, StoreError> {
        let id = |column| row.try_get::<Option<Uuid>>("", column);
        fn text(id: Option<impl Display>) -> Option<String> {
            id.map(|id| id.to_string())
        }
        Ok(match self {
            Self::Partner => text(id("partner_id")?.map(PartnerId::from_uuid)),
            Self::Campaign => text(id("campaign_id")?.map(CampaignId::from_uuid)),
            Self::Customer => text(id("customer_id")?.map(CustomerId::from_uuid)),
            Self::Event => text(id("event_id")?.map(EventId::from_uuid)),
            Self::Commission => text(id("commission_id")?.map(CommissionId::from_uuid)),
            Self::Payout => text(id("payout_id")?.map(PayoutId::from_uuid)),
            Self::PayoutRun => text(id("run_id")?.map(PayoutRunId::from_uuid)),
            Self::Deal => text(id("deal_id")?.map(DealId::from_uuid)),
        })
    }
}

/// Everything about sums, payouts and links that does not hold, at most [`MOST`] of a kind.
pub async fn questions(database: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Finding>, StoreError> {
    let backend = database.get_database_backend();
    let mut findings = Vec::new();
    let only_here = match backend {
        DbBackend::Sqlite => sums::SQLITE,
        _ => &[],
    };
    for question in [
        only_here,
        sums::QUESTIONS,
        payouts::QUESTIONS,
        links::QUESTIONS,
        histories::QUESTIONS,
        deals::QUESTIONS,
        statements::QUESTIONS,
        tiers::QUESTIONS,
    ]
    .concat()
    {
        let sql = format!("{} LIMIT {MOST}", question.sql);
        let statement = Statement::from_sql_and_values(backend, sql, [scope.tenant().uuid().into()]);
        for row in database.query_all_raw(statement).await? {
            let ids = question.subjects.iter().map(|subject| subject.read(&row));
            let ids = ids.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
            let detail: String = row.try_get("", "detail")?;
            let what = question.what.replace("{detail}", &detail);
            findings.push(Finding { what, ids });
        }
    }
    Ok(findings)
}

/// The next rows in the order of their ids, at most `limit`.
pub async fn commissions_after(
    database: &impl ConnectionTrait,
    scope: &Scope,
    after: Option<CommissionId>,
    limit: u64,
) -> Result<Vec<Commission>, StoreError> {
    let mut select = visible::<commission::Entity>(scope);
    if let Some(after) = after {
        select = select.filter(commission::Column::Id.gt(after.uuid()));
    }
    let select = select.order_by_asc(commission::Column::Id).limit(limit);
    let rows = select.all(database).await?;
    rows.into_iter().map(super::commission::from_row).collect()
}
