//! Creating tenants (command line only) and their settings.

use std::sync::Arc;

use crate::app::App;
use crate::ledger::tiers;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::Caller;
use domain::attribution::destination::{MAX_HOSTS, origin};
use domain::audit::Origin;
use domain::id::TenantId;
use domain::money::{Currency, Money};
use domain::problem::{Patch, ProblemCode, Problems};
use domain::tenant::{self, Tenant};
use domain::text;
use store::locks::InForce;

/// A tenant as entered.
#[derive(Clone, Debug)]
pub struct NewTenant {
    pub slug: String,
    pub name: String,
    pub base_currency: Currency,
    pub time_zone: String,
    pub minimum_payouts: Vec<(rust_decimal::Decimal, Currency)>,
}

#[derive(Clone, Debug, Default)]
pub struct TenantChange {
    pub name: Patch<String>,
    pub time_zone: Patch<String>,
    pub minimum_payouts: Patch<Vec<(rust_decimal::Decimal, Currency)>>,
    pub tracking_origins: Patch<Vec<String>>,
}

/// Creates a tenant. It needs no caller: anyone who can run the program on the database may do this.
pub async fn create(app: &App, input: NewTenant) -> Result<Tenant, ServiceError> {
    let now = app.clock.now();
    let mut problems = Problems::new();
    let slug = problems.take("slug", tenant::slug(&input.slug));
    let name = problems.take("name", text::name(&input.name));
    let time_zone = problems.take("timeZone", tenant::time_zone(&input.time_zone));
    let minimum_payouts = minimum_payouts(input.minimum_payouts, &mut problems);
    let id = TenantId::new(now);
    let command = Arc::new(Origin::command("tenant")).doing("tenant create");
    let transaction = app.store.begin(app.trail(id, command)).await?;
    if let Some(slug) = &slug {
        let holder = store::tenant::find_by_name(&transaction, slug).await?;
        problems.free("slug", holder.map(|tenant| tenant.id), None);
    }
    require!(problems; slug, name, time_zone, minimum_payouts);
    let base_currency = input.base_currency;
    let tenant = Tenant {
        id,
        slug,
        name,
        base_currency,
        time_zone,
        minimum_payouts,
        tracking_origins: Vec::new(),
        created_at: now,
        updated_at: now,
    };
    store::tenant::insert(&transaction, &tenant).await?;
    transaction.created(&tenant);
    transaction.commit().await?;
    Ok(tenant)
}

/// Changes the settings of the caller's tenant.
pub async fn update(app: &App, caller: &Caller, input: TenantChange) -> Result<Tenant, ServiceError> {
    let writer = caller.admin()?;
    let transaction = begin(app, &writer).await?;
    let changed = match input.time_zone {
        Patch::Keep => &[InForce::Settings][..],
        // Windows of tiers are cut by it.
        Patch::Set(_) | Patch::Clear => &[InForce::Settings, InForce::Tiers],
    };
    store::locks::change(&transaction, writer.tenant(), changed).await?;
    let current = store::tenant::get(&transaction, &writer.scope()).await?;
    let mut problems = Problems::new();
    let name = problems.changed("name", input.name, current.name.clone(), |name| text::name(&name));
    let time_zone = problems.changed("timeZone", input.time_zone, current.time_zone, |name| {
        tenant::time_zone(&name)
    });
    let minimum_payouts = match input.minimum_payouts.list() {
        None => Some(current.minimum_payouts.clone()),
        Some(list) => minimum_payouts(list, &mut problems),
    };
    let is_production = app.webhooks.outgoing.policy().production;
    let tracking_origins = match input.tracking_origins.list() {
        None => Some(current.tracking_origins.clone()),
        Some(list) => tracking_origins(&list, is_production, &mut problems),
    };
    require!(problems; name, time_zone, minimum_payouts, tracking_origins);
    let before = current.clone();
    let tenant = Tenant {
        name,
        time_zone,
        minimum_payouts,
        tracking_origins,
        updated_at: app.clock.now().max(current.updated_at),
        ..current
    };
    store::tenant::update(&transaction, &tenant).await?;
    if tenant.time_zone != before.time_zone {
        tiers::recut(&transaction, &writer, tenant.time_zone, tenant.updated_at).await?;
    }
    transaction.changed(&before, &tenant);
    commit(app, transaction, &writer, &tenant).await?;
    Ok(tenant)
}

/// The origins of pages, in the order in which they were entered, each once.
fn tracking_origins(entered: &[String], is_production: bool, problems: &mut Problems) -> Option<Vec<String>> {
    if !problems.at_most("trackingOrigins", entered.len(), MAX_HOSTS, "origins") {
        return None;
    }
    problems.within("trackingOrigins", |problems| {
        let mut origins: Vec<String> = Vec::with_capacity(entered.len());
        let mut is_right = true;
        for (place, text) in entered.iter().enumerate() {
            match problems.take(&place.to_string(), origin(text, is_production)) {
                Some(origin) if !origins.contains(&origin) => origins.push(origin),
                Some(_) => {}
                None => is_right = false,
            }
        }
        is_right.then_some(origins)
    })
}

fn minimum_payouts(list: Vec<(rust_decimal::Decimal, Currency)>, problems: &mut Problems) -> Option<Vec<Money>> {
    problems.within("minimumPayouts", |problems| {
        let count = list.len();
        let mut kept: Vec<Money> = Vec::with_capacity(count);
        for (index, (amount, currency)) in list.into_iter().enumerate() {
            let money = problems.take(&format!("{index}.amount"), Money::exact(amount, currency));
            let Some(money) = money else { continue };
            if money.minor() < 0 {
                problems.add(&format!("{index}.amount"), ProblemCode::Invalid, "must not be negative");
            } else if kept.iter().any(|other| other.currency() == currency) {
                problems.add(&format!("{index}.currency"), ProblemCode::Invalid, "is named twice");
            } else {
                kept.push(money);
            }
        }
        (kept.len() == count).then_some(kept)
    })
}
