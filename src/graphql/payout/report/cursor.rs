//! The positions of the rows of a commission report, as encoded in cursors.

use uuid::Uuid;

use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use domain::commission;
use domain::id::{CampaignId, LinkId, PartnerId};
use domain::money::Currency;
use domain::report::{Group, ReportPosition};
use store::page::{self, SortKey};

/// An upper limit of sums: the sum of 10^13 of the largest amounts is smaller.
const MAX_SIZE: u128 = 10u128.pow(28);

/// A position as encoded in cursors: all of the sort key in one text.
pub(super) fn mark(place: &ReportPosition) -> page::RowPosition {
    let ReportPosition { group, size } = place;
    let text = format!(
        "{} {size} {} {} {} {} {} {}",
        group.currency,
        group.interval.map_or(-1, i64::from),
        group.partner.map_or(Uuid::nil(), |id| id.uuid()).simple(),
        group.campaign.map_or(Uuid::nil(), |id| id.uuid()).simple(),
        group.kind.map_or("-", |kind| kind.as_str()),
        group.status.map_or("-", |status| status.as_str()),
        group.link.map_or(Uuid::nil(), |id| id.uuid()).simple(),
    );
    page::RowPosition {
        key: Some(SortKey::Text(text)),
        id: Uuid::nil(),
    }
}

pub(super) fn place(mark: &page::RowPosition) -> Result<ReportPosition, ApiError> {
    read(mark).ok_or_else(Cursors::foreign)
}

fn read(mark: &page::RowPosition) -> Option<ReportPosition> {
    let Some(SortKey::Text(text)) = &mark.key else {
        return None;
    };
    let parts: Vec<_> = text.split(' ').collect();
    let [currency, size, interval, partner, campaign, kind, status, link] = parts[..] else {
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
        link: id(link).map(LinkId::from_uuid),
    };
    let size = size.parse().ok().filter(|size| *size < MAX_SIZE)?;
    Some(ReportPosition { group, size })
}
