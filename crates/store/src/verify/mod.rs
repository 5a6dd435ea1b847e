//! Whether the ledger agrees with itself, checked for some partners at a time. The database adds sums up again, in one
//! statement per question, which returns only what is wrong; rows are read in pages, so that a million of them are
//! never in memory at once.
//!
//! Everything that a question compares is written in one transaction, so that each page of partners may be checked in a
//! snapshot of its own.

mod audit_counts;
mod deals;
mod decisions;
mod events;
mod guards;
mod histories;
mod links;
mod marks;
mod payout_runs;
mod rows;
mod stored_sums;
mod stored_twice;
mod sums;
mod tiers;
mod versions;

use std::fmt::Display;
use std::time::Instant;

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use uuid::Uuid;

use super::{Store, StoreError, Transaction, many, transaction_settings};
use crate::Connection;
use auth::Scope;
use domain::Timestamp;
use domain::id::{
    AuditEntryId, CampaignId, CommissionId, CustomerId, DealId, EventId, PartnerGroupId, PartnerId, PayoutId,
    PayoutRunId, TieredCommissionId,
};
pub use events::{EventFacts, EventRow, events_after, events_by_ids};
pub use guards::missing_guards;
pub use marks::{HistoryStep, Marked, events_of_nobody, marks_after, marks_of, rows_of};
pub use rows::{LedgerRow, StatusMove, moves_of, rows_after};
pub use stored_sums::{
    PayoutRow, SnapshotRow, balances, changes_of_status, lifetime_values, missing_entries, moved, paid_charges,
    payout_items, payouts, qualified_customers, snapshots,
};

/// Something that does not hold, and the ids of the objects concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The kind of the finding: the same for everything that one question finds.
    pub kind: &'static str,
    pub what: String,
    pub ids: Vec<String>,
}

/// Maximum number of findings per question: with more of a kind, a longer list would not help.
pub const MAX_FINDINGS: usize = 100;

/// A question to the database. Its statement takes the tenant as `$1`, selects columns named like the `Subject`s, and
/// `detail`, a text, and returns a row for each violation. `{mine}` after a partner column stands for the partners in
/// question, `{events}` for the select of the ids of the events in question, `{each}` for the function that returns the
/// elements of a JSON array as `value`s.
#[derive(Clone, Copy)]
struct Check {
    of: CheckScope,
    what: &'static str,
    subjects: &'static [Subject],
    sql: &'static str,
}

/// What a question covers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CheckScope {
    /// Some partners.
    Partners,
    /// The events of some partners, and those credited to nobody.
    Events,
    /// A whole tenant; if the question uses `$2`, only what changed at that moment or later. `$3` is then the first id
    /// of what was written with it.
    Whole,
}

/// What the questions are to be asked about.
#[derive(Clone, Copy, Debug)]
pub enum QuestionSubjects<'a> {
    Partners(&'a [Uuid]),
    /// Everything that is credited to no partner.
    Nobody,
    /// Everything that belongs to no partner, or is not found by partner, from this moment on.
    Whole(Timestamp),
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
    Group,
    Tier,
    Entry,
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
            Self::Group => text(id("group_id")?.map(PartnerGroupId::from_uuid)),
            Self::Tier => text(id("tier_id")?.map(TieredCommissionId::from_uuid)),
            Self::Entry => text(id("entry_id")?.map(AuditEntryId::from_uuid)),
        })
    }
}

/// A snapshot of the database, without a limit on how long it is used.
pub async fn moment(store: &Store) -> Result<Transaction, StoreError> {
    let transaction = store.snapshot().await?;
    transaction_settings::read_page_by_page(&transaction, None).await?;
    Ok(transaction)
}

/// For many small statements of few texts: from now on PostgreSQL plans each text once, as it does for requests.
pub async fn plan_once(transaction: &Transaction) -> Result<(), StoreError> {
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Postgres {
        let command = "SET LOCAL plan_cache_mode = force_generic_plan";
        transaction
            .execute_raw(Statement::from_string(backend, command))
            .await?;
    }
    Ok(())
}

