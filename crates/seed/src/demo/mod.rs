//! The programme of `serve --demo`: small, and created through the services as its staff and its shops would have done,
//! over the months before the first start.
//!
//! Its history is a list of steps in the order of time ([`timeline`]), each performed at its own time. Steps are
//! idempotent: writes carry idempotency keys, and events are identified by their external ids, so an interrupted fill
//! continues where it stopped. The last step is a request to join: once it exists, the programme belongs to its users
//! and no step is performed again.
//!
//! All dates are days of the programme's life, which begins the same number of days before the first start, whenever
//! that is. Nothing that pays depends on where month boundaries fall among these days, so that the figures are always
//! the same, too.

mod campaigns;
mod coupons;
mod deals;
mod groups_and_labels;
mod links;
mod partners;
mod payouts;
mod pipeline;
mod refunds;
mod requests;
mod reviews;
mod sales;
mod step;
mod tiers;
mod timeline;
mod unpaid_sales;

use std::collections::HashMap;

use chrono::Duration;

use crate::draft::decimal;
use auth::{Call, Caller, Scope};
use domain::Timestamp;
use domain::money::Currency;
use domain::partner::Partner;
use domain::tenant::Tenant;
use service::ServiceError;
use service::app::App;
use service::clock::Clock;
use service::tenant::{NewTenant, create};
use store::StoreError;

pub const SLUG: &str = "demo";
/// Distinguishes the tenant created here from a hand-made one with the same slug, which is left alone.
const NAME: &str = "Lumen Partner Programme";
/// How old the programme is at the first start.
const DAYS: i64 = 240;

/// The demo's tenant, created and filled if it is missing.
pub async fn prepare(app: &App) -> Result<Tenant, ServiceError> {
    let known = store::tenant::find_by_name(app.store.reader(), SLUG).await?;
    let tenant = match known {
        Some(tenant) if tenant.name != NAME => return Ok(tenant),
        Some(tenant) => tenant,
        None => create_tenant(app).await?,
    };
    let demo = DemoContext { app, tenant };
    if !requests::last_is_there(&demo).await? {
        timeline::tell(&demo).await?;
    }
    Ok(demo.tenant)
}

/// The partner whose token is printed; `None` in a tenant that was not created here.
pub async fn portal_partner(app: &App, tenant: &Tenant) -> Result<Option<Partner>, StoreError> {
    let scope = Scope::tenant_wide(tenant.id);
    store::partner::find_by_external_id(app.store.reader(), &scope, &partners::external_id(0)).await
}

async fn create_tenant(app: &App) -> Result<Tenant, ServiceError> {
    let eur = currency("EUR");
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

/// The ids of what earlier steps created, by kind and by the names that the tables here use.
#[derive(Default)]
struct IdsByName(HashMap<(&'static str, String), String>);

impl IdsByName {
    fn put(&mut self, kind: &'static str, name: impl ToString, id: impl ToString) {
        self.0.insert((kind, name.to_string()), id.to_string());
    }

    fn of(&self, kind: &'static str, name: impl ToString) -> String {
        let name = name.to_string();
        let found = self.0.get(&(kind, name.clone()));
        found.unwrap_or_else(|| panic!("{kind} {name} comes later")).clone()
    }

    /// For names separated by spaces.
    fn all(&self, kind: &'static str, names: &str) -> Vec<String> {
        names.split_whitespace().map(|name| self.of(kind, name)).collect()
    }
}

/// The app and the tenant in which the demo's history takes place.
struct DemoContext<'a> {
    app: &'a App,
    tenant: Tenant,
}

impl DemoContext<'_> {
    /// The moment at which the programme has this age.
    fn moment(&self, age: Duration) -> Timestamp {
        self.tenant.created_at + age
    }

    fn at(&self, age: Duration) -> App {
        at(self.app, self.moment(age))
    }

    /// The app with its clock at that age, and a staff caller whose idempotency key is the step's name.
    fn step(&self, age: Duration, name: &str) -> (App, Caller) {
        let call = Call {
            operation: "demo".to_owned(),
            key: name.to_owned(),
            // A name always stands for the same request.
            content: Vec::new(),
        };
        (self.at(age), self.caller().calling(call))
    }

    fn caller(&self) -> Caller {
        Caller::operator(self.tenant.id, "demo")
    }

    fn scope(&self) -> Scope {
        Scope::tenant_wide(self.tenant.id)
    }
}

/// The same app with its clock set to another time.
fn at(app: &App, moment: Timestamp) -> App {
    App {
        clock: Clock::manual(moment),
        ..app.clone()
    }
}

/// The programme's age on this day of its life. `turn` gives neighbouring steps of a day distinct times.
fn on(day: i64, turn: usize) -> Duration {
    Duration::days(day) + Duration::minutes(i64::try_from(turn).unwrap_or(0) * 47)
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("a constant code")
}
