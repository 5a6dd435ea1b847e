//! The lines of payout runs, and of previews of them.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, ServerResult, SimpleObject};
use uuid::Uuid;

use crate::auth::{Resource, Scope};
use crate::domain::payout_run;
use crate::graphql::connection::{Connection, PageArguments, at_hand, placed, placed_by_number};
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable_link};
use crate::graphql::identity;
use crate::graphql::loader::{PayoutRunLinePageKey, PayoutRunLinesKey};
use crate::graphql::money::Money;
use crate::graphql::partner::object::{PARTNER, Partner};
use crate::graphql::payout::object::{PAYOUT, Payout, PayoutStatus};
use crate::graphql::rows::{self, Listing, Type, Under, allowed, link, required, same, values};
use crate::service::ledger::payout::Preview;
use crate::store::page::{Page, PageRequest, Place, SortKey};
use crate::store::payout_run::Outcomes;
use crate::store::{self, StoreError, view};

/// What became of a line of a payout run. The first that holds, in the order: PARTNER_SUSPENDED, NOT_POSITIVE,
/// BELOW_MINIMUM, CURRENCY_NOT_CHOSEN, TOO_LARGE, PAID_OUT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "payout_run::PayoutOutcome")]
pub enum PayoutOutcome {
    /// It was put into a payout.
    PaidOut,
    /// It is below the tenant's minimum for the currency.
    BelowMinimum,
    /// It is 0 or less.
    NotPositive,
    /// The partner is suspended.
    PartnerSuspended,
    /// Its commissions are past maturity, and wait for the individual to whom they are owed. They are not approved, and
    /// outside of what the other lines add up to.
    RecipientUnassigned,
    /// The partner wants to be paid in another currency, and the run was to respect that.
    CurrencyNotChosen,
    /// It is beyond 10^15 minor units, the largest amount.
    TooLarge,
}

/// What a payout run found for one payee in one currency, and what became of it.
#[derive(Clone)]
pub struct PayoutRunLine(Arc<payout_run::Line>);

impl From<Arc<payout_run::Line>> for PayoutRunLine {
    fn from(line: Arc<payout_run::Line>) -> Self {
        Self(line)
    }
}

impl From<payout_run::Line> for PayoutRunLine {
    fn from(line: payout_run::Line) -> Self {
        Self(Arc::new(line))
    }
}

pub static PAYOUT_RUN_LINE: Type = Type {
    name: "PayoutRunLine",
    resource: Resource::Payouts,
    identity: &[],
    is_named: false,
    table: &view::PAYOUT_RUN_LINE,
    id: || view::column(view::PayoutRunLineColumn::RunId),
    field: |name| {
        use view::PayoutRunLineColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "partner" => required(view::column(Column::PartnerId), &PARTNER),
            "recipient" => value(Column::Recipient, view::text),
            "amount" => same(&LINE_AMOUNT, true),
            "commissionCount" => value(Column::CommissionCount, view::number),
            "outcome" => value(Column::Outcome, view::word!(payout_run::PayoutOutcome)),
            "payout" => link(view::column(Column::PayoutId), &PAYOUT),
            _ => return None,
        })
    },
};

/// What the commissions of a line add up to, which may be larger than any amount.
static LINE_AMOUNT: Type = Type {
    name: "Money",
    field: |name| {
        use view::PayoutRunLineColumn as Column;
        let currency = || view::column(Column::Currency);
        Some(match name {
            "amount" => values([currency(), view::column(Column::AmountMinor)], view::sum),
            "currency" => rows::value(currency(), view::text),
            _ => return None,
        })
    },
    ..PAYOUT_RUN_LINE
};

/// What a payout run found for one payee in one currency, and what became of it.
#[Object]
impl PayoutRunLine {
    /// The partner who is paid, or whose individual is.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        let partner = identity::partner(ctx, self.0.partner_id).await?;
        Ok(partner.ok_or(StoreError::Corrupt {
            table: "payout_run_line",
            column: "partner_id",
            value: self.0.partner_id.to_string(),
        })?)
    }

    /// The individual who is paid; null: the partner is, or nobody is assigned yet (RECIPIENT_UNASSIGNED).
    async fn recipient(&self) -> Option<&str> {
        self.0.recipient.as_deref()
    }

    /// The sum of its commissions; may be negative, or larger than any payout.
    async fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// How many commissions it sums.
    async fn commission_count(&self) -> u32 {
        self.0.commission_count
    }

    /// What became of it.
    async fn outcome(&self) -> PayoutOutcome {
        self.0.outcome.into()
    }

    /// The payout; null if it was left, and in a preview.
    async fn payout(&self, ctx: &Context<'_>) -> Nullable<Payout> {
        nullable_link(self.0.payout_id, |id| Payout::load(ctx, id)).await
    }
}

