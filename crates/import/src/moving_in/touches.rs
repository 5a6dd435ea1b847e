//! Touches from files.

use super::parsed_row::{BatchResults, ParsedRow};
use super::resolve::ResolvedNames;
use crate::ImportError;
use crate::file::FileRow;
use auth::Caller;
use domain::problem::ProblemCode;
use service::app::App;
use service::moving_in::{self, ImportedTouch, Mode};

pub const COLUMNS: [&str; 14] = [
    "externalId",
    "id",
    "occurredAt",
    "linkKey",
    "couponCode",
    "visitorId",
    "customerExternalId",
    "partnerExternalId",
    "partnerEmail",
    "partnerId",
    "partner",
    "campaignExternalId",
    "campaignId",
    "campaign",
];

pub async fn batch(app: &App, caller: &Caller, mode: Mode, rows: &[FileRow]) -> Result<BatchResults, ImportError> {
    let (read, resolved) = ResolvedNames::of_rows(app, caller, rows).await?;
    let read = read.into_iter().map(|(names, mut cells)| {
        let (partner_id, campaign_id) = resolved.find(&names, &mut cells.problems);
        let external_id = ParsedRow::name(&mut cells);
        let occurred_at = cells.moment("occurredAt");
        let given = |column: &str| cells.row.text(column).is_some();
        if !given("occurredAt") {
            // Today's date would be that of no touch of the past.
            cells.problems.add("occurredAt", ProblemCode::Required, "must be given");
        }
        let touch = occurred_at.map(|occurred_at| ImportedTouch {
            external_id,
            visitor_id: cells.text("visitorId"),
            customer_external_id: cells.text("customerExternalId"),
            link_key: cells.text("linkKey"),
            coupon_code: cells.text("couponCode"),
            partner_id,
            campaign_id,
            occurred_at,
        });
        ParsedRow::perhaps(cells, names, touch)
    });
    BatchResults::run(read.collect(), async |touches| {
        moving_in::touches(app, caller, mode, touches).await
    })
    .await
}
