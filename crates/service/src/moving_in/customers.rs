//! Imported customers, bound to the partners that brought them.

use super::{MAX_RECORDS, Mode, MovingInResult, attempts, unchanged};
use crate::ServiceError;
use crate::app::App;
use crate::erased_names::ErasedNames;
use crate::imported::Outcome;
use auth::{Caller, Resource, Writer};
use domain::Timestamp;
use domain::event::Customer;
use domain::id::{CampaignId, CustomerId, PartnerId};
use domain::problem::{Problem, ProblemCode, Problems};
use domain::{text, time};
use store::{StoreError, Transaction};

/// A customer of another system.
#[derive(Clone, Debug)]
pub struct NewCustomer {
    pub external_id: String,
    /// `None`: now.
    pub acquired_at: Option<Timestamp>,
    /// The partner that brought it; `None`: no partner yet.
    pub partner_id: Option<PartnerId>,
    /// Only with a partner.
    pub campaign_id: Option<CampaignId>,
}

/// Imports customers, at most [`MAX_RECORDS`]; the caller has looked up partners and campaigns. Two statements.
pub async fn bring_in(
    app: &App,
    caller: &Caller,
    mode: Mode,
    customers: Vec<NewCustomer>,
) -> Result<Vec<MovingInResult>, ServiceError> {
    debug_assert!(customers.len() <= MAX_RECORDS, "the caller cuts them");
    let writer = caller.write(Resource::Events)?;
    let latest = app.clock.now() + app.latest_occurrence;
    let mut checked: Vec<_> = customers.into_iter().map(|customer| check(customer, latest)).collect();
    let names = checked.iter().flatten().map(|customer| &customer.external_id);
    let keys = app.webhooks.keys.as_deref();
    let erased = ErasedNames::if_any(keys, app.store.reader(), &writer, names).await?;
    for customer in checked.iter_mut().flatten() {
        erased.rename(&mut customer.external_id);
    }
    attempts(app, &writer, mode, async |transaction| {
        attempt(transaction, &writer, app.clock.now(), &checked).await
    })
    .await
}

fn check(customer: NewCustomer, latest: Timestamp) -> Result<NewCustomer, Vec<Problem>> {
    let mut problems = Problems::new();
    let external_id = problems.take("externalId", text::external_id(&customer.external_id));
    if customer.campaign_id.is_some() && customer.partner_id.is_none() {
        problems.add("partner", ProblemCode::Required, "must name the partner who brought it");
    }
    problems.optional("acquiredAt", customer.acquired_at, |at| time::happened(at, latest));
    match external_id {
        Some(external_id) if problems.is_empty() => Ok(NewCustomer {
            external_id,
            ..customer
        }),
        _ => Err(problems.into_vec()),
    }
}

async fn attempt(
    transaction: &Transaction,
    writer: &Writer,
    now: Timestamp,
    customers: &[Result<NewCustomer, Vec<Problem>>],
) -> Result<Vec<MovingInResult>, StoreError> {
    let fine = customers.iter().filter_map(|customer| customer.as_ref().ok());
    let names: Vec<_> = fine.map(|customer| customer.external_id.clone()).collect();
    let mut there = store::customer::by_external_ids(transaction, &writer.scope(), &names).await?;
    let mut new = Vec::new();
    let mut answers = Vec::with_capacity(customers.len());
    for customer in customers {
        answers.push(match customer {
            Err(problems) => Err(problems.clone()),
            Ok(customer) => match there.get(&customer.external_id) {
                Some(known) => as_it_is(customer, known),
                None => {
                    let made = Customer {
                        id: CustomerId::new(now),
                        external_id: customer.external_id.clone(),
                        acquired_at: customer.acquired_at.unwrap_or(now),
                        partner_id: customer.partner_id,
                        campaign_id: customer.campaign_id,
                    };
                    there.insert(made.external_id.clone(), made.clone());
                    new.push(made);
                    Ok(Outcome::Created)
                }
            },
        });
    }
    new.sort_by(|one, other| one.external_id.cmp(&other.external_id));
    let tenant = writer.tenant();
    let write = transaction.write(|writes| {
        store::customer::bring_in(writes, tenant, &new, now);
        let members = new
            .iter()
            .filter_map(|customer| Some((customer.partner_id?, customer.campaign_id?)));
        let mut members: Vec<_> = members.collect();
        members.sort_unstable();
        members.dedup();
        store::campaign::join(writes, tenant, members, now);
    });
    write.await?;
    Ok(answers)
}

fn as_it_is(customer: &NewCustomer, known: &Customer) -> MovingInResult {
    let said = [
        (
            "acquiredAt",
            customer.acquired_at.is_none_or(|said| said == known.acquired_at),
        ),
        (
            "partner",
            customer.partner_id.is_none() || customer.partner_id == known.partner_id,
        ),
        (
            "campaign",
            customer.campaign_id.is_none() || customer.campaign_id == known.campaign_id,
        ),
    ];
    unchanged("customer", &said)
}
