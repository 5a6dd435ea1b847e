//! Recording touches by themselves, and tying visitors to customers.

use std::collections::{BTreeMap, HashMap};

use crate::app::App;
use crate::erased_names::ErasedNames;
use crate::ledger::touches::{CheckedTouch, NamedThings, TouchDraft, TouchedThing};
use crate::once::{begin, commit, repeated};
use crate::tracking::day;
use crate::{ServiceError, require};
use auth::{Caller, Resource, Writer};
use domain::Timestamp;
use domain::event::Customer;
use domain::id::{CampaignId, CustomerId, LinkId, PartnerId, TouchId, VisitorId};
use domain::problem::{Problem, ProblemCode, Problems};
use domain::touch::{Touch, Visitor, visitor_id};
use domain::{text, time};
use store::{StoreError, Transaction};

/// Maximum number of touches of one call.
pub const MAX_TOUCHES: usize = 500;

/// A touch as sent.
#[derive(Clone, Debug)]
pub struct NewTouch {
    pub external_id: String,
    pub visitor_id: Option<String>,
    pub customer_external_id: Option<String>,
    pub touch: TouchDraft,
    /// Whose the link or coupon is said to be; it is a problem if that is wrong.
    pub owner: SaidOwner,
}

/// Of which partner and campaign something is said to be; `None`: nothing is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct SaidOwner {
    pub partner: Option<PartnerId>,
    pub campaign: Option<CampaignId>,
}

/// A recorded touch, and whether it had been recorded before.
#[derive(Clone, Debug)]
pub struct RecordedTouch {
    pub touch: Touch,
    pub duplicate: bool,
}

/// The result of one touch of a list: recorded, or its problems.
pub type TouchResult = Result<RecordedTouch, Vec<Problem>>;

/// A touch whose values are in range.
struct Checked {
    external_id: String,
    visitor_id: Option<String>,
    customer: Option<String>,
    touch: CheckedTouch,
    owner: SaidOwner,
}

/// Records touches, each independently of the others. One that was recorded before is not recorded again.
pub async fn record_touches(
    app: &App,
    caller: &Caller,
    touches: Vec<NewTouch>,
) -> Result<Vec<TouchResult>, ServiceError> {
    let writer = caller.write(Resource::Events)?;
    if touches.len() > MAX_TOUCHES {
        let message = format!("at most {MAX_TOUCHES} touches are recorded at once");
        return Err(Problems::one("", ProblemCode::Invalid, message).into());
    }
    repeated(|| Box::pin(record_once(app, &writer, &touches))).await
}

async fn record_once(app: &App, writer: &Writer, touches: &[NewTouch]) -> Result<Vec<TouchResult>, ServiceError> {
    let transaction = app.begin(writer).await?;
    let results = record_in(app, &transaction, writer, touches).await.map_err(raced)?;
    let is_new = |result: &&TouchResult| result.as_ref().is_ok_and(|recorded| !recorded.duplicate);
    transaction.counted(results.iter().filter(is_new).count() as u64);
    transaction.commit().await?;
    Ok(results)
}

/// Records touches in a transaction. Clicks are counted for their links, too.
pub(crate) async fn record_in(
    app: &App,
    transaction: &Transaction,
    writer: &Writer,
    touches: &[NewTouch],
) -> Result<Vec<TouchResult>, StoreError> {
    let latest = app.clock.now() + app.latest_occurrence;
    let checked: Vec<_> = touches.iter().map(|touch| check(touch, latest)).collect();
    let right: Vec<_> = checked.iter().filter_map(|checked| checked.as_ref().ok()).collect();
    let names: Vec<_> = right.iter().map(|checked| checked.touch.name.clone()).collect();
    let external_ids: Vec<_> = right.iter().map(|checked| checked.external_id.clone()).collect();
    let customers: Vec<_> = right.iter().filter_map(|checked| checked.customer.clone()).collect();
    let scope = writer.scope();
    let mut known = store::touch::by_external_ids(transaction, &scope, &external_ids).await?;
    let customers = customers_named(app, transaction, writer, customers).await?;
    let things = NamedThings::look_up(transaction, &scope, &names, &[]).await?;
    let now = app.clock.now();
    let (mut new, mut results) = (Vec::new(), Vec::with_capacity(touches.len()));
    for checked in checked {
        let made = checked.and_then(|checked| made(checked, &customers, &things, now));
        let result = match made {
            Err(problems) => Err(problems),
            Ok(touch) => match touch.external_id.as_ref().and_then(|id| known.get(id)) {
                Some(before) => repetition(before, touch),
                None => {
                    known.extend(touch.external_id.clone().map(|id| (id, touch.clone())));
                    new.push(touch.clone());
                    Ok(RecordedTouch {
                        touch,
                        duplicate: false,
                    })
                }
            },
        };
        results.push(result);
    }
    // In the same order in all transactions, so that they cannot deadlock.
    new.sort_by(|one, other| one.external_id.cmp(&other.external_id));
    let clicks = clicks_by_day(transaction, writer, &new).await?;
    let tenant = writer.tenant();
    let write = transaction.write(|writes| {
        store::touch::add(writes, tenant, &new);
        store::link_day::add(writes, tenant, &clicks);
    });
    write.await?;
    Ok(results)
}

