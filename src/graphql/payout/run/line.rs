//! The lines of payout runs as output types.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, SimpleObject};

use crate::graphql::error::{ApiError, Nullable, existing, nullable_link};
use crate::graphql::identity;
use crate::graphql::money::Money;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::payout::{PAYOUT, Payout, PayoutStatus};
use crate::graphql::rows::{self, TypeDescription, link, required, same, values};
use crate::graphql::shared::shares;
use auth::Resource;
use domain::payout_run;
use store::view;

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
pub struct PayoutRunLine(Arc<payout_run::RunLine>);

shares!(PayoutRunLine, payout_run::RunLine);

pub static PAYOUT_RUN_LINE: TypeDescription = TypeDescription {
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

/// The sum of the commissions of a line, which may exceed the largest amount.
static LINE_AMOUNT: TypeDescription = TypeDescription {
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
        existing(partner, "payout_run_line", "partner_id", self.0.partner_id)
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

impl From<&payout_run::RunTotal> for PayoutRunTotal {
    fn from(total: &payout_run::RunTotal) -> Self {
        Self {
            outcome: total.outcome.into(),
            status: total.status.map(PayoutStatus::from),
            count: total.count,
            amount: Money::of_sum(total.minor, total.currency),
        }
    }
}
