//! The reads: the best statement for each operation, with its rows in the response's shape.

mod dashboard;

use chrono::{DateTime, Utc};
use tributary::domain::id::{CampaignId, CommissionId, Id, Kind, PartnerGroupId, PartnerId};
use uuid::Uuid;

use super::Failed;
use super::answers::{
    Amount, Commission, Group, ListedCommission, Named, NewCommission, Newest, Nodes, Page, PageInfo,
    PageOfCommissions, Partner, PartnerById, PartnerInGroup, PartnerWithCommissions, PartnersOfGroup,
};
use crate::database::{Database, Sql, rows};

pub use dashboard::dashboard;

type Moment = DateTime<Utc>;

fn named<K: Kind>(id: Option<Uuid>, name: Option<String>) -> Option<Named<Id<K>>> {
    id.zip(name).map(|(id, name)| Named {
        id: Id::from_uuid(id),
        name,
    })
}

const PARTNER: Sql = Sql::of(
    "SELECT p.id, p.name, p.email, p.external_id, p.type, p.status, p.created_at, g.id, g.name, g.is_default, g.currency
     FROM partner p LEFT JOIN partner_group g ON g.tenant_id = p.tenant_id AND g.id = p.group_id
     WHERE p.tenant_id = $1 AND p.id = $2",
);

type PartnerRow = (
    Uuid,
    String,
    String,
    Option<String>,
    String,
    String,
    Moment,
    Option<Uuid>,
    Option<String>,
    Option<bool>,
    Option<String>,
);

pub async fn partner(database: &Database, tenant: Uuid, id: Uuid) -> Result<PartnerById, Failed> {
    let found: Vec<PartnerRow> = rows!(database, PARTNER, tenant, id)?;
    let partner = found.into_iter().next().map(|row| Partner {
        id: PartnerId::from_uuid(row.0),
        name: row.1,
        email: row.2,
        external_id: row.3,
        r#type: row.4,
        status: row.5,
        created_at: row.6,
        group: row.7.zip(row.8).zip(row.9).map(|((id, name), default)| Group {
            id: PartnerGroupId::from_uuid(id),
            name,
            default,
            currency: row.10,
        }),
    });
    Ok(PartnerById { partner })
}

const NEWEST: Sql = Sql::of(
    "SELECT c.id, c.kind, c.status, c.amount_minor, c.currency, c.accrued_at, c.mature_at, p.id, p.name, g.id, g.name,
       m.id, m.name
     FROM (SELECT * FROM commission WHERE tenant_id = $1 AND status = $2 ORDER BY accrued_at DESC, id DESC LIMIT 50) AS c
     JOIN partner p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
     LEFT JOIN partner_group g ON g.tenant_id = p.tenant_id AND g.id = p.group_id
     LEFT JOIN campaign m ON m.tenant_id = c.tenant_id AND m.id = c.campaign_id
     ORDER BY c.accrued_at DESC, c.id DESC",
);

type NewestRow = (
    Uuid,
    String,
    String,
    i64,
    String,
    Moment,
    Option<Moment>,
    Uuid,
    String,
    Option<Uuid>,
    Option<String>,
    Option<Uuid>,
    Option<String>,
);

pub async fn newest(database: &Database, tenant: Uuid, status: &str) -> Result<Newest, Failed> {
    let found: Vec<NewestRow> = rows!(database, NEWEST, tenant, status)?;
    let nodes = found.into_iter().map(|row| {
        Ok(NewCommission {
            id: CommissionId::from_uuid(row.0),
            kind: row.1,
            status: row.2,
            amount: Amount::new(row.3, row.4)?,
            accrued_at: row.5,
            mature_at: row.6,
            partner: PartnerInGroup {
                id: PartnerId::from_uuid(row.7),
                name: row.8,
                group: named(row.9, row.10),
            },
            campaign: named(row.11, row.12),
        })
    });
    let nodes = nodes.collect::<Result<_, Failed>>()?;
    Ok(Newest {
        commissions: Nodes { nodes },
    })
}

