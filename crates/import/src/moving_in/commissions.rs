//! Commissions from files.

use super::parsed_row::{BatchResults, ParsedRow};
use super::resolve::{PARTNER, ResolvedNames};
use crate::ImportError;
use crate::file::FileRow;
use auth::Caller;
use domain::commission::{CommissionStatus, SourceTimes};
use domain::problem::ProblemCode;
use service::app::App;
use service::moving_in::{self, Mode, NewOpening};

pub const COLUMNS: [&str; 19] = [
    "externalId",
    "id",
    "amount",
    "amountMinor",
    "currency",
    "status",
    "percent",
    "partnerExternalId",
    "partnerEmail",
    "partnerId",
    "partner",
    "campaignExternalId",
    "campaignId",
    "campaign",
    "eventExternalId",
    "matureAt",
    "accruedAt",
    "approvedAt",
    "paidAt",
];

/// Our own words, and those of other products.
const STATUSES: [(&str, CommissionStatus); 17] = [
    ("ACCRUED", CommissionStatus::Accrued),
    ("APPROVED", CommissionStatus::Approved),
    ("PAID", CommissionStatus::Paid),
    ("REVERSED", CommissionStatus::Reversed),
    ("PENDING", CommissionStatus::Accrued),
    ("HOLD", CommissionStatus::Accrued),
    ("DUE", CommissionStatus::Approved),
    ("PROCESSED", CommissionStatus::Approved),
    ("VOIDED", CommissionStatus::Reversed),
    ("REFUNDED", CommissionStatus::Reversed),
    ("CANCELED", CommissionStatus::Reversed),
    ("CANCELLED", CommissionStatus::Reversed),
    ("DECLINED", CommissionStatus::Reversed),
    ("REJECTED", CommissionStatus::Reversed),
    ("FRAUD", CommissionStatus::Reversed),
    ("DUPLICATE", CommissionStatus::Reversed),
    ("ARCHIVED", CommissionStatus::Reversed),
];

pub async fn batch(app: &App, caller: &Caller, mode: Mode, rows: &[FileRow]) -> Result<BatchResults, ImportError> {
    let (read, resolved) = ResolvedNames::of_rows(app, caller, rows).await?;
    let read = read.into_iter().map(|(names, mut cells)| {
        let (partner, campaign_id) = resolved.find(&names, &mut cells.problems);
        if !names.has_partner() {
            cells
                .problems
                .add(PARTNER[0], ProblemCode::Required, "must name the partner who earned it");
        }
        let external_id = ParsedRow::name(&mut cells);
        if cells.text("amount").is_none() && cells.text("amountMinor").is_none() {
            cells.required("amount");
        }
        cells.required("status");
        let (amount, status) = (
            cells.amount("amount", "amountMinor", "currency"),
            cells.word("status", &STATUSES),
        );
        let opening = partner
            .zip(amount)
            .zip(status)
            .map(|((partner_id, amount), status)| NewOpening {
                external_id,
                partner_id,
                campaign_id,
                event_external_id: cells.text("eventExternalId"),
                amount,
                status,
                is_percent: cells.flag("percent").unwrap_or(false),
                // Exports still have the maturity date of rows that are approved already.
                mature_at: cells.moment("matureAt").filter(|_| status == CommissionStatus::Accrued),
                source: SourceTimes {
                    accrued_at: cells.moment("accruedAt"),
                    approved_at: cells.moment("approvedAt"),
                    paid_at: cells.moment("paidAt"),
                },
            });
        ParsedRow::perhaps(cells, names, opening)
    });
    BatchResults::run(read.collect(), async |openings| {
        moving_in::commissions(app, caller, mode, openings).await
    })
    .await
}
