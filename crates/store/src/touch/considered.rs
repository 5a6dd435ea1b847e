//! The touches that are considered for events, of all events at once: one statement, and of each event not more rows
//! than may count.

use std::collections::HashMap;

use chrono::SecondsFormat;
use entity::touch;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, QueryResult, Value};
use serde_json::{Value as JsonValue, json};
use uuid::Uuid;

use super::{TABLE, from_row};
use crate::{Connection, StoreError, raw, row};
use auth::Scope;
use domain::Timestamp;
use domain::attribution::{ConsideredTouch, MAX_TOUCHES, STATED_LATENESS};
use domain::id::{CampaignId, CustomerId};
use domain::partner::PartnerStatus;

/// An event whose touches are asked for.
#[derive(Clone, Copy, Debug)]
pub struct EventTouches<'a> {
    pub occurred_at: Timestamp,
    /// The visitor that it names.
    pub visitor: Option<&'a str>,
    /// Its customer; of one that is not stored yet, `Some(None)`.
    pub customer: Option<Option<CustomerId>>,
    /// The campaign that it names: touches of others are left out.
    pub campaign: Option<CampaignId>,
}

/// The touches of each event: those that were recorded for its customer, those of the visitors that are the customer, and
/// those of the visitor that the event names, unless that is another customer. Of those that may count, the first and the
/// latest; of others, the latest of each kind.
pub async fn considered(
    database: &Connection,
    scope: &Scope,
    events: &[EventTouches<'_>],
) -> Result<Vec<Vec<ConsideredTouch>>, StoreError> {
    let mut found: Vec<Vec<ConsideredTouch>> = events.iter().map(|_| Vec::new()).collect();
    if events.is_empty() {
        return Ok(found);
    }
    let values = [scope.tenant().uuid().into(), list(events)];
    let statement = statement(database.get_database_backend());
    let mut places: HashMap<i32, &mut Vec<ConsideredTouch>> = (0..).zip(found.iter_mut()).collect();
    for row in raw::rows(database, &statement, values).await? {
        if let Some(touches) = places.get_mut(&row.try_get::<i32>("", "place")?) {
            touches.push(considered_touch(&row)?);
        }
    }
    Ok(found)
}

fn considered_touch(row: &QueryResult) -> Result<ConsideredTouch, StoreError> {
    let status: String = row.try_get("", "partner_status")?;
    let settings: sea_orm::prelude::Json = row.try_get("", "settings")?;
    let touch = from_row(touch::Model::from_query_result(row, "")?)?;
    Ok(ConsideredTouch {
        id: Some(touch.id),
        kind: touch.kind,
        partner_id: touch.partner_id,
        campaign_id: touch.campaign_id,
        link_id: touch.link_id,
        coupon_id: touch.coupon_id,
        link_disabled: touch.link_disabled,
        time_stated: touch.time_stated,
        occurred_at: touch.occurred_at,
        recorded_at: touch.recorded_at,
        partner_status: row::text("partner", "status", &status, PartnerStatus::parse)?,
        settings: row::json(TABLE, "attribution", settings)?,
    })
}

/// The events as a table with the columns place, visitor, customer, campaign, at (when it happened) and late (until when
/// a touch may be whose time was stated).
fn asked(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "SELECT (value ->> 0)::integer, value ->> 1, (value ->> 2)::uuid, (value ->> 3)::uuid,
               (value ->> 4)::timestamptz, (value ->> 5)::timestamptz
             FROM jsonb_array_elements($2::text::jsonb)"
        }
        _ => {
            "SELECT value ->> 0, value ->> 1, unhex(value ->> 2), unhex(value ->> 3), value ->> 4, value ->> 5
             FROM json_each($2)"
        }
    }
}

/// When the window of the touch's campaign begins. On SQLite times are texts: days before one have its time of day.
fn window_begins(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "asked.at - make_interval(hours => 24 * (campaign.attribution ->> 'windowDays')::integer)"
        }
        _ => {
            "date(substr(asked.at, 1, 10), '-' || (campaign.attribution ->> 'windowDays') || ' days') || substr(asked.at, 11)"
        }
    }
}

fn statement(backend: DbBackend) -> String {
    let (asked, begins, latest) = (asked(backend), window_begins(backend), MAX_TOUCHES - 1);
    format!(
        "WITH asked (place, visitor, customer, campaign, at, late) AS ({asked}),
         found AS (
           SELECT asked.place, touch.id FROM asked
             JOIN touch ON touch.tenant_id = $1 AND touch.visitor_id = asked.visitor
           UNION SELECT asked.place, touch.id FROM asked
             JOIN visitor ON visitor.tenant_id = $1 AND visitor.customer_id = asked.customer
             JOIN touch ON touch.tenant_id = $1 AND touch.visitor_id = visitor.visitor_id
           UNION SELECT asked.place, touch.id FROM asked
             JOIN touch ON touch.tenant_id = $1 AND touch.customer_id = asked.customer
         ),
         judged AS (
           SELECT asked.place, touch.*, campaign.attribution AS settings, partner.status AS partner_status,
             CASE WHEN partner.status = 'REVOKED' OR touch.link_disabled THEN 'REFUSED'
               WHEN touch.occurred_at < {begins} THEN 'OLD' ELSE 'COUNTS' END AS verdict
           FROM found
           JOIN asked ON asked.place = found.place
           JOIN touch ON touch.tenant_id = $1 AND touch.id = found.id
           JOIN campaign ON campaign.tenant_id = $1 AND campaign.id = touch.campaign_id
           JOIN partner ON partner.tenant_id = $1 AND partner.id = touch.partner_id
           LEFT JOIN visitor AS tied ON tied.tenant_id = $1 AND tied.visitor_id = touch.visitor_id
           WHERE (asked.campaign IS NULL OR asked.campaign = touch.campaign_id)
             AND (asked.customer IS NULL
               OR COALESCE(touch.customer_id, tied.customer_id, asked.customer) = asked.customer)
             AND touch.occurred_at <= CASE WHEN touch.time_stated THEN asked.late ELSE asked.at END
         ),
         ranked AS (
           SELECT judged.*,
             ROW_NUMBER() OVER (PARTITION BY place, verdict ORDER BY occurred_at DESC, recorded_at DESC, id DESC) AS from_end,
             ROW_NUMBER() OVER (PARTITION BY place, verdict ORDER BY occurred_at, recorded_at, id) AS from_start
           FROM judged
         )
         SELECT * FROM ranked WHERE from_end = 1 OR (verdict = 'COUNTS' AND (from_end <= {latest} OR from_start = 1))
         ORDER BY place, occurred_at, recorded_at, id"
    )
}

/// The customer of an event that names one who is not stored yet, so that touches of others are left out.
const NOBODY: Uuid = Uuid::nil();

/// The events as a JSON text: PostgreSQL's driver binds no lists in which values are missing.
fn list(events: &[EventTouches<'_>]) -> Value {
    let hex = |id: Uuid| id.simple().to_string();
    // As SQLite has them.
    let time = |at: Timestamp| at.to_rfc3339_opts(SecondsFormat::AutoSi, false);
    let rows = events.iter().enumerate().map(|(place, event)| {
        json!([
            place,
            event.visitor,
            event.customer.map(|id| hex(id.map_or(NOBODY, |id| id.uuid()))),
            event.campaign.map(|id| hex(id.uuid())),
            time(event.occurred_at),
            time(event.occurred_at + STATED_LATENESS),
        ])
    });
    JsonValue::from_iter(rows).to_string().into()
}
