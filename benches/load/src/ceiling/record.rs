//! Recording a charge that earns a percentage: exactly the rows that the gateway writes, in one statement on PostgreSQL
//! and in one transaction on SQLite. It does not handle other terms, refunds or tiers, and its explanation names the
//! snapshot by its bare id; the rows have the gateway's columns and nearly its sizes.

mod postgres;
mod sqlite;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::Deserialize;
use tributary::clock::Clock;
use tributary::domain::id::{AttributionId, AuditEntryId, CommissionId, CommissionTransitionId, EventId};
use tributary::domain::money::{Currency, Money, parse_decimal};
use uuid::Uuid;

use super::Failed;
use super::answers::{Accrued, Amount, Event, Recorded, RecordedEvent};
use crate::database::Database;

/// The variables of the gateway's mutation.
#[derive(Deserialize)]
pub struct Variables {
    pub input: Input,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    external_id: String,
    amount: InputAmount,
    customer_external_id: String,
    partner_id: tributary::domain::id::PartnerId,
    campaign_id: tributary::domain::id::CampaignId,
}

#[derive(Deserialize)]
struct InputAmount {
    amount: String,
    currency: String,
}

/// Everything to be written that does not depend on existing rows.
struct Charge {
    tenant: Uuid,
    partner: Uuid,
    campaign: Uuid,
    customer_external_id: String,
    external_id: String,
    content: Vec<u8>,
    charged: Money,
    now: DateTime<Utc>,
    event: Uuid,
    attribution: Uuid,
    commission: Uuid,
    transition: Uuid,
    audit_entry: Uuid,
}

/// The commission row that a charge earned.
struct Earned {
    minor: i64,
    mature_at: Option<DateTime<Utc>>,
}

const ACTOR: &str = "operator";
/// As long as the gateway's.
const TOKEN_ID: &str = "0123456789abcdef0123456789abcdef";
const REQUEST_ID: &str = "0123456789abcdef";

pub async fn record(database: &Database, tenant: Uuid, input: Input) -> Result<Recorded, Failed> {
    let charge = charge(tenant, input)?;
    let earned = match database {
        Database::Postgres(pool) => postgres::record(pool, &charge).await?,
        Database::Sqlite { writer, .. } => sqlite::record(writer, &charge).await?,
    };
    let earned = earned.ok_or_else(|| Failed(format!("{} was not recorded", charge.external_id)))?;
    let commission = Accrued {
        id: CommissionId::from_uuid(charge.commission),
        status: "ACCRUED",
        amount: Amount::new(earned.minor, charge.charged.currency().code().to_owned())?,
        mature_at: earned.mature_at,
    };
    Ok(Recorded {
        record_event: RecordedEvent {
            event: Event {
                id: EventId::from_uuid(charge.event),
                external_id: charge.external_id,
            },
            commissions: vec![commission],
            duplicate: false,
            user_errors: [],
        },
    })
}

fn charge(tenant: Uuid, input: Input) -> Result<Charge, Failed> {
    let now = Clock::System.now();
    let currency = Currency::parse(&input.amount.currency).map_err(|fault| Failed(fault.1))?;
    let amount: Decimal = parse_decimal(&input.amount.amount).map_err(|fault| Failed(fault.1))?;
    Ok(Charge {
        tenant,
        partner: input.partner_id.uuid(),
        campaign: input.campaign_id.uuid(),
        customer_external_id: input.customer_external_id,
        // The gateway hashes the input. These bytes have the same length but no meaning, and are cheaper still.
        content: CommissionId::new(now).uuid().as_bytes().repeat(2),
        charged: Money::exact(amount, currency).map_err(|fault| Failed(fault.1))?,
        event: EventId::new(now).uuid(),
        attribution: AttributionId::new(now).uuid(),
        commission: CommissionId::new(now).uuid(),
        transition: CommissionTransitionId::new(now).uuid(),
        audit_entry: AuditEntryId::new(now).uuid(),
        external_id: input.external_id,
        now,
    })
}
