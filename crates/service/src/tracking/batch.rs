//! Writing a tenant's arrivals in one transaction: touches, how often links were followed, and whose clicks are.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::TimeDelta;
use uuid::Uuid;

use super::queue::{Arrival, Met, MetThing, Waiting};
use crate::app::App;
use crate::ledger::touches::{NamedThings, TouchName};
use auth::Scope;
use domain::Timestamp;
use domain::id::{LinkId, TenantId};
use domain::touch::{Touch, TouchKind};
use store::{Connection, StoreError};

/// How long after a click a page may name it.
const CLICK_ID_LIFE: TimeDelta = TimeDelta::minutes(30);

/// What became of a batch.
#[derive(Debug, Default)]
pub struct Written {
    pub touches: u64,
    /// Joins whose click is not there.
    pub missing: Vec<Waiting>,
}

/// Writes a tenant's arrivals: all of them or none.
pub async fn write(app: &App, tenant: TenantId, arrivals: &[Waiting]) -> Result<Written, StoreError> {
    let app = app.of_tenant(tenant);
    let scope = Scope::tenant_wide(tenant);
    let transaction = app.store.begin_unaudited().await?;
    let written = already_written(&transaction, &scope, arrivals).await?;
    let (links, names) = named(arrivals);
    // Links that nothing has touched yet may have been deleted meanwhile.
    let links = store::link::by_ids(&transaction, &scope, &links).await?;
    let things = NamedThings::look_up(&transaction, &scope, &names, &[]).await?;
    let (mut touches, mut days) = (Vec::new(), BTreeMap::<(LinkId, String), i64>::new());
    for waiting in arrivals {
        let found = match &waiting.arrival {
            Arrival::Click(click) if links.contains_key(&click.link_id.uuid()) => {
                let touch = Touch {
                    id: click.id,
                    kind: TouchKind::Click,
                    partner_id: click.partner_id,
                    campaign_id: click.campaign_id,
                    link_id: Some(click.link_id),
                    coupon_id: None,
                    link_disabled: false,
                    visitor_id: None,
                    customer_id: None,
                    external_id: None,
                    click_id: Some(click.click_id.clone()),
                    time_stated: false,
                    occurred_at: click.at,
                    recorded_at: app.clock.now(),
                };
                Some((touch, &click.day))
            }
            Arrival::Met(met) => touch_of(met, &things, app.clock.now()).map(|touch| (touch, &met.day)),
            Arrival::Click(_) | Arrival::Join(_) => None,
        };
        let Some((touch, day)) = found.filter(|(touch, _)| !written.contains(&touch.id.uuid())) else {
            continue;
        };
        if let Some(link) = touch.link_id {
            *days.entry((link, day.clone())).or_default() += 1;
        }
        touches.push(touch);
    }
    transaction
        .write(|writes| {
            store::touch::add(writes, tenant, &touches);
            store::link_day::add(writes, tenant, &days);
        })
        .await?;
    let missing = join(&transaction, &scope, arrivals, app.clock.now()).await?;
    transaction.commit().await?;
    Ok(Written {
        touches: u64::try_from(touches.len()).unwrap_or(u64::MAX),
        missing,
    })
}

/// Those of the uncertain touches that are there.
async fn already_written(
    transaction: &Connection,
    scope: &Scope,
    arrivals: &[Waiting],
) -> Result<HashSet<Uuid>, StoreError> {
    let uncertain = arrivals.iter().filter(|waiting| waiting.is_uncertain);
    let ids = uncertain.filter_map(|waiting| match &waiting.arrival {
        Arrival::Click(click) => Some(click.id.uuid()),
        Arrival::Met(met) => Some(met.id.uuid()),
        Arrival::Join(_) => None,
    });
    let ids: Vec<_> = ids.collect();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(store::touch::by_ids(transaction, scope, &ids)
        .await?
        .into_keys()
        .collect())
}

/// The links of clicks, and what pages name.
fn named(arrivals: &[Waiting]) -> (Vec<Uuid>, Vec<TouchName>) {
    let (mut links, mut names) = (HashSet::new(), Vec::new());
    for waiting in arrivals {
        match &waiting.arrival {
            Arrival::Click(click) => {
                links.insert(click.link_id.uuid());
            }
            Arrival::Met(met) => names.push(name(&met.thing)),
            Arrival::Join(_) => {}
        }
    }
    (links.into_iter().collect(), names)
}

fn name(thing: &MetThing) -> TouchName {
    match thing {
        MetThing::Link(key) => TouchName::Link(key.clone()),
        MetThing::Coupon(code) => TouchName::Coupon(code.clone()),
    }
}

/// The touch that a page reports; `None`: there is no such link or coupon, or it was out of use.
fn touch_of(met: &Met, things: &NamedThings, now: Timestamp) -> Option<Touch> {
    let name = name(&met.thing);
    let thing = things.find(&name)?;
    if let TouchName::Coupon(code) = &name {
        let (coupon, standing) = things.coupon(code)?;
        coupon.check(met.at, standing.partner, None).ok()?;
    }
    if thing.link_disabled(met.at) {
        return None;
    }
    Some(Touch {
        id: met.id,
        kind: thing.kind,
        partner_id: thing.partner_id,
        campaign_id: thing.campaign_id,
        link_id: thing.link_id(),
        coupon_id: thing.coupon_id,
        link_disabled: false,
        visitor_id: Some(met.visitor_id.clone()),
        customer_id: None,
        external_id: None,
        click_id: None,
        time_stated: false,
        occurred_at: met.at,
        recorded_at: now,
    })
}

/// Gives clicks to the visitors who name them, each to the first. Returns the joins whose click is not there.
async fn join(
    transaction: &Connection,
    scope: &Scope,
    arrivals: &[Waiting],
    now: Timestamp,
) -> Result<Vec<Waiting>, StoreError> {
    let (mut first, mut order) = (HashMap::new(), Vec::new());
    for waiting in arrivals {
        let Arrival::Join(join) = &waiting.arrival else {
            continue;
        };
        // Time may have passed in line, which is not the visitor's fault.
        if let std::collections::hash_map::Entry::Vacant(place) = first.entry(join.click_id.clone()) {
            place.insert(waiting);
            order.push((join.click_id.clone(), join.visitor_id.clone(), join.at));
        }
    }
    let Some(earliest) = order.iter().map(|(_, _, at)| *at).min() else {
        return Ok(Vec::new());
    };
    let pairs: Vec<_> = order.into_iter().map(|(click, visitor, _)| (click, visitor)).collect();
    let since = earliest.min(now) - CLICK_ID_LIFE;
    let there = store::touch::join(transaction, scope, &pairs, since).await?;
    first.retain(|click, _| !there.contains(click));
    Ok(first.into_values().cloned().collect())
}
