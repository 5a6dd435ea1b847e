//! The lines of payout runs as output types.

use std::sync::Arc;

use async_graphql::{Enum, Object, SimpleObject};

use crate::graphql::money::Money;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::payout::{PAYOUT, Payout, PayoutStatus};
use crate::graphql::rows::{self, Linked, TypeDescription, link, link_to, required, same, values};
use crate::graphql::shared::shares;
use auth::Resource;
use domain::payout_run;
use store::view;

/// The outcome of a line of a payout run. The first that holds, in this order: PARTNER_SUSPENDED, NOT_POSITIVE,
/// BELOW_MINIMUM, CURRENCY_NOT_CHOSEN, TOO_LARGE, PAID_OUT. RECIPIENT_UNASSIGNED is for separate lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "payout_run::PayoutOutcome")]
pub enum PayoutOutcome {
    /// A payout was created for it.
    PaidOut,
    /// Its amount is below the tenant's minimum for the currency.
    BelowMinimum,
    /// Its amount is 0 or less.
    NotPositive,
    /// The partner is suspended.
    PartnerSuspended,
    /// Its commissions are past maturity and have no recipient yet. They are not approved, and not included in the
    /// other lines.
    RecipientUnassigned,
    /// The partner has chosen another currency, and the run respects this choice.
    CurrencyNotChosen,
    /// Its amount exceeds the maximum of 10^15 minor units.
    TooLarge,
}

/// What a payout run found for one payee in one currency, and the outcome.
#[derive(Clone)]
pub struct PayoutRunLine(Arc<payout_run::RunLine>);

shares!(PayoutRunLine, payout_run::RunLine);

pub static PAYOUT_RUN_LINE: TypeDescription = TypeDescription {
    name: "PayoutRunLine",
    connection: "PayoutRunLineConnection",
    edge: "PayoutRunLineEdge",
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
    connection: "",
    edge: "",
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

/// What a payout run found for one payee in one currency, and the outcome.
#[Object]
impl PayoutRunLine {
    /// The partner that is paid, or whose individual is paid.
    async fn partner(&self) -> Linked<Partner> {
        Linked::required(self.0.partner_id)
    }

    /// The individual who is paid; null if the partner is paid, or if nobody is assigned yet (RECIPIENT_UNASSIGNED).
    async fn recipient(&self) -> Option<&str> {
        self.0.recipient.as_deref()
    }

    /// The sum of its commissions; may be negative, or larger than any payout can be.
    async fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// The number of its commissions.
    async fn commission_count(&self) -> u32 {
        self.0.commission_count
    }

    /// The outcome.
    async fn outcome(&self) -> PayoutOutcome {
        self.0.outcome.into()
    }

    /// The payout; null for other outcomes than PAID_OUT, and in a preview.
    async fn payout(&self) -> Option<Linked<Payout>> {
        link_to(self.0.payout_id)
    }
}

/// The lines with one outcome and currency, and for PAID_OUT with one payout status.
#[derive(Clone, SimpleObject)]
pub struct PayoutRunTotal {
    /// Their outcome.
    pub outcome: PayoutOutcome,
    /// The present status of their payouts, for PAID_OUT; null for other outcomes.
    pub status: Option<PayoutStatus>,
    /// The number of lines.
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
