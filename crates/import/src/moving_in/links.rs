//! Links from files.

use super::parsed_row::{BatchResults, ParsedRow};
use super::resolve::{ResolvedNames, both};
use crate::ImportError;
use crate::file::FileRow;
use auth::Caller;
use domain::link::LinkStatus;
use domain::problem::ProblemCode;
use service::app::App;
use service::moving_in::{self, ImportedLink, Mode};

pub const COLUMNS: [&str; 12] = [
    "key",
    "externalId",
    "destinationUrl",
    "status",
    "disabledAt",
    "partnerExternalId",
    "partnerEmail",
    "partnerId",
    "partner",
    "campaignExternalId",
    "campaignId",
    "campaign",
];

/// Our own words, and those of other systems.
const STATUS: [(&str, LinkStatus); 6] = [
    ("ACTIVE", LinkStatus::Active),
    ("ENABLED", LinkStatus::Active),
    ("DISABLED", LinkStatus::Disabled),
    ("INACTIVE", LinkStatus::Disabled),
    ("PAUSED", LinkStatus::Disabled),
    ("ARCHIVED", LinkStatus::Disabled),
];

pub async fn batch(app: &App, caller: &Caller, mode: Mode, rows: &[FileRow]) -> Result<BatchResults, ImportError> {
    let (read, resolved) = ResolvedNames::of_rows(app, caller, rows).await?;
    let read = read.into_iter().map(|(names, mut cells)| {
        let (partner, campaign) = resolved.find(&names, &mut cells.problems);
        let (key, external_id) = (cells.text("key"), cells.text("externalId"));
        let status = cells.word("status", &STATUS);
        let disabled_at = cells.moment("disabledAt");
        if key.is_none() && external_id.is_none() {
            // Without either, importing the file again would make another link.
            cells
                .problems
                .add("key", ProblemCode::Required, "or externalId must be given");
        }
        let both = both(partner, campaign, &mut cells.problems);
        let link = both.map(|(partner_id, campaign_id)| ImportedLink {
            key,
            external_id,
            partner_id,
            campaign_id,
            destination_url: cells.text("destinationUrl"),
            status,
            disabled_at,
        });
        ParsedRow::perhaps(cells, names, link)
    });
    BatchResults::run(read.collect(), async |links| {
        moving_in::links(app, caller, mode, links).await
    })
    .await
}
