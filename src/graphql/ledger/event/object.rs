//! Events as output types.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum};
use paged::paged;

use super::decision::EventDecision;
use super::description::EVENT;
use super::item::EventItem;
use super::revenue::{RevenueAdjustment, revenue_adjustments};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::identity;
use crate::graphql::money::Money;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::shared::row;
use auth::Resource;
use domain::{event, money};

/// The kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "event::EventKind")]
pub enum EventKind {
    /// A customer paid.
    Charge,
    /// Something else that may earn: a sign-up, a lead, an order.
    Conversion,
    /// An earlier charge or conversion is taken back, wholly or in part.
    Refund,
    /// The same, forced by the customer's bank.
    Chargeback,
}

row! {
    /// Something that happened and may earn.
    pub struct Event(event::Event): EVENT, store::event;
    computed: store::event::whole;
}

#[paged]
#[ComplexObject]
impl Event {
    /// The revenue after tiered commissions, as of recording and without later adjustments; the revenue itself if none
    /// applied; null if there is no revenue.
    async fn final_revenue(&self, ctx: &Context<'_>) -> Nullable<Money> {
        nullable(async {
            identity::require_read(ctx, Resource::Events)?;
            let request = request(ctx);
            if self.0.revenue.is_none() {
                return Ok(None);
            }
            let rated = request.loaders().final_revenue_of_event.load(self.0.id.uuid()).await?;
            Ok(rated.or(self.0.revenue).map(Money::from))
        })
        .await
    }

    /// What was in it, or what a refund or chargeback takes back of each item of its original; empty if that is not
    /// known. What the items do not account for of its amount is the rest.
    async fn items(&self, ctx: &Context<'_>) -> Result<Vec<EventItem>, ApiError> {
        identity::require_read(ctx, Resource::Events)?;
        let Some(amount) = self.0.amount else {
            return Ok(Vec::new());
        };
        let items = self.0.items.iter();
        Ok(items
            .filter_map(|item| EventItem::of(item, amount.currency()))
            .collect())
    }

    /// Why it earned what it earned, or nothing; null for refunds and chargebacks, and for events recorded before
    /// decisions were kept.
    async fn decision(&self, ctx: &Context<'_>) -> Nullable<EventDecision> {
        nullable(async {
            identity::require_read(ctx, Resource::Events)?;
            if self.0.kind.takes_back() {
                return Ok(None);
            }
            let decision = request(ctx).loaders().decision_of_event.load(self.0.id.uuid()).await?;
            Ok(decision.map(|decision| Arc::unwrap_or_clone(decision).into()))
        })
        .await
    }

    /// The amount taken back so far; null if it has no amount, and for the token of a partner to which it is no longer
    /// credited.
    async fn refunded_amount(&self, ctx: &Context<'_>) -> Nullable<Money> {
        nullable(async {
            identity::require_read(ctx, Resource::Events)?;
            let Some(amount) = self.0.amount else { return Ok(None) };
            let request = request(ctx);
            // What becomes of an event that was moved is not for the partner whose rows still name it.
            if request.is_partner() && request.loaders().credited_event.load(self.0.id.uuid()).await?.is_none() {
                return Ok(None);
            }
            let refunded = money::Money::from_minor(self.0.refunded_minor, amount.currency()).ok();
            Ok(refunded.map(Money::from))
        })
        .await
    }

    /// Later changes of its revenue by tiered commissions, newest first.
    async fn revenue_adjustments(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
    ) -> Result<Connection<RevenueAdjustment>, ApiError> {
        identity::require_read(ctx, Resource::Events)?;
        revenue_adjustments(request(ctx).caller.scope(), self.0.id.uuid(), &page)
    }
}
