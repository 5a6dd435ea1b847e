//! What backtests came to: in total, by month, campaign, partner and event.

use std::collections::{HashMap, HashSet};

use async_graphql::{Context, Object, SimpleObject};
use futures::future::try_join_all;

use crate::auth::Resource;
use crate::domain::backtest::{self, ChangedRow};
use crate::domain::id::{CommissionId, EventId};
use crate::domain::money::Currency;
use crate::graphql::campaign::object::Campaign;
use crate::graphql::connection::{Connection, PageArguments};
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable_link};
use crate::graphql::identity;
use crate::graphql::ledger::commission::object::CommissionKind;
use crate::graphql::ledger::event::object::Event;
use crate::graphql::loader::BacktestPageKey;
use crate::graphql::money::{ExplanationStep, Money};
use crate::graphql::partner::object::Partner;
use crate::graphql::scalar::DateTime;
use crate::store::backtest::{BacktestSum, PartnerSum, SumsKey};
use crate::store::page::{Page, Place, SortKey};
use crate::store::{self, StoreError};

/// How far a backtest has come.
#[derive(Clone, SimpleObject)]
pub struct BacktestProgress {
    /// How many events of the range the partners have that are finished.
    pub events: i64,
    /// How many there are in all; 0 until it begins.
    pub of_events: i64,
}

/// Both sides in one currency. Amounts are matched by event and kind of commission; reversed ones count as none.
#[derive(Clone, SimpleObject)]
pub struct BacktestDifference {
    /// What the ledger has.
    pub actual: Money,
    /// What it would have.
    pub proposed: Money,
    /// What is proposed, less what is actual; below 0: it would have cost less.
    pub difference: Money,
    /// How many amounts there would be that are not.
    pub appeared: i64,
    /// How many there would not be that are.
    pub disappeared: i64,
    /// How many would be larger.
    pub rose: i64,
    /// How many would be smaller.
    pub fell: i64,
    /// How many would be the same.
    pub unchanged: i64,
}

impl BacktestDifference {
    fn of(currency: Currency, difference: &backtest::Difference) -> Self {
        let (actual, proposed) = (
            i128::from(difference.actual_minor),
            i128::from(difference.proposed_minor),
        );
        Self {
            actual: Money::of_sum(actual, currency),
            proposed: Money::of_sum(proposed, currency),
            difference: Money::of_sum(proposed - actual, currency),
            appeared: difference.appeared,
            disappeared: difference.disappeared,
            rose: difference.rose,
            fell: difference.fell,
            unchanged: difference.unchanged,
        }
    }
}

impl From<&BacktestSum> for BacktestDifference {
    fn from(sum: &BacktestSum) -> Self {
        Self::of(sum.currency, &sum.difference)
    }
}

/// Both sides of what accrued in a month.
#[derive(Clone, SimpleObject)]
pub struct BacktestMonth {
    /// When it began, in the tenant's time zone.
    pub start: DateTime,
    /// By currency.
    pub differences: Vec<BacktestDifference>,
}

/// The months of sums that are in the order of their months.
pub fn months(sums: &[BacktestSum]) -> Vec<BacktestMonth> {
    let of_month = sums.chunk_by(|one, other| one.month == other.month);
    let months = of_month.map(|sums| BacktestMonth {
        start: DateTime(sums[0].month),
        differences: sums.iter().map(BacktestDifference::from).collect(),
    });
    months.collect()
}

/// Both sides of what a campaign's events earned.
#[derive(Clone)]
pub struct BacktestCampaign(BacktestSum);

/// Both sides of what a campaign's events earned.
#[Object]
impl BacktestCampaign {
    /// The campaign; null: of events without one.
    async fn campaign(&self, ctx: &Context<'_>) -> Nullable<Campaign> {
        nullable_link(self.0.campaign, |id| identity::campaign(ctx, id)).await
    }

    /// What they come to.
    async fn difference(&self) -> BacktestDifference {
        BacktestDifference::from(&self.0)
    }
}

/// Both sides of what a partner earned.
#[derive(Clone)]
pub struct BacktestPartner(PartnerSum);

/// Both sides of what a partner earned.
#[Object]
impl BacktestPartner {
    /// The partner.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        let partner = identity::partner(ctx, self.0.partner).await?;
        Ok(partner.ok_or(StoreError::Corrupt {
            table: "backtest_partner",
            column: "partner_id",
            value: self.0.partner.to_string(),
        })?)
    }

    /// What they come to.
    async fn difference(&self) -> BacktestDifference {
        BacktestDifference::of(self.0.currency, &self.0.difference)
    }
}

/// The campaigns of a backtest.
pub fn campaigns(
    ctx: &Context<'_>,
    sums: SumsKey,
    page: &PageArguments,
) -> Result<Connection<BacktestCampaign>, ApiError> {
    let scope = request(ctx).caller.read(Resource::Commissions)?;
    let cursors = Cursors::of((scope, "backtest.campaigns", sums));
    let page = page.read(&cursors)?;
    Ok(Connection::new(
        cursors,
        move |request| {
            let key = BacktestPageKey {
                sums,
                request: page.clone(),
            };
            Box::pin(async move {
                let page = request.loaders().backtest_campaign_pages.load(key).await?;
                let place = |sum: &BacktestSum| Place {
                    key: None,
                    id: sum.campaign.map_or_else(uuid::Uuid::nil, |id| id.uuid()),
                };
                let page = page.unwrap_or_else(Page::empty);
                Ok(page.map(|sum| (place(&sum), BacktestCampaign(sum))))
            })
        },
        move |request| {
            Box::pin(async move {
                Ok(request
                    .loaders()
                    .backtest_campaign_counts
                    .load(sums)
                    .await?
                    .unwrap_or(0))
            })
        },
    ))
}