/// How often which link was followed, by days of the tenant.
async fn clicks_by_day(
    transaction: &Transaction,
    writer: &Writer,
    touches: &[Touch],
) -> Result<BTreeMap<(LinkId, String), i64>, StoreError> {
    let mut clicks = BTreeMap::new();
    let followed = touches
        .iter()
        .filter_map(|touch| Some((touch.link_id?, touch.occurred_at)));
    let followed: Vec<_> = followed.collect();
    if followed.is_empty() {
        return Ok(clicks);
    }
    let tenant = store::tenant::get(transaction, &writer.scope()).await?;
    for (link, at) in followed {
        *clicks.entry((link, day(&tenant, at))).or_default() += 1;
    }
    Ok(clicks)
}

fn check(touch: &NewTouch, latest: Timestamp) -> Result<Checked, Vec<Problem>> {
    let mut problems = Problems::new();
    let external_id = problems.take("externalId", text::external_id(&touch.external_id));
    let visitor = problems.optional("visitorId", touch.visitor_id.as_deref(), visitor_id);
    let customer = problems.optional(
        "customerExternalId",
        touch.customer_external_id.as_deref(),
        text::external_id,
    );
    if touch.visitor_id.is_none() && touch.customer_external_id.is_none() {
        let message = "or customerExternalId must be given";
        problems.add("visitorId", ProblemCode::Required, message);
    }
    let owner = touch.owner;
    let checked = touch.touch.clone().check(latest, &mut problems);
    match (external_id, visitor, customer, checked) {
        (Some(external_id), Some(visitor_id), Some(customer), Some(touch)) if problems.is_empty() => Ok(Checked {
            external_id,
            visitor_id,
            customer,
            touch,
            owner,
        }),
        _ => Err(problems.into_vec()),
    }
}

/// The customers with these external ids, as they are sent.
async fn customers_named(
    app: &App,
    transaction: &Transaction,
    writer: &Writer,
    names: Vec<String>,
) -> Result<HashMap<String, CustomerId>, StoreError> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let erased = ErasedNames::if_any(app.webhooks.keys.as_deref(), transaction, writer, &names).await?;
    let stored = names.iter().map(|name| {
        let mut stored = name.clone();
        erased.rename(&mut stored);
        stored
    });
    let stored: Vec<_> = stored.collect();
    let found = store::customer::by_external_ids(transaction, &writer.scope(), &stored).await?;
    let found = names.into_iter().zip(&stored).filter_map(|(name, stored)| {
        let customer = found.get(stored)?;
        Some((name, customer.id))
    });
    Ok(found.collect())
}

fn made(
    checked: Checked,
    customers: &HashMap<String, CustomerId>,
    things: &NamedThings,
    now: Timestamp,
) -> Result<Touch, Vec<Problem>> {
    let mut problems = Problems::new();
    let customer_id = checked.customer.as_ref().and_then(|name| {
        let customer = customers.get(name).copied();
        if customer.is_none() {
            let message = "is not known: events and identifyCustomer make customers known";
            problems.add("customerExternalId", ProblemCode::NotFound, message);
        }
        customer
    });
    let thing = things.find(&checked.touch.name);
    match &thing {
        Some(thing) => checked.owner.check(thing, &mut problems),
        None => NamedThings::missing(&checked.touch.name, &mut problems),
    }
    let Some(thing) = thing.filter(|_| problems.is_empty()) else {
        return Err(problems.into_vec());
    };
    let occurred_at = checked.touch.occurred_at.unwrap_or(now);
    Ok(Touch {
        id: TouchId::new(now),
        kind: thing.kind,
        partner_id: thing.partner_id,
        campaign_id: thing.campaign_id,
        link_id: thing.link_id(),
        coupon_id: thing.coupon_id,
        link_disabled: thing.link_disabled(occurred_at),
        visitor_id: checked.visitor_id,
        customer_id,
        external_id: Some(checked.external_id),
        click_id: None,
        time_stated: checked.touch.occurred_at.is_some(),
        occurred_at,
        recorded_at: now,
    })
}

