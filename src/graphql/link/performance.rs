//! How links perform.

use std::sync::Arc;

use async_graphql::{Context, Object};
use uuid::Uuid;

use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::identity::require_read;
use crate::graphql::interval::{IntervalBounds, SeriesInterval};
use crate::graphql::loader::Under;
use crate::graphql::money::Money;
use crate::graphql::scalar::DateTime;
use auth::Resource;
use domain::Timestamp;
use domain::calendar::first_day_from;
use store::link_performance::{Figures, LinkFigures, PerformanceIntervals};

/// The figures of a link in a range or an interval.
#[derive(Clone)]
pub struct LinkPerformance {
    start: Option<Timestamp>,
    figures: LinkFigures,
}

/// What became of a link in an interval.
#[Object]
impl LinkPerformance {
    /// The start of the interval, in the tenant's time zone; null if the range was not divided.
    async fn start(&self) -> Option<DateTime> {
        self.start.map(DateTime)
    }

    /// How often it was followed. Clicks are counted by whole days of the tenant's time zone, also those whose touches
    /// were pruned: a day counts where it begins, so that no click is counted twice in ranges that follow each other.
    async fn clicks(&self) -> i64 {
        i64::try_from(self.figures.clicks).unwrap_or(i64::MAX)
    }

    /// The number of charges and conversions that happened in it and are credited to the link now. Those that a binding
    /// credits, since the link brought the customer earlier, are not counted. Needs `events:read`.
    async fn events(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        require_read(ctx, Resource::Events)?;
        Ok(self.figures.events)
    }

    /// The number of different customers of these events; those of several intervals do not add up. Needs `events:read`.
    async fn customers(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        require_read(ctx, Resource::Events)?;
        Ok(self.figures.customers)
    }

    /// What accrued in it for events that the link brought, by currency: less what was clawed back in it, and without
    /// what is reversed now. As `commissionReport(groupBy: LINK)` for all other statuses. Needs `commissions:read`.
    async fn earned(&self, ctx: &Context<'_>) -> Result<Vec<Money>, ApiError> {
        require_read(ctx, Resource::Commissions)?;
        let earned = self.figures.earned.iter();
        Ok(earned
            .map(|(currency, minor)| Money::of_sum(*minor, *currency))
            .collect())
    }
}

/// The figures of a link that the selection asks for.
pub async fn performance(
    ctx: &Context<'_>,
    link: Uuid,
    interval: Option<SeriesInterval>,
    (from, to): (DateTime, DateTime),
) -> Result<Vec<LinkPerformance>, ApiError> {
    let request = request(ctx);
    let IntervalBounds { starts, bounds } = IntervalBounds::read(request, interval, from, to).await?;
    let zone = request.tenant().await?.time_zone;
    let days = bounds.iter().map(|bound| first_day_from(zone, *bound)).collect();
    let selected = |field: &str| ctx.look_ahead().field(field).exists();
    let figures = Figures {
        clicks: selected("clicks"),
        events: selected("events") || selected("customers"),
        earned: selected("earned"),
    };
    let key = Under {
        parent: link,
        of: (Arc::new(PerformanceIntervals { bounds, days }), figures),
    };
    let found = request.loaders().link_performance.load(key).await?.unwrap_or_default();
    if interval.is_none() {
        let figures = found.get(&0).cloned().unwrap_or_default();
        return Ok(vec![LinkPerformance { start: None, figures }]);
    }
    let points = found.iter().filter_map(|(number, figures)| {
        Some(LinkPerformance {
            start: Some(*starts.get(*number)?),
            figures: figures.clone(),
        })
    });
    Ok(points.collect())
}
