//! Events from files.

use super::items::items;
use super::parsed_row::{BatchResults, ParsedRow};
use super::resolve::ResolvedNames;
use crate::ImportError;
use crate::file::FileRow;
use auth::Caller;
use domain::event::EventKind;
use domain::problem::ProblemCode;
use service::app::App;
use service::imported::Outcome;
use service::ledger::event::NewEvent;
use service::ledger::record::record;
use service::moving_in::{self, Mode};

pub const COLUMNS: [&str; 25] = [
    "externalId",
    "id",
    "kind",
    "type",
    "base",
    "amount",
    "amountMinor",
    "currency",
    "revenue",
    "revenueCurrency",
    "occurredAt",
    "customerExternalId",
    "customerAcquiredAt",
    "partnerExternalId",
    "partnerEmail",
    "partnerId",
    "partner",
    "campaignExternalId",
    "campaignId",
    "campaign",
    "couponCode",
    "originalExternalId",
    "metadata",
    "items",
    "country",
];

/// Our own words, and those of other products.
const KINDS: [(&str, EventKind); 10] = [
    ("CHARGE", EventKind::Charge),
    ("CONVERSION", EventKind::Conversion),
    ("REFUND", EventKind::Refund),
    ("CHARGEBACK", EventKind::Chargeback),
    ("SALE", EventKind::Charge),
    ("PAYMENT", EventKind::Charge),
    ("TRANSACTION", EventKind::Charge),
    ("LEAD", EventKind::Conversion),
    ("SIGNUP", EventKind::Conversion),
    ("ACTION", EventKind::Conversion),
];

/// Imports a batch as history, or records it so that it earns.
pub async fn batch(
    app: &App,
    caller: &Caller,
    mode: Mode,
    earn: bool,
    rows: &[FileRow],
) -> Result<BatchResults, ImportError> {
    let (read, resolved) = ResolvedNames::of_rows(app, caller, rows).await?;
    let read = read.into_iter().map(|(names, mut cells)| {
        let (partner, campaign) = resolved.find(&names, &mut cells.problems);
        let external_id = ParsedRow::name(&mut cells);
        cells.required("kind");
        let kind = cells.word("kind", &KINDS).unwrap_or(EventKind::Charge);
        // A refund or chargeback takes these from its original, though exports repeat them.
        let own = !kind.takes_back();
        let coupon_code = cells.text("couponCode").filter(|_| own);
        if coupon_code.is_some() && !earn {
            let message = "decides only for events that earn (--earn): history names its partner";
            cells.problems.add("couponCode", ProblemCode::Invalid, message);
        }
        let event = NewEvent {
            external_id,
            kind,
            event_type: cells.text("type"),
            base: cells.flag("base").unwrap_or(true),
            amount: cells.amount("amount", "amountMinor", "currency"),
            revenue: cells
                .amount("revenue", "revenueMinor", "revenueCurrency")
                .filter(|_| own),
            occurred_at: cells.moment("occurredAt"),
            customer_external_id: cells.text("customerExternalId").filter(|_| own),
            customer_acquired_at: cells.moment("customerAcquiredAt").filter(|_| own),
            partner_id: partner.filter(|_| own).map(|id| id.to_string()),
            campaign_id: campaign.filter(|_| own).map(|id| id.to_string()),
            coupon_code,
            visitor_id: None,
            touches: Vec::new(),
            original_external_id: cells.text("originalExternalId"),
            metadata: cells.json("metadata"),
            items: items(&mut cells, kind),
            country: cells.text("country").filter(|_| own),
            idempotency_key: None,
        };
        ParsedRow::done(cells, names, event)
    });
    BatchResults::run(read.collect(), async |events| match (earn, mode) {
        (false, _) => moving_in::events(app, caller, mode, events).await,
        (true, Mode::Write) => {
            let answers = record(app, caller, events).await?;
            let outcome = |recorded: service::ledger::record::RecordedEvent| match recorded.duplicate {
                true => Outcome::Unchanged,
                false => Outcome::Created,
            };
            Ok(answers.into_iter().map(|answer| answer.map(outcome)).collect())
        }
        (true, _) => moving_in::events(app, caller, Mode::CheckToEarn, events).await,
    })
    .await
}
