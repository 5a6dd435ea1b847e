//! The subjects of requests: ids from the database, spread over all tenants, the same in every run over the same data.

mod promises;

use tributary::domain::id::{Id, Kind};
use uuid::Uuid;

use crate::Failure;
use crate::database::{Database, Sql, rows};

pub use promises::{Promise, promises};

/// Maximum number of ids per tenant and kind.
const OF_EACH: usize = 100;

pub struct Sample {
    pub tenants: Vec<Tenant>,
}

pub struct Tenant {
    pub id: Uuid,
    /// Active partners.
    pub partners: Vec<Uuid>,
    pub groups: Vec<Uuid>,
    /// The rows just before the beginning of page 200 and of some pages around it.
    pub places: Vec<Place>,
    pub promises: Vec<Promise>,
}

/// A row's place in the list of commissions, newest first.
#[derive(Clone, Debug)]
pub struct Place {
    pub at: chrono::DateTime<chrono::Utc>,
    pub id: Uuid,
}

/// Page 200 of 50 rows begins after this row; in small data sets the middle is used instead.
const PAGE_200: i64 = 199 * 50;

pub async fn sample(database: &Database) -> Result<Sample, Failure> {
    let all = Sql::of("SELECT id FROM tenant WHERE slug LIKE 'bench-%' ORDER BY slug");
    let found: Vec<(Uuid,)> = rows!(database, all)?;
    let mut tenants = Vec::new();
    for (id,) in found {
        tenants.push(tenant(database, id).await?);
    }
    Ok(Sample { tenants })
}

async fn tenant(database: &Database, id: Uuid) -> Result<Tenant, Failure> {
    let partners = Sql::of("SELECT id FROM partner WHERE tenant_id = $1 AND status = 'ACTIVE' ORDER BY id");
    let partners: Vec<(Uuid,)> = rows!(database, partners, id)?;
    let groups = Sql::of("SELECT id FROM partner_group WHERE tenant_id = $1 ORDER BY id");
    let groups: Vec<(Uuid,)> = rows!(database, groups, id)?;
    let count = Sql::of("SELECT count(*) FROM commission WHERE tenant_id = $1");
    let count: Vec<(i64,)> = rows!(database, count, id)?;
    let offset = PAGE_200.min(count.first().map_or(0, |count| count.0) / 2);
    let places = Sql::of(
        "SELECT accrued_at, id FROM commission WHERE tenant_id = $1
         ORDER BY accrued_at DESC, id DESC LIMIT $2 OFFSET $3",
    );
    let places: Vec<(chrono::DateTime<chrono::Utc>, Uuid)> =
        rows!(database, places, id, i64::try_from(OF_EACH)?, offset)?;
    Ok(Tenant {
        id,
        partners: spread(partners.into_iter().map(|row| row.0).collect()),
        groups: groups.into_iter().map(|row| row.0).collect(),
        places: places.into_iter().map(|(at, id)| Place { at, id }).collect(),
        promises: spread(promises(database, id).await?),
    })
}

/// At most [`OF_EACH`] of them, with equal gaps.
fn spread<T>(all: Vec<T>) -> Vec<T> {
    let step = (all.len() / OF_EACH).max(1);
    all.into_iter().step_by(step).take(OF_EACH).collect()
}

/// The id as it is on the wire.
pub fn wire<K: Kind>(id: Uuid) -> String {
    Id::<K>::from_uuid(id).to_string()
}
