//! The programme of `serve --demo`: small, and made through the services as its staff and its shops would have made it,
//! over the months before the first start.
//!
//! What happened is a list of steps in the order of time ([`story`]), each taken at its own time. A step is done once,
//! however often it is asked for: things bear idempotency keys, events are what they are by their external ids. So a fill
//! that was killed goes on where it ended. The last step is a request: once that is there, the programme is its users'
//! and no step is ever taken again.
//!
//! All dates are days of the programme's life, which begins the same number of days before the first start whenever that
//! is. So that the figures are the same, too, nothing that pays depends on how the calendar cuts these days into months.

mod campaigns;
mod classes;
mod deals;
mod leaks;
mod partners;
mod payouts;
mod pipeline;
mod requests;
mod returns;
mod reviews;
mod sales;
mod story;
mod tiers;

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
use store::{self, StoreError};

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
    let stage = DemoContext { app, tenant };
    if !requests::last_is_there(&stage).await? {
        story::tell(&stage).await?;
    }
    Ok(stage.tenant)
}

/// The partner whose token is printed; `None` in a tenant that was not made here.
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

/// The ids of what the steps before have made, by kind and by the names that the tables here use.
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

/// Where the demo's history plays.
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

    /// The program at that age of the programme, and the staff who takes the step of this name once.
    fn step(&self, age: Duration, name: &str) -> (App, Caller) {
        let call = Call {
            operation: "demo".to_owned(),
            key: name.to_owned(),
            // A step of this name never asks for anything else.
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

/// The same program at another time.
fn at(app: &App, moment: Timestamp) -> App {
    App {
        clock: Clock::manual(moment),
        ..app.clone()
    }
}

/// The age of the programme on this day of its life. Neighbouring steps of a day get distinct times by their `turn`.
fn on(day: i64, turn: usize) -> Duration {
    Duration::days(day) + Duration::minutes(i64::try_from(turn).unwrap_or(0) * 47)
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("a constant code")
}
