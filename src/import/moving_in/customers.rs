//! Customers from files.

use super::resolve::Resolved;
use super::run::{Batch, Read};
use crate::app::App;
use crate::auth::Caller;
use crate::import::ImportError;
use crate::import::file::Row;
use crate::service::moving_in::{self, Mode, NewCustomer};

pub const COLUMNS: [&str; 8] = [
    "externalId",
    "id",
    "acquiredAt",
    "partnerExternalId",
    "partnerEmail",
    "partnerId",
    "campaignExternalId",
    "campaignId",
];

pub async fn batch(app: &App, caller: &Caller, mode: Mode, rows: &[Row]) -> Result<Batch, ImportError> {
    let (read, resolved) = Resolved::of_rows(app, caller, rows).await?;
    let read = read.into_iter().map(|(names, mut cells)| {
        let (partner_id, campaign_id) = resolved.find(&names, &mut cells.problems);
        let customer = NewCustomer {
            external_id: Read::name(&mut cells),
            acquired_at: cells.moment("acquiredAt"),
            partner_id,
            campaign_id,
        };
        Read::done(cells, names, customer)
    });
    Batch::run(read.collect(), async |customers| {
        moving_in::customers(app, caller, mode, customers).await
    })
    .await
}
