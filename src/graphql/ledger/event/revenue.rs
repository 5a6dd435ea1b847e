//! Changes that tiers made to the revenue of events. Partners never see any of them.

use std::sync::Arc;

use async_graphql::Object;
use uuid::Uuid;

use crate::graphql::connection::{Connection, loaded};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::loader::{Children, RevenueAdjustmentsOfEvent, Under};
use crate::graphql::money::Money;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::Linked;
use crate::graphql::scalar::DateTime;
use crate::graphql::tiered::TieredCommission;
use auth::Scope;
use store::page::RowPosition;
use store::tier_result::TierResult;

/// A retroactive change of an event's revenue. Never changed or taken back.
#[derive(Clone)]
pub struct RevenueAdjustment(Arc<TierResult>);

impl From<Arc<TierResult>> for RevenueAdjustment {
    fn from(result: Arc<TierResult>) -> Self {
        Self(result)
    }
}

/// A retroactive change of an event's revenue, by a tier whose goals were reached later. It is never changed or
/// reversed.
#[Object]
impl RevenueAdjustment {
    /// The change; may be negative.
    async fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// The tiered commission.
    async fn tiered_commission(&self) -> Linked<TieredCommission> {
        // A tier that has had an effect can only be archived, never deleted.
        Linked::required(self.0.tier)
    }

    /// When the goals were reached.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}

/// The changes of an event's revenue.
pub fn revenue_adjustments(
    scope: Scope,
    event: Uuid,
    page: &PageArguments,
) -> Result<Connection<RevenueAdjustment>, ApiError> {
    let cursors = Cursors::of((scope, RevenueAdjustmentsOfEvent::NAME, event));
    let (parent, of) = (event, page.read(&cursors)?);
    Ok(loaded(
        cursors,
        |loaders| &loaders.revenue_adjustment_pages,
        Under { parent, of },
        |loaders| &loaders.revenue_adjustment_count_of_event,
        event,
        |result: &Arc<TierResult>| RowPosition::of_id(result.id),
    ))
}
