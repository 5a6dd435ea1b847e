//! The programme of `serve --demo`: small, and made through the services as its staff would have made it, over the
//! months before the first start.
//!
//! Every step looks whether it was done already, so that a fill that was killed goes on where it ended. The last step
//! is a request: once that is there, the programme is its users' and no step is ever done again.

mod campaigns;
mod classes;
mod partners;
mod requests;

use std::collections::HashMap;

use chrono::Duration;

use crate::app::App;
use crate::auth::{Caller, Scope};
use crate::clock::Clock;
use crate::domain::money::Currency;
use crate::domain::partner::Partner;
use crate::domain::tenant::Tenant;
use crate::seed::draft::decimal;
use crate::service::ServiceError;
use crate::service::tenant::{NewTenant, create};
use crate::store::{self, StoreError};

pub const SLUG: &str = "demo";
/// Tells the tenant made here from one of the same slug that somebody made by hand, which is left alone.
const NAME: &str = "Lumen Partner Programme";
/// How old the programme is at the first start.
const DAYS: i64 = 240;

/// The demo's tenant, made and filled if it is missing.
pub async fn prepare(app: &App) -> Result<Tenant, ServiceError> {
    let known = store::tenant::find_by_name(app.store.reader(), SLUG).await?;
    let tenant = match known {
        Some(tenant) if tenant.name != NAME => return Ok(tenant),
        Some(tenant) => tenant,
        None => create_tenant(app).await?,
    };
    let stage = Stage { app, tenant };
    if !requests::last_is_there(&stage).await? {
        fill(&stage).await?;
    }
    Ok(stage.tenant)
}

/// The partner whose token is printed; `None` in a tenant that was not made here.
pub async fn portal_partner(app: &App, tenant: &Tenant) -> Result<Option<Partner>, StoreError> {
    let scope = Scope::tenant_wide(tenant.id);
    store::partner::find_by_external_id(app.store.reader(), &scope, &partners::external_id(0)).await
}

async fn create_tenant(app: &App) -> Result<Tenant, ServiceError> {
    let eur = Currency::parse("EUR").expect("the euro exists");
    let begin = at(app, app.clock.now() - Duration::days(DAYS));
    let tenant = NewTenant {
        slug: SLUG.to_owned(),
        name: NAME.to_owned(),
        base_currency: eur,
        time_zone: "Europe/Berlin".to_owned(),
        minimum_payouts: vec![(decimal("50"), eur)],
    };
    create(&begin, tenant).await
}

async fn fill(stage: &Stage<'_>) -> Result<(), ServiceError> {
    let groups = classes::groups(stage).await?;
    let tiers = classes::tiers(stage).await?;
    let categories = classes::categories(stage).await?;
    let advertisers = classes::advertisers(stage).await?;
    let campaigns = campaigns::make(stage, &advertisers).await?;
    let classes = Classes {
        groups,
        tiers,
        categories,
        campaigns,
    };
    partners::make(stage, &classes).await?;
    requests::make(stage, &classes).await
}

/// What partners refer to, by the names that the tables here use; the values are ids.
struct Classes {
    groups: Ids,
    tiers: Ids,
    categories: Ids,
    campaigns: Ids,
}

/// The ids of things by the last part of their external ids.
struct Ids(HashMap<&'static str, String>);

impl Ids {
    fn of(&self, key: &str) -> String {
        self.0[key].clone()
    }

    fn all(&self, keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| self.of(key)).collect()
    }
}

impl FromIterator<(&'static str, String)> for Ids {
    fn from_iter<I: IntoIterator<Item = (&'static str, String)>>(ids: I) -> Self {
        Self(ids.into_iter().collect())
    }
}

/// Where the demo's history plays.
struct Stage<'a> {
    app: &'a App,
    tenant: Tenant,
}

impl Stage<'_> {
    /// The program on a day of the programme's life. Neighbouring steps of a day get distinct times by their `turn`.
    fn on(&self, day: i64, turn: usize) -> App {
        let minutes = Duration::minutes(i64::try_from(turn).unwrap_or(0) * 47);
        at(self.app, self.tenant.created_at + Duration::days(day) + minutes)
    }

    fn caller(&self) -> Caller {
        Caller::operator(self.tenant.id, "demo")
    }

    fn scope(&self) -> Scope {
        Scope::tenant_wide(self.tenant.id)
    }
}

/// The same program at another time.
fn at(app: &App, moment: crate::domain::Timestamp) -> App {
    App::new(app.store.clone(), Clock::manual(moment), app.keys.clone())
}
