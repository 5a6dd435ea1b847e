//! Deleting partners and deals that nothing refers to.

use super::{ServiceError, deal, require};
use crate::app::App;
use crate::ids::named;
use crate::ledger::lock_partners;
use auth::{Caller, Resource};
use domain::id::{DealId, PartnerId};
use domain::problem::Problems;

/// Deletes a partner with its status history, memberships and API keys; tokens for it stop working.
pub async fn delete_partner(app: &App, caller: &Caller, id: &str) -> Result<PartnerId, ServiceError> {
    let writer = caller.write(Resource::Partners)?;
    let mut problems = Problems::new();
    let transaction = app.begin(&writer).await?;
    let lock = async |id| Ok(lock_partners(&transaction, &writer, &[], vec![id]).await?.pop());
    let Some(locked) = named("id", id, &mut problems, lock).await? else {
        return Err(problems.into());
    };
    let id = locked.partner.id;
    let references = store::deletion::references_of_partner(&transaction, &writer.scope(), id).await?;
    problems.in_use("id", &references);
    require!(problems);
    let by = (writer.actor(), app.clock.now());
    transaction.deleted(&locked.partner);
    store::deletion::delete_partner(&transaction, writer.tenant(), id, by).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Deletes a deal with its custom field values.
pub async fn delete_deal(app: &App, caller: &Caller, id: &str) -> Result<DealId, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let mut problems = Problems::new();
    let transaction = app.begin(&writer).await?;
    let Some((_, deal)) = deal::locked(&transaction, &writer, id, &mut problems).await? else {
        return Err(problems.into());
    };
    let references = store::deletion::references_of_deal(&transaction, &writer.scope(), deal.id).await?;
    problems.in_use("id", &references);
    require!(problems);
    transaction.deleted(&deal);
    store::deletion::delete_deal(&transaction, writer.tenant(), deal.id).await?;
    transaction.commit().await?;
    Ok(deal.id)
}
