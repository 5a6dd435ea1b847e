//! Reports: commissions summed by what they have in common.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object};
use uuid::Uuid;

use crate::auth::Resource;
use crate::domain::Timestamp;
use crate::domain::commission;
use crate::domain::id::{CampaignId, PartnerId};
use crate::domain::money::Currency;
use crate::domain::report::{self, Group, Place, Row};
use crate::graphql::campaign::object::Campaign;
use crate::graphql::connection::{Connection, PageArguments};
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable_link};
use crate::graphql::identity;
use crate::graphql::interval::{Bounds, SeriesInterval};
use crate::graphql::ledger::commission::object::{CommissionFilter, CommissionKind, CommissionStatus};
use crate::graphql::money::Money;
use crate::graphql::partner::object::Partner;
use crate::graphql::scalar::DateTime;
use crate::store::commission_report::{self, Report};
use crate::store::page::{self, SortKey};

/// By what commissions are summed. They are always told apart by their currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "report::Dimension")]
pub enum ReportDimension {
    /// By who earned them.
    Partner,
    /// By the campaign that they were earned in.
    Campaign,
    /// By how they came about.
    Kind,
    /// By where they stand now.
    Status,
}

/// Which of a commission's times decides whether and where it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "report::TimeBasis")]
pub enum TimeBasis {
    /// When it was written.
    Accrued,
    /// When its event happened: of a clawback the refund, of a tier's adjustment the conversion that it adjusts. Without an
    /// event, when it was written.
    Occurred,
    /// When it was approved; those that were not are left out.
    Approved,
    /// When it was paid; those that were not are left out.
    Paid,
}

/// The commissions that have something in common.
#[derive(Clone)]
pub struct ReportRow {
    start: Option<Timestamp>,
    row: Row,
}

/// The commissions that have something in common. What they are not summed by is null.
#[Object]
impl ReportRow {
    /// When the interval starts that their times lie in, in the tenant's time zone; null without an interval.
    async fn start(&self) -> Option<DateTime> {
        self.start.map(DateTime)
    }

    /// Who earned them.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        nullable_link(self.row.group.partner, |id| identity::partner(ctx, id)).await
    }

    /// The campaign that they were earned in; null also for those that have none.
    async fn campaign(&self, ctx: &Context<'_>) -> Nullable<Campaign> {
        nullable_link(self.row.group.campaign, |id| identity::campaign(ctx, id)).await
    }

    /// How they came about.
    async fn kind(&self) -> Option<CommissionKind> {
        self.row.group.kind.map(CommissionKind::from)
    }

    /// Where they stand now.
    async fn status(&self) -> Option<CommissionStatus> {
        self.row.group.status.map(CommissionStatus::from)
    }

    /// How many there are.
    async fn count(&self) -> i64 {
        self.row.count
    }

    /// Their sum.
    async fn amount(&self) -> Money {
        Money::of_sum(self.row.minor, self.row.group.currency)
    }
}

/// Larger sums than there are: of 10^13 of the largest amounts.
const MAX_SIZE: u128 = 10u128.pow(28);

/// A place as cursors have it: all that rows are sorted by, in one text.
fn mark(place: &Place) -> page::Place {
    let Place { group, size } = place;
    let text = format!(
        "{} {size} {} {} {} {} {}",
        group.currency,
        group.interval.map_or(-1, i64::from),
        group.partner.map_or(Uuid::nil(), |id| id.uuid()).simple(),
        group.campaign.map_or(Uuid::nil(), |id| id.uuid()).simple(),
        group.kind.map_or("-", |kind| kind.as_str()),
        group.status.map_or("-", |status| status.as_str()),
    );
    page::Place {
        key: Some(SortKey::Text(text)),
        id: Uuid::nil(),
    }
}

fn place(mark: &page::Place) -> Result<Place, ApiError> {
    read(mark).ok_or_else(Cursors::foreign)
}

fn read(mark: &page::Place) -> Option<Place> {
    let Some(SortKey::Text(text)) = &mark.key else {
        return None;
    };
    let parts: Vec<_> = text.split(' ').collect();
    let [currency, size, interval, partner, campaign, kind, status] = parts[..] else {
        return None;
    };
    let id = |text: &str| Some(Uuid::parse_str(text).ok()?).filter(|id| !id.is_nil());
    let group = Group {
        currency: Currency::parse(currency).ok()?,
        interval: interval.parse().ok(),
        partner: id(partner).map(PartnerId::from_uuid),
        campaign: id(campaign).map(CampaignId::from_uuid),
        kind: commission::CommissionKind::parse(kind),
        status: commission::CommissionStatus::parse(status),
    };
    let size = size.parse().ok().filter(|size| *size < MAX_SIZE)?;
    Some(Place { group, size })
}

#[derive(Default)]
pub struct CommissionReportQuery;

#[Object]
impl CommissionReportQuery {
    /// Counts and sums of the commissions whose time lies in a range, by what they have in common, and always by currency.
    /// Reversed ones count, too, unless the filter leaves them out: so what accrued in a range that is over does not change,
    /// where neither the groups nor the filter look at the status. By currency; of one currency the largest amount of
    /// either sign first. At most 400 intervals.
    #[expect(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn commission_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "By what they are summed; empty: by currency only.")] group_by: Vec<ReportDimension>,
        #[graphql(desc = "The length of the intervals that they are told apart by; none: the range is one.")] interval: Option<
            SeriesInterval,
        >,
        #[graphql(desc = "Which of their times counts.", default_with = "TimeBasis::Accrued")] time_basis: TimeBasis,
        #[graphql(desc = "The start of the range; the interval that it lies in starts earlier and is cut.")]
        from: DateTime,
        #[graphql(desc = "The end of the range, exclusive.")] to: DateTime,
        #[graphql(desc = "Which commissions.")] filter: Option<CommissionFilter>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<ReportRow>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Commissions)?;
        let filter = filter.unwrap_or_default().read()?;
        let Bounds { starts, bounds } = Bounds::read(request, interval, from, to).await?;
        let mut dimensions: Vec<_> = group_by.into_iter().map(report::Dimension::from).collect();
        dimensions.sort_unstable();
        dimensions.dedup();
        let report = Arc::new(Report {
            dimensions,
            basis: time_basis.into(),
            bounds,
            has_intervals: interval.is_some(),
            filter,
        });
        let cursors = Cursors::of((scope, "commissionReport", &report)).sorted_by(Some(SortKey::Text(String::new())));
        let arguments = PageArguments::new(first, after, last, before);
        let page = arguments.read(&cursors)?.try_map(place)?;
        let counted = report.clone();
        Ok(Connection::new(
            cursors,
            move |request| {
                let (report, page, starts) = (report.clone(), page.clone(), starts.clone());
                Box::pin(async move {
                    let found = commission_report::page(request.store().reader(), &scope, &report, &page).await?;
                    let start = |row: &Row| starts.get(row.group.interval? as usize).copied();
                    Ok(found.map(|row| {
                        (
                            mark(&row.place()),
                            ReportRow {
                                start: start(&row),
                                row,
                            },
                        )
                    }))
                })
            },
            move |request| {
                let report = counted.clone();
                Box::pin(async move {
                    let reader = request.store().reader();
                    Ok(commission_report::count(reader, &scope, &report).await?)
                })
            },
        ))
    }
}
