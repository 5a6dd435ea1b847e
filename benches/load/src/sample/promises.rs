//! Charges that earn exactly one commission: of a customer that a partner acquired through a campaign whose newest
//! snapshot promises a percentage of everything.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use crate::Failure;
use crate::database::{Database, Sql, rows};

/// A charge that earns: its partner, campaign and customer.
#[derive(Clone, Debug)]
pub struct Promise {
    pub partner: Uuid,
    pub campaign: Uuid,
    pub customer_external_id: String,
}

const SNAPSHOTS: Sql = Sql::of(
    "SELECT partner_id, campaign_id, CAST(terms AS text) FROM commission_snapshot WHERE tenant_id = $1
     ORDER BY partner_id, version",
);

/// Customers whose partner is active and whose campaign is open.
const CUSTOMERS: Sql = Sql::of(
    "SELECT c.external_id, c.partner_id, c.campaign_id
     FROM customer c
     JOIN partner p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id AND p.status = 'ACTIVE'
     JOIN campaign m ON m.tenant_id = c.tenant_id AND m.id = c.campaign_id AND m.status = 'ACTIVE'
     JOIN partner_customer q ON q.tenant_id = c.tenant_id AND q.partner_id = p.id AND q.customer_id = c.id
     WHERE c.tenant_id = $1 AND m.ends_at IS NULL AND q.paid_charges > 0
     ORDER BY c.id LIMIT 50000",
);

pub async fn promises(database: &Database, tenant: Uuid) -> Result<Vec<Promise>, Failure> {
    let snapshots: Vec<(Uuid, Option<Uuid>, String)> = rows!(database, SNAPSHOTS, tenant)?;
    let mut promised = HashMap::new();
    for (partner, campaign, terms) in snapshots {
        // Later versions replace earlier ones.
        promised.insert((partner, campaign), is_percentage_of_everything(&terms)?);
    }
    let customers: Vec<(String, Uuid, Uuid)> = rows!(database, CUSTOMERS, tenant)?;
    let earning = customers.into_iter().filter(|(_, partner, campaign)| {
        let own = promised.get(&(*partner, Some(*campaign)));
        *own.or_else(|| promised.get(&(*partner, None))).unwrap_or(&false)
    });
    let mut earning: Vec<_> = earning
        .map(|(customer_external_id, partner, campaign)| Promise {
            partner,
            campaign,
            customer_external_id,
        })
        .collect();
    // One charge per partner: charges of different partners do not wait for each other.
    earning.sort_by_key(|promise| promise.partner);
    earning.dedup_by_key(|promise| promise.partner);
    Ok(earning)
}

fn is_percentage_of_everything(terms: &str) -> Result<bool, Failure> {
    let terms: Value = serde_json::from_str(terms)?;
    let [term] = terms.as_array().map_or(&[][..], Vec::as_slice) else {
        return Ok(false);
    };
    let is_every = term.get("trigger").is_none_or(|trigger| trigger == "Every");
    let restricts = |name: &str| term.get(name).is_some_and(|value| !value.is_null());
    Ok(term["basis"] == "percent" && is_every && !restricts("event_type") && !restricts("recurring_months"))
}