const PARTNERS_OF_GROUP: Sql = Sql {
    postgres: "SELECT p.id, p.name, p.status, c.id, c.status, c.amount_minor, c.currency, c.accrued_at, m.id, m.name
        FROM (SELECT id, name, status FROM partner WHERE tenant_id = $1 AND group_id = $2 ORDER BY id DESC LIMIT 20) AS p
        LEFT JOIN LATERAL (
          SELECT id, status, amount_minor, currency, accrued_at, campaign_id FROM commission
          WHERE tenant_id = $1 AND partner_id = p.id ORDER BY accrued_at DESC, id DESC LIMIT 10
        ) AS c ON true
        LEFT JOIN campaign m ON m.tenant_id = $1 AND m.id = c.campaign_id
        ORDER BY p.id DESC, c.accrued_at DESC, c.id DESC",
    sqlite: "SELECT p.id, p.name, p.status, c.id, c.status, c.amount_minor, c.currency, c.accrued_at, m.id, m.name
        FROM (SELECT id, name, status FROM partner WHERE tenant_id = $1 AND group_id = $2 ORDER BY id DESC LIMIT 20) AS p
        LEFT JOIN commission c ON c.rowid IN (
          SELECT rowid FROM commission WHERE tenant_id = $1 AND partner_id = p.id
          ORDER BY accrued_at DESC, id DESC LIMIT 10
        )
        LEFT JOIN campaign m ON m.tenant_id = $1 AND m.id = c.campaign_id
        ORDER BY p.id DESC, c.accrued_at DESC, c.id DESC",
};

type PartnersRow = (
    Uuid,
    String,
    String,
    Option<Uuid>,
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<Moment>,
    Option<Uuid>,
    Option<String>,
);

pub async fn partners_of_group(database: &Database, tenant: Uuid, group: Uuid) -> Result<PartnersOfGroup, Failed> {
    let found: Vec<PartnersRow> = rows!(database, PARTNERS_OF_GROUP, tenant, group)?;
    let mut partners: Vec<PartnerWithCommissions> = Vec::with_capacity(20);
    for row in found {
        let id = PartnerId::from_uuid(row.0);
        if partners.last().is_none_or(|last| last.id != id) {
            partners.push(PartnerWithCommissions {
                id,
                name: row.1,
                status: row.2,
                commissions: Nodes {
                    nodes: Vec::with_capacity(10),
                },
            });
        }
        // A partner without commissions has a single row with nulls.
        let (Some(id), Some(status), Some(minor), Some(currency), Some(accrued_at)) =
            (row.3, row.4, row.5, row.6, row.7)
        else {
            continue;
        };
        let commission = Commission {
            id: CommissionId::from_uuid(id),
            status,
            amount: Amount::new(minor, currency)?,
            accrued_at,
            campaign: named::<tributary::domain::id::Campaign>(row.8, row.9),
        };
        if let Some(last) = partners.last_mut() {
            last.commissions.nodes.push(commission);
        }
    }
    Ok(PartnersOfGroup {
        partners: Nodes { nodes: partners },
    })
}

const PAGE_SIZE: usize = 50;

/// One row more than the page has, to know whether there is a next page.
const PAGE: Sql = Sql::of(
    "SELECT c.id, c.kind, c.status, c.amount_minor, c.currency, c.accrued_at, p.id, p.name, m.id, m.name
     FROM (SELECT * FROM commission WHERE tenant_id = $1 AND (accrued_at, id) < ($2, $3)
           ORDER BY accrued_at DESC, id DESC LIMIT 51) AS c
     JOIN partner p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
     LEFT JOIN campaign m ON m.tenant_id = c.tenant_id AND m.id = c.campaign_id
     ORDER BY c.accrued_at DESC, c.id DESC",
);

type PageRow = (
    Uuid,
    String,
    String,
    i64,
    String,
    Moment,
    Uuid,
    String,
    Option<Uuid>,
    Option<String>,
);

pub async fn page(database: &Database, tenant: Uuid, at: Moment, id: Uuid) -> Result<Page, Failed> {
    let mut found: Vec<PageRow> = rows!(database, PAGE, tenant, at, id)?;
    let has_next_page = found.len() > PAGE_SIZE;
    found.truncate(PAGE_SIZE);
    let nodes = found.into_iter().map(|row| {
        Ok(ListedCommission {
            id: CommissionId::from_uuid(row.0),
            kind: row.1,
            status: row.2,
            amount: Amount::new(row.3, row.4)?,
            accrued_at: row.5,
            partner: Named {
                id: PartnerId::from_uuid(row.6),
                name: row.7,
            },
            campaign: row.8.zip(row.9).map(|(id, name)| Named {
                id: CampaignId::from_uuid(id),
                name,
            }),
        })
    });
    let nodes = nodes.collect::<Result<_, Failed>>()?;
    Ok(Page {
        commissions: PageOfCommissions {
            nodes,
            page_info: PageInfo { has_next_page },
        },
    })
}
