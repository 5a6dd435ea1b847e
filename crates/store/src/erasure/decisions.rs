//! Details of decisions that quote the codes of a partner's coupons: why a sale that named one was credited to nobody.

use uuid::Uuid;

use super::eraser::{Eraser, Pass, SubjectReader};
use crate::StoreError;
use domain::decision::NoCommissionReason;
use domain::text;

/// The detail of a decision.
pub(super) struct Detail {
    pub event: Uuid,
    /// Whether it quotes the code of a coupon of the partner.
    pub quotes: bool,
    pub text: String,
}

/// The next details about codes that were not valid, by event.
pub(super) async fn details(
    reader: &SubjectReader<'_>,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<Detail>, StoreError> {
    let of_partner = "SELECT t.code_key FROM coupon AS t WHERE t.tenant_id = {tenant} AND t.partner_id = {subject}";
    let codes = reader.values.rows(reader.database, of_partner).await?;
    let codes = codes.iter().map(|row| row.try_get::<String>("", "code_key"));
    let codes = codes.collect::<Result<Vec<_>, _>>()?;
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let about_codes = format!(
        "t.tenant_id = {{tenant}} AND t.reason = '{}' AND t.detail IS NOT NULL",
        NoCommissionReason::CouponInvalid.as_str()
    );
    // All of an event, since events are what is gone through.
    let sql = format!(
        "SELECT t.event_id, t.detail FROM event_decision AS t WHERE {about_codes} AND t.event_id IN (
           SELECT DISTINCT t.event_id FROM event_decision AS t WHERE {about_codes} AND t.event_id > {{after}}
           ORDER BY t.event_id LIMIT {limit})
         ORDER BY t.event_id"
    );
    let mut details = Vec::new();
    for row in reader.after(after).rows(reader.database, &sql).await? {
        let text: String = row.try_get("", "detail")?;
        let folded = text::coupon_key(&text);
        details.push(Detail {
            event: row.try_get("", "event_id")?,
            quotes: codes.iter().any(|code| folded.contains(code)),
            text,
        });
    }
    Ok(details)
}

/// Sets details null that quote a code of the partner.
pub(super) async fn erase_decisions(
    eraser: &Eraser<'_>,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Pass, StoreError> {
    let reader = &eraser.reader;
    let mut pass = Pass::NOTHING;
    for detail in details(reader, after, limit).await? {
        if pass.last != Some(detail.event) {
            pass.seen += 1;
            pass.last = Some(detail.event);
        }
        if detail.quotes {
            let sql = "UPDATE event_decision SET detail = NULL
              WHERE tenant_id = {tenant} AND event_id = {key} AND detail = {old}";
            let values = reader.values.with("key", detail.event).with("old", detail.text);
            pass.changed += values.execute(reader.database, sql).await?;
        }
    }
    Ok(pass)
}
