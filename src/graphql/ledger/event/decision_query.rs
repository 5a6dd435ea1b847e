//! Totals of the decisions about events.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::decision::NoCommissionReason;
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::money::Money;
use crate::graphql::scalar::DateTime;
use auth::Resource;
use store::event_decision::{DecisionRange, DecisionTotal, totals};

/// The number of events with the same decision.
#[derive(Clone, Debug, SimpleObject)]
pub struct EventDecisionTotal {
    /// Whether commissions were written with these events.
    pub earned: bool,
    /// Why not; null if they earned.
    pub reason: Option<NoCommissionReason>,
    /// The number of events.
    pub count: i64,
    /// The sums of the events' own amounts, one per currency; events without an amount are not included.
    pub amounts: Vec<Money>,
}

impl From<DecisionTotal> for EventDecisionTotal {
    fn from(total: DecisionTotal) -> Self {
        let amounts = total.amounts.into_iter();
        let amounts = amounts.map(|(currency, minor)| Money::of_sum(minor, currency));
        Self {
            earned: total.reason.is_none(),
            reason: total.reason.map(NoCommissionReason::from),
            count: total.count,
            amounts: amounts.collect(),
        }
    }
}

#[derive(Default)]
pub struct DecisionQuery;

#[Object]
impl DecisionQuery {
    /// How many charges and conversions earned, and why the others did not: where a programme loses commissions. Events
    /// without a decision, recorded before decisions were kept, are left out.
    async fn event_decision_totals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Recorded at this moment or later.")] from: DateTime,
        #[graphql(desc = "Recorded before this moment.")] to: DateTime,
        #[graphql(desc = "Only events credited to this partner.")] partner_id: Option<ID>,
        #[graphql(desc = "Only events credited to this campaign.")] campaign_id: Option<ID>,
    ) -> Result<Vec<EventDecisionTotal>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Events)?;
        if to.0 <= from.0 {
            return Err(ApiError::bad_user_input("to must be after from"));
        }
        let wanted = DecisionRange {
            from: from.0,
            to: to.0,
            partner: partner_id.map(|id| id.parse()).transpose()?,
            campaign: campaign_id.map(|id| id.parse()).transpose()?,
        };
        let found = totals(request.store().reader(), &scope, &wanted).await?;
        Ok(found.into_iter().map(EventDecisionTotal::from).collect())
    }
}
