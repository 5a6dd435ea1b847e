//! Coupons from files.

use super::parsed_row::{BatchResults, ParsedRow};
use super::resolve::{ResolvedNames, both};
use crate::ImportError;
use crate::file::FileRow;
use auth::Caller;
use domain::coupon::CouponStatus;
use service::app::App;
use service::moving_in::{self, ImportedCoupon, Mode};

pub const COLUMNS: [&str; 12] = [
    "code",
    "status",
    "startsAt",
    "endsAt",
    "customerBenefit",
    "partnerExternalId",
    "partnerEmail",
    "partnerId",
    "partner",
    "campaignExternalId",
    "campaignId",
    "campaign",
];

/// Our own words, and those of shops.
const STATUS: [(&str, CouponStatus); 6] = [
    ("ACTIVE", CouponStatus::Active),
    ("ENABLED", CouponStatus::Active),
    ("DISABLED", CouponStatus::Disabled),
    ("INACTIVE", CouponStatus::Disabled),
    ("EXPIRED", CouponStatus::Disabled),
    ("ARCHIVED", CouponStatus::Disabled),
];

pub async fn batch(app: &App, caller: &Caller, mode: Mode, rows: &[FileRow]) -> Result<BatchResults, ImportError> {
    let (read, resolved) = ResolvedNames::of_rows(app, caller, rows).await?;
    let read = read.into_iter().map(|(names, mut cells)| {
        let (partner, campaign) = resolved.find(&names, &mut cells.problems);
        let code = cells.required("code");
        let status = cells.word("status", &STATUS);
        let (starts_at, ends_at) = (cells.moment("startsAt"), cells.moment("endsAt"));
        let both = both(partner, campaign, &mut cells.problems);
        let coupon = both.map(|(partner_id, campaign_id)| ImportedCoupon {
            code,
            partner_id,
            campaign_id,
            status,
            starts_at,
            ends_at,
            customer_benefit: cells.text("customerBenefit"),
        });
        ParsedRow::perhaps(cells, names, coupon)
    });
    BatchResults::run(read.collect(), async |coupons| {
        moving_in::coupons(app, caller, mode, coupons).await
    })
    .await
}