/// All violations of the questions about these, at most [`MAX_FINDINGS`] of a kind.
pub async fn questions(
    database: &Connection,
    scope: &Scope,
    whose: QuestionSubjects<'_>,
) -> Result<Vec<Finding>, StoreError> {
    let backend = database.get_database_backend();
    let mut findings = Vec::new();
    let only_here = match backend {
        DbBackend::Sqlite => sums::SQLITE,
        _ => &[],
    };
    let all = [
        only_here,
        sums::CHECKS,
        payout_runs::CHECKS,
        links::CHECKS,
        histories::CHECKS,
        deals::CHECKS,
        tiers::CHECKS,
        decisions::CHECKS,
        versions::CHECKS,
        audit_counts::CHECKS,
        stored_twice::CHECKS,
    ];
    for question in all.into_iter().flatten().filter(|question| whose.is_asked(question.of)) {
        let begun = Instant::now();
        for row in database.query_all_raw(whose.ask(backend, scope, question)).await? {
            let ids = question.subjects.iter().map(|subject| subject.read(&row));
            let ids = ids.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
            let detail: String = row.try_get("", "detail")?;
            let (kind, what) = (question.what, question.what.replace("{detail}", &detail));
            findings.push(Finding { kind, what, ids });
        }
        took(question.what, begun);
    }
    Ok(findings)
}

/// Whether a finding says that something is not a number: the row that contains it cannot be read.
pub fn is_unreadable(finding: &Finding) -> bool {
    sums::SQLITE.iter().any(|question| question.what == finding.kind)
}

/// How a statement says that a column is one of these ids, which are its `$2`. For a single id, rows are found in the
/// order of the columns that follow in an index.
fn one_of(backend: DbBackend, ids: &[Uuid]) -> (&'static str, Value) {
    match (backend, ids) {
        (_, [id]) => ("= $2", (*id).into()),
        (DbBackend::Postgres, _) => ("= ANY($2)", many::id_list(backend, ids)),
        _ => (
            "IN (SELECT unhex(value) FROM json_each($2))",
            many::id_list(backend, ids),
        ),
    }
}

/// What one transaction writes has times and ids that are less apart: no transaction takes so long, and no clocks differ
/// so much.
const WRITTEN_TOGETHER: TimeDelta = TimeDelta::days(1);

/// The smallest id that is given to anything at this moment: ids begin with the time in milliseconds.
fn first_id(at: Timestamp) -> Uuid {
    let milliseconds = u128::try_from(at.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(milliseconds << 80)
}

/// Logs how long a check of a page took, for finding out where the time goes.
pub fn took(check: &str, begun: Instant) {
    tracing::debug!(check, microseconds = begun.elapsed().as_micros(), "verified");
}

impl QuestionSubjects<'_> {
    fn is_asked(self, of: CheckScope) -> bool {
        match self {
            Self::Partners(_) => matches!(of, CheckScope::Partners | CheckScope::Events),
            Self::Nobody => of == CheckScope::Events,
            Self::Whole(_) => of == CheckScope::Whole,
        }
    }

    fn ask(self, backend: DbBackend, scope: &Scope, question: &Check) -> Statement {
        let (mine, values): (_, [Option<Value>; 2]) = match self {
            Self::Partners(ids) => {
                let (mine, ids) = one_of(backend, ids);
                (mine, [Some(ids), None])
            }
            Self::Nobody => ("IS NULL", [None, None]),
            Self::Whole(since) => {
                let uses = |value| question.sql.contains(value);
                let first = || first_id(since - WRITTEN_TOGETHER).into();
                ("", [uses("$2").then(|| since.into()), uses("$3").then(first)])
            }
        };
        let events = match self {
            Self::Nobody => "SELECT id FROM event WHERE tenant_id = $1 AND primary_attribution_id IS NULL".to_owned(),
            Self::Partners(_) | Self::Whole(_) => format!(
                "SELECT event_id FROM attribution WHERE tenant_id = $1 AND partner_id {mine} AND ended_at IS NULL"
            ),
        };
        let each = match backend {
            DbBackend::Postgres => "jsonb_array_elements",
            _ => "json_each",
        };
        let question = question
            .sql
            .replace("{mine}", mine)
            .replace("{events}", &events)
            .replace("{each}", each);
        let sql = match backend {
            // Otherwise it plans for finding the first hundred soon, and mostly there are none.
            DbBackend::Postgres => {
                format!("WITH answer AS MATERIALIZED ({question}) SELECT * FROM answer LIMIT {MAX_FINDINGS}")
            }
            _ => format!("{question} LIMIT {MAX_FINDINGS}"),
        };
        let values = std::iter::once(scope.tenant().uuid().into()).chain(values.into_iter().flatten());
        Statement::from_sql_and_values(backend, sql, values)
    }
}