/// The lines of one outcome and currency.
#[derive(Clone, SimpleObject)]
pub struct PayoutRunTotal {
    /// What became of them.
    pub outcome: PayoutOutcome,
    /// Where the payouts of PAID_OUT stand now; null for what was left.
    pub status: Option<PayoutStatus>,
    /// How many lines there are.
    pub count: i64,
    /// Their sum.
    pub amount: Money,
}

impl From<&payout_run::Total> for PayoutRunTotal {
    fn from(total: &payout_run::Total) -> Self {
        Self {
            outcome: total.outcome.into(),
            status: total.status.map(PayoutStatus::from),
            count: total.count,
            amount: Money::of_sum(total.minor, total.currency),
        }
    }
}

/// Which lines are asked for.
pub fn outcomes(wanted: Option<Vec<PayoutOutcome>>) -> Outcomes {
    wanted.map(|list| list.into_iter().map(payout_run::PayoutOutcome::from).collect())
}

fn place(line: &payout_run::Line) -> Place {
    Place {
        key: Some(SortKey::Integer(line.position)),
        id: line.partner_id.uuid(),
    }
}

fn cursors_under(scope: Scope, run: Uuid, outcomes: &Outcomes) -> Cursors {
    placed_by_number((scope, "payoutRun.lines", run, outcomes))
}

/// The lines of each of many runs, as the field of `ctx` asks for them.
pub fn lines_of_runs(ctx: &Context<'_>) -> ServerResult<Under> {
    let scope = allowed(ctx, Resource::Payouts)?;
    let (_, wanted) = ctx.param_value("outcome", None)?;
    let outcomes = outcomes(wanted);
    let of_runs = outcomes.clone();
    Ok(Under {
        listing: Listing {
            to: &PAYOUT_RUN_LINE,
            connection: "PayoutRunLineConnection",
            edge: "PayoutRunLineEdge",
            list: store::payout_run::lines(outcomes.clone()),
        },
        arguments: PageArguments::of(ctx)?,
        cursors: Box::new(move |run| cursors_under(scope, run, &of_runs)),
        whole: Box::new(move |run| {
            let cursors = cursors_under(scope, run, &outcomes);
            Box::new(connection(run, outcomes.clone(), cursors, PageRequest::nothing()))
        }),
    })
}

/// The lines of a run.
pub fn lines_under(
    ctx: &Context<'_>,
    run: Uuid,
    outcomes: Outcomes,
    page: &PageArguments,
) -> Result<Connection<PayoutRunLine>, ApiError> {
    let scope = request(ctx).caller.read(Resource::Payouts)?;
    let cursors = cursors_under(scope, run, &outcomes);
    let page = page.read(&cursors)?;
    Ok(connection(run, outcomes, cursors, page))
}

fn connection(run: Uuid, outcomes: Outcomes, cursors: Cursors, page: PageRequest) -> Connection<PayoutRunLine> {
    let lines = PayoutRunLinesKey { run, outcomes };
    let counted = lines.clone();
    Connection::new(
        cursors,
        move |request| {
            let key = PayoutRunLinePageKey {
                lines: lines.clone(),
                request: page.clone(),
            };
            Box::pin(async move {
                let page = request.loaders().payout_run_line_pages.load(key).await?;
                Ok(placed(page.unwrap_or_else(Page::empty), |line| place(line)))
            })
        },
        move |request| {
            let key = counted.clone();
            Box::pin(async move { Ok(request.loaders().payout_run_line_counts.load(key).await?.unwrap_or(0)) })
        },
    )
}

/// The lines of a preview, which are at hand.
pub fn lines_of_preview(
    preview: &Arc<Preview>,
    input: &Cursors,
    outcomes: Outcomes,
    page: &PageArguments,
) -> Result<Connection<PayoutRunLine>, ApiError> {
    let cursors = placed_by_number((input.fingerprint(), &outcomes));
    let is_wanted = |line: &&payout_run::Line| outcomes.as_ref().is_none_or(|list| list.contains(&line.outcome));
    let lines = preview.lines.iter().filter(is_wanted).cloned().map(Arc::new).collect();
    at_hand(lines, |line| (line.position, line.partner_id.uuid()), cursors, page)
}