impl SaidOwner {
    fn check(self, thing: &TouchedThing<'_>, problems: &mut Problems) {
        if self.partner.is_some_and(|said| said != thing.partner_id) {
            problems.add(
                "partner",
                ProblemCode::Conflict,
                "is not the partner of the link or coupon",
            );
        }
        if self.campaign.is_some_and(|said| said != thing.campaign_id) {
            problems.add(
                "campaign",
                ProblemCode::Conflict,
                "is not the campaign of the link or coupon",
            );
        }
    }
}

/// The touch that was recorded under an external id before; a CONFLICT if its content differs.
fn repetition(before: &Touch, again: Touch) -> TouchResult {
    let time = |touch: &Touch| touch.time_stated.then_some(touch.occurred_at);
    let content = |touch: &Touch| {
        let of = (
            touch.kind,
            touch.partner_id,
            touch.campaign_id,
            touch.link_id,
            touch.coupon_id,
        );
        (of, touch.visitor_id.clone(), touch.customer_id, time(touch))
    };
    match content(before) == content(&again) {
        true => Ok(RecordedTouch {
            touch: before.clone(),
            duplicate: true,
        }),
        false => {
            let message = "was recorded before with different content";
            Err(Problems::one("externalId", ProblemCode::Conflict, message).into_vec())
        }
    }
}

/// Who a visitor is, as entered.
#[derive(Clone, Debug)]
pub struct Identification {
    pub visitor_id: String,
    pub customer_external_id: String,
    /// Of a customer who is not known yet; by default now.
    pub acquired_at: Option<Timestamp>,
}

/// Ties a visitor to a customer, for good. A customer who is not known yet becomes known.
pub async fn identify(app: &App, caller: &Caller, input: Identification) -> Result<Customer, ServiceError> {
    let writer = caller.write(Resource::Events)?;
    repeated(|| Box::pin(identify_once(app, &writer, &input))).await
}

async fn identify_once(app: &App, writer: &Writer, input: &Identification) -> Result<Customer, ServiceError> {
    let mut problems = Problems::new();
    let visitor = problems.take("visitorId", visitor_id(&input.visitor_id));
    let name = problems.take("customerExternalId", text::external_id(&input.customer_external_id));
    let latest = app.clock.now() + app.latest_occurrence;
    problems.optional("acquiredAt", input.acquired_at, |at| time::happened(at, latest));
    require!(problems; visitor, name);
    let transaction = begin(app, writer).await?;
    let mut stored = name.clone();
    let erased = ErasedNames::if_any(app.webhooks.keys.as_deref(), &transaction, writer, [&name]).await?;
    erased.rename(&mut stored);
    let scope = writer.scope();
    let known = store::customer::find_by_external_id(&transaction, &scope, &stored).await?;
    let tied = store::visitor::customers_of(&transaction, &scope, std::slice::from_ref(&visitor)).await?;
    let tied = tied.get(&visitor).copied();
    if tied.is_some() && tied != known.as_ref().map(|customer| customer.id) {
        problems.add("visitorId", ProblemCode::Conflict, "is tied to another customer");
    }
    require!(problems);
    let now = app.clock.now();
    let is_new = known.is_none();
    let customer = known.unwrap_or_else(|| Customer {
        id: CustomerId::new(now),
        external_id: stored,
        acquired_at: input.acquired_at.unwrap_or(now),
        partner_id: None,
        campaign_id: None,
    });
    let tie = tied.is_none().then(|| Visitor {
        id: VisitorId::new(now),
        visitor_id: Some(visitor),
        customer_id: customer.id,
        tied_at: now,
    });
    if is_new {
        transaction.created(&customer);
    }
    transaction.counted(u64::from(tie.is_some()));
    let write = transaction.write(|writes| {
        store::customer::add(writes, writer.tenant(), is_new.then_some(&customer));
        store::visitor::add(writes, writer.tenant(), &tie);
    });
    write.await.map_err(raced)?;
    commit(app, transaction, writer, &customer).await?;
    Ok(customer)
}

/// Reports a race if another writer has just taken an external id, or tied the visitor.
fn raced(error: StoreError) -> StoreError {
    match store::taken_field(&error) {
        Some("externalId" | "customerExternalId" | "visitorId") => StoreError::Raced,
        _ => error,
    }
}