/// The partners of a backtest.
pub fn partners(
    ctx: &Context<'_>,
    sums: SumsKey,
    page: &PageArguments,
) -> Result<Connection<BacktestPartner>, ApiError> {
    let scope = request(ctx).caller.read(Resource::Commissions)?;
    let cursors = Cursors::of((scope, "backtest.partners", sums)).sorted_by(Some(SortKey::Integer(0)));
    let page = page.read(&cursors)?;
    Ok(Connection::new(
        cursors,
        move |request| {
            let key = BacktestPageKey {
                sums,
                request: page.clone(),
            };
            Box::pin(async move {
                let page = request.loaders().backtest_partner_pages.load(key).await?;
                let place = |sum: &PartnerSum| Place {
                    key: Some(SortKey::Integer(sums.order.key(sum))),
                    id: sum.partner.uuid(),
                };
                let page = page.unwrap_or_else(Page::empty);
                Ok(page.map(|sum| (place(&sum), BacktestPartner(sum))))
            })
        },
        move |request| {
            Box::pin(async move { Ok(request.loaders().backtest_partner_counts.load(sums).await?.unwrap_or(0)) })
        },
    ))
}

/// Both sides of one event, with how their amounts come about.
pub struct BacktestEvent {
    event: Event,
    actual: Vec<BacktestRow>,
    proposed: Vec<BacktestRow>,
}

/// Both sides of one event, with how their amounts come about.
#[Object]
impl BacktestEvent {
    /// The event.
    async fn event(&self) -> &Event {
        &self.event
    }

    /// The rows of the ledger that name it and accrued in the range.
    async fn actual(&self) -> &[BacktestRow] {
        &self.actual
    }

    /// The rows that there would be.
    async fn proposed(&self) -> &[BacktestRow] {
        &self.proposed
    }
}

/// A row of one side.
#[derive(Clone, SimpleObject)]
pub struct BacktestRow {
    /// What it is.
    pub kind: CommissionKind,
    /// Which component of the terms gave it, from 0; null for other kinds than EVENT.
    pub term: Option<i32>,
    /// What it counts with; 0: it was reversed.
    pub amount: Money,
    /// How it comes about.
    pub explanation: Vec<ExplanationStep>,
}

/// Both sides of an event; `None`: there is no such event of a partner in the range, nor rows of it.
pub async fn event(ctx: &Context<'_>, of: &backtest::Backtest, id: EventId) -> Result<Option<BacktestEvent>, ApiError> {
    let request = request(ctx);
    let scope = request.caller.read(Resource::Commissions)?;
    let Some(event) = identity::event(ctx, id).await? else {
        return Ok(None);
    };
    let reader = request.store().reader();
    let mut actual = store::backtest::actual_rows(reader, &scope, of, id).await?;
    let decisions = store::event_decision::of_events(reader, &scope, &[id.uuid()]).await?;
    let paid = decisions
        .get(&id.uuid())
        .into_iter()
        .flat_map(|decision| &decision.components);
    let mut paid = paid.filter(|component| component.reason.is_none());
    let own = actual
        .iter_mut()
        .filter(|(_, row)| row.kind == crate::domain::commission::CommissionKind::Event);
    for (_, row) in own {
        row.term = paid.next().map(|component| component.term);
    }
    let changed = store::backtest::changed_rows(reader, &scope, of.id, id).await?;
    let proposed = match changed {
        Some(changed) => with_steps(ctx, changed, &actual).await?,
        None => actual
            .iter()
            .map(|(_, row)| shown(row.clone(), &HashMap::new()))
            .collect(),
    };
    let actual = actual.into_iter().map(|(_, row)| shown(row, &HashMap::new()));
    Ok(Some(BacktestEvent {
        event,
        actual: actual.collect(),
        proposed,
    }))
}

type Steps = HashMap<CommissionId, Vec<crate::domain::explain::Step>>;

/// Rows that come about as those of the ledger do have their steps there.
async fn with_steps(
    ctx: &Context<'_>,
    rows: Vec<ChangedRow>,
    actual: &[(CommissionId, ChangedRow)],
) -> Result<Vec<BacktestRow>, ApiError> {
    let named: HashSet<_> = rows
        .iter()
        .filter_map(|row| row.steps.as_ref().err().copied())
        .collect();
    let mut steps = Steps::new();
    for (id, row) in actual {
        if let (true, Ok(known)) = (named.contains(id), &row.steps) {
            steps.insert(*id, known.clone());
        }
    }
    // Rows from before the range, asked for together.
    let explanations = &request(ctx).loaders().commission_explanation;
    let unknown = named.into_iter().filter(|id| !steps.contains_key(id));
    let read = unknown.map(|id| async move { Ok::<_, ApiError>((id, explanations.load(id.uuid()).await?)) });
    for (id, found) in try_join_all(read).await? {
        steps.extend(found.map(|found| (id, found.to_vec())));
    }
    Ok(rows.into_iter().map(|row| shown(row, &steps)).collect())
}

fn shown(row: ChangedRow, known: &Steps) -> BacktestRow {
    let steps = match row.steps {
        Ok(steps) => steps,
        Err(id) => known.get(&id).cloned().unwrap_or_default(),
    };
    BacktestRow {
        kind: row.kind.into(),
        term: row.term.and_then(|term| i32::try_from(term).ok()),
        amount: row.amount.into(),
        explanation: steps.into_iter().map(ExplanationStep::from).collect(),
    }
}
