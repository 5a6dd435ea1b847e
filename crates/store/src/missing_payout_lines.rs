//! Lines of payout runs that a release without lines has created: looked for across tenants, and filled in for each.

use sea_orm::{ConnectionTrait, Statement};

use super::{Connection, StoreError, raw};
use domain::id::TenantId;

/// The tenants with runs of which nothing is stored but their payouts.
const WITHOUT_LINES: &str = "SELECT DISTINCT run.tenant_id FROM payout_run AS run WHERE run.created_by IS NULL
     AND NOT EXISTS (SELECT 1 FROM payout_run_line AS line WHERE line.tenant_id = run.tenant_id AND line.run_id = run.id)
     AND EXISTS (SELECT 1 FROM payout WHERE payout.tenant_id = run.tenant_id AND payout.run_id = run.id)";

/// Lines for the payouts that have none, after those that their runs have. The last position of each run is looked up
/// once for all payouts: a lookup for each would walk over the lines that this statement has added to its run so far,
/// which it does not see.
const FILL: &str = "WITH known AS MATERIALIZED (
       SELECT run_id, MAX(position) AS position FROM payout_run_line WHERE tenant_id = $1 GROUP BY run_id)
     INSERT INTO payout_run_line (tenant_id, run_id, position, partner_id, recipient, currency, amount_minor,
       commission_count, outcome, payout_id)
     SELECT payout.tenant_id, payout.run_id,
       COALESCE(known.position, 0)
         + ROW_NUMBER() OVER (PARTITION BY payout.run_id ORDER BY currency, amount_minor DESC, partner_id, id),
       partner_id, recipient, currency, amount_minor,
       (SELECT COUNT(*) FROM payout_item WHERE payout_item.tenant_id = payout.tenant_id AND payout_item.payout_id = payout.id),
       'PAID_OUT', id
     FROM payout LEFT JOIN known ON known.run_id = payout.run_id
     WHERE payout.tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM payout_run_line AS line
       WHERE line.tenant_id = payout.tenant_id AND line.payout_id = payout.id)
     ON CONFLICT DO NOTHING";

/// Tenants with runs that a replica of a release without lines has created, and whose lines are to be filled in.
pub async fn tenants(database: &Connection) -> Result<Vec<TenantId>, StoreError> {
    let statement = Statement::from_string(database.get_database_backend(), WITHOUT_LINES);
    let rows = database.query_all_raw(statement).await?;
    let ids = rows
        .iter()
        .map(|row| row.try_get("", "tenant_id").map(TenantId::from_uuid));
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Adds the lines of payouts that were written without them; returns how many.
pub async fn fill(transaction: &Connection, tenant: TenantId) -> Result<u64, StoreError> {
    raw::execute(transaction, FILL, [tenant.uuid().into()]).await
}
