//! A partner's dashboard.

use tributary::domain::id::{CommissionId, PartnerId};
use uuid::Uuid;

use super::{Moment, named};
use crate::ceiling::Failed;
use crate::ceiling::answers::{
    Amount, Balance, Commission, Dashboard, DashboardPartner, DashboardViewer, Nodes, units,
};
use crate::database::{Database, Sql, rows};

/// Three kinds of rows in one round trip, distinguished by the first column: the partner and its group, its balances,
/// its newest commissions.
const DASHBOARD: Sql = Sql::of(
    "SELECT * FROM (
       SELECT 0 AS kind, p.id, p.name AS text, 0 AS minor, p.status AS also, p.created_at AS at, g.id AS link,
         g.name AS link_name, 0 AS second, 0 AS third, 0 AS fourth, 0 AS fifth
       FROM partner p LEFT JOIN partner_group g ON g.tenant_id = p.tenant_id AND g.id = p.group_id
       WHERE p.tenant_id = $1 AND p.id = $2
     ) AS partner
     UNION ALL SELECT * FROM (
       SELECT 1, partner_id, '', accrued_minor, currency, CAST(NULL AS timestamptz), CAST(NULL AS uuid), CAST(NULL AS text),
         approved_minor, paid_minor, reversed_minor, reserved_minor
       FROM partner_balance WHERE tenant_id = $1 AND partner_id = $2 ORDER BY currency
     ) AS balances
     UNION ALL SELECT * FROM (
       SELECT 2, c.id, c.status, c.amount_minor, c.currency, c.accrued_at, m.id, m.name, 0, 0, 0, 0
       FROM (SELECT * FROM commission WHERE tenant_id = $1 AND partner_id = $2
             ORDER BY accrued_at DESC, id DESC LIMIT 20) AS c
       LEFT JOIN campaign m ON m.tenant_id = c.tenant_id AND m.id = c.campaign_id
       ORDER BY c.accrued_at DESC, c.id DESC
     ) AS newest",
);

type DashboardRow = (
    i32,
    Uuid,
    String,
    i64,
    String,
    Option<Moment>,
    Option<Uuid>,
    Option<String>,
    i64,
    i64,
    i64,
    i64,
);

pub async fn dashboard(database: &Database, tenant: Uuid, partner: Uuid) -> Result<Dashboard, Failed> {
    let found: Vec<DashboardRow> = rows!(database, DASHBOARD, tenant, partner)?;
    let mut partner = None;
    let mut balances = Vec::new();
    let mut nodes = Vec::with_capacity(20);
    for (kind, id, text, minor, also, at, link, link_name, approved, paid, reversed, reserved) in found {
        match (kind, at) {
            (0, _) => partner = Some((id, text, also, named(link, link_name))),
            (1, _) => balances.push(Balance {
                accrued: units(minor, &also)?,
                approved: units(approved, &also)?,
                paid: units(paid, &also)?,
                reversed: units(reversed, &also)?,
                payable: units(approved - reserved, &also)?,
                currency: also,
            }),
            (_, Some(accrued_at)) => nodes.push(Commission {
                id: CommissionId::from_uuid(id),
                status: text,
                amount: Amount::new(minor, also)?,
                accrued_at,
                campaign: named(link, link_name),
            }),
            (_, None) => return Err(Failed("a commission without its time".to_owned())),
        }
    }
    let partner = partner.map(|(id, name, status, group)| DashboardPartner {
        id: PartnerId::from_uuid(id),
        name,
        status,
        group,
        balances,
        commissions: Nodes { nodes },
    });
    Ok(Dashboard {
        viewer: DashboardViewer { partner },
    })
}
