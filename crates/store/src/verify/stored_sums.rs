//! What is stored about partners beside their rows and events, to be checked against these.

use std::collections::{HashMap, HashSet};

use sea_orm::{ConnectionTrait, QueryResult, TryGetable};
use uuid::Uuid;

use super::marks::ask;
use super::one_of;
use crate::{Connection, StoreError, row};
use auth::Scope;
use domain::Timestamp;
use domain::commission::PayoutStatus;

/// By partner and currency: accrued, approved, paid, reversed and reserved, in minor units.
pub async fn balances(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<(Uuid, String), [i128; 5]>, StoreError> {
    let sql = "SELECT partner_id, currency, accrued_minor, approved_minor, paid_minor, reversed_minor, reserved_minor
               FROM partner_balance WHERE tenant_id = $1 AND partner_id {mine}";
    let read = |row: &QueryResult| {
        let mut sums = [0; 5];
        for (place, sum) in sums.iter_mut().enumerate() {
            *sum = i128::from(row.try_get_by_index::<i64>(place + 2)?);
        }
        Ok(((row.try_get_by_index(0)?, row.try_get_by_index(1)?), sums))
    };
    of(database, scope, sql, partners, read).await
}

/// By partner and currency: the lifetime value in minor units.
pub async fn lifetime_values(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<(Uuid, String), i64>, StoreError> {
    let sql = "SELECT partner_id, currency, amount_minor FROM partner_lifetime_value
               WHERE tenant_id = $1 AND partner_id {mine}";
    of(database, scope, sql, partners, of_two).await
}

/// By partner and customer: the number of paid charges.
pub async fn paid_charges(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<(Uuid, Uuid), i64>, StoreError> {
    let sql = "SELECT partner_id, customer_id, paid_charges FROM partner_customer
               WHERE tenant_id = $1 AND partner_id {mine}";
    of(database, scope, sql, partners, of_two).await
}

/// By partner: how many customers have a paid charge.
pub async fn qualified_customers(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, i64>, StoreError> {
    let sql = "SELECT partner_id, qualified_customers FROM partner_standing WHERE tenant_id = $1 AND partner_id {mine}";
    let read = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    of(database, scope, sql, partners, read).await
}

/// A snapshot, as far as it matters to which one pays.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotRow {
    pub id: Uuid,
    pub campaign: Option<Uuid>,
    pub sequence: i64,
    pub created_at: Timestamp,
}

/// The snapshots of partners, in the order of their versions.
pub async fn snapshots(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, Vec<SnapshotRow>>, StoreError> {
    let sql = "SELECT partner_id, id, campaign_id, sequence, created_at FROM commission_snapshot
               WHERE tenant_id = $1 AND partner_id {mine} ORDER BY version";
    let read = |row: &QueryResult| {
        let snapshot = SnapshotRow {
            id: row.try_get_by_index(1)?,
            campaign: row.try_get_by_index(2)?,
            sequence: row.try_get_by_index(3)?,
            created_at: row.try_get_by_index(4)?,
        };
        Ok((row.try_get_by_index(0)?, snapshot))
    };
    let mut of_partners: HashMap<Uuid, Vec<_>> = HashMap::new();
    for (partner, snapshot) in of::<_, Vec<_>>(database, scope, sql, partners, read).await? {
        of_partners.entry(partner).or_default().push(snapshot);
    }
    Ok(of_partners)
}

/// A payout, as far as its rows must agree with it.
#[derive(Clone, Debug)]
pub struct PayoutRow {
    pub id: Uuid,
    pub partner: Uuid,
    pub recipient: Option<String>,
    pub currency: String,
    pub minor: i64,
    pub status: PayoutStatus,
    /// The steps of the partner's history at which it was created and settled: their numbers and times.
    pub created: (i64, Timestamp),
    pub settled: Option<(i64, Timestamp)>,
}

/// The payouts of partners, in the order of their ids.
pub async fn payouts(database: &Connection, scope: &Scope, partners: &[Uuid]) -> Result<Vec<PayoutRow>, StoreError> {
    let sql =
        "SELECT id, partner_id, recipient, currency, amount_minor, status, sequence, created_at, settled_sequence,
                 settled_at FROM payout
               WHERE tenant_id = $1 AND partner_id {mine} ORDER BY id";
    let read = |row: &QueryResult| {
        let status: String = row.try_get_by_index(5)?;
        Ok(PayoutRow {
            id: row.try_get_by_index(0)?,
            partner: row.try_get_by_index(1)?,
            recipient: row.try_get_by_index(2)?,
            currency: row.try_get_by_index(3)?,
            minor: row.try_get_by_index(4)?,
            status: row::text("payout", "status", &status, PayoutStatus::parse)?,
            created: (row.try_get_by_index(6)?, row.try_get_by_index(7)?),
            settled: row.try_get_by_index::<Option<i64>>(8)?.zip(row.try_get_by_index(9)?),
        })
    };
    of(database, scope, sql, partners, read).await
}

/// The items of the payouts of partners: which row is in which payout.
pub async fn payout_items(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
    let sql = "SELECT item.commission_id, item.payout_id FROM payout
               JOIN payout_item AS item ON item.tenant_id = $1 AND item.payout_id = payout.id
               WHERE payout.tenant_id = $1 AND payout.partner_id {mine}";
    let read = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    of(database, scope, sql, partners, read).await
}

/// The status changes of partners: their numbers and times.
pub async fn changes_of_status(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<Vec<(Uuid, (i64, Timestamp))>, StoreError> {
    let sql = "SELECT partner_id, sequence, at FROM partner_transition
               WHERE tenant_id = $1 AND partner_id {mine}";
    let read = |row: &QueryResult| {
        let step = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        Ok((row.try_get_by_index(0)?, step))
    };
    of(database, scope, sql, partners, read).await
}

/// The ids in `entries` that are missing from the audit log.
pub async fn missing_entries(
    database: &Connection,
    scope: &Scope,
    entries: &HashSet<Uuid>,
) -> Result<HashSet<Uuid>, StoreError> {
    let id = |row: &QueryResult| Ok(row.try_get_by_index::<Uuid>(0)?);
    let named: Vec<_> = entries.iter().copied().collect();
    if named.is_empty() {
        return Ok(HashSet::new());
    }
    let sql = "SELECT id FROM audit_entry WHERE tenant_id = $1 AND id {mine}";
    let there: HashSet<_> = of(database, scope, sql, &named, id).await?;
    Ok(named.into_iter().filter(|entry| !there.contains(entry)).collect())
}

/// The ids in `events` of which a move is stored.
pub async fn moved(database: &Connection, scope: &Scope, events: &[Uuid]) -> Result<HashSet<Uuid>, StoreError> {
    let sql = "SELECT DISTINCT event_id FROM event_move WHERE tenant_id = $1 AND event_id {mine}";
    of(database, scope, sql, events, |row| Ok(row.try_get_by_index(0)?)).await
}

/// A number by partner and another key.
fn of_two<T: TryGetable>(row: &QueryResult) -> Result<((Uuid, T), i64), StoreError> {
    let of = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    Ok((of, row.try_get_by_index(2)?))
}

async fn of<T, All: FromIterator<T>>(
    database: &Connection,
    scope: &Scope,
    sql: &str,
    ids: &[Uuid],
    read: impl Fn(&QueryResult) -> Result<T, StoreError>,
) -> Result<All, StoreError> {
    let (these, ids) = one_of(database.get_database_backend(), ids);
    let sql = sql.replace("{mine}", these);
    ask(database, scope, &sql, [ids]).await?.iter().map(read).collect()
}
