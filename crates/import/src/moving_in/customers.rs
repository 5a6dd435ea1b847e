//! Customers from files.

use super::parsed_row::{BatchResults, ParsedRow};
use super::resolve::ResolvedNames;
use crate::ImportError;
use crate::file::FileRow;
use auth::Caller;
use service::app::App;
use service::moving_in::{self, Mode, NewCustomer};

pub const COLUMNS: [&str; 10] = [
    "externalId",
    "id",
    "acquiredAt",
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
        let customer = NewCustomer {
            external_id: ParsedRow::name(&mut cells),
            acquired_at: cells.moment("acquiredAt"),
            partner_id,
            campaign_id,
        };
        ParsedRow::done(cells, names, customer)
    });
    BatchResults::run(read.collect(), async |customers| {
        moving_in::customers(app, caller, mode, customers).await
    })
    .await
}
