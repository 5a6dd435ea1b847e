//! Moving a deal through the stages of the pipeline, and renewing it.

use super::Done;
use super::checks::locked;
use super::payments::DealPayments;
use crate::app::App;
use crate::ids::named;
use crate::once::{begin, commit, repeated};
use crate::{ServiceError, require};
use auth::{Caller, Resource};
use domain::deal::Deal;
use domain::problem::{ProblemCode, Problems};
use store::partner::LockedPartner;

/// Moves a deal into a stage and pays what the rules say; a stage where deals are lost reverses what is still accrued.
/// If the deal is in that stage already, nothing happens.
pub async fn move_to(app: &App, caller: &Caller, id: &str, stage_id: &str) -> Result<Done, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let found = locked(&transaction, &writer, id, &mut problems).await?;
    let find = async |id| store::stage::find(&transaction, &writer.scope(), id).await;
    let stage = named("stageId", stage_id, &mut problems, find).await?;
    require!(problems; found, stage);
    let (LockedPartner { partner, last }, current) = found;
    if current.stage_id == Some(stage.id) {
        let done = Done {
            deal: current,
            commissions: Vec::new(),
        };
        commit(app, transaction, &writer, &done).await?;
        return Ok(done);
    }
    let moment = last.next(app.clock.now().max(current.updated_at));
    let now = moment.at;
    let deal = Deal {
        stage_id: Some(stage.id),
        updated_at: now,
        ..current.clone()
    };
    store::deal::update(&transaction, writer.tenant(), &deal).await?;
    transaction.changed(&current, &deal);
    let desk = DealPayments::open(&transaction, &writer, &partner, &deal, moment).await?;
    let commissions = desk.enter(&stage).await?;
    let done = Done { deal, commissions };
    commit(app, transaction, &writer, &done).await?;
    Ok(done)
}

/// Records that a deal was renewed: every recurring part that has started pays its next occurrence.
pub async fn renew(app: &App, caller: &Caller, id: &str) -> Result<Done, ServiceError> {
    repeated(|| renew_once(app, caller, id)).await
}

async fn renew_once(app: &App, caller: &Caller, id: &str) -> Result<Done, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let scope = writer.scope();
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some((LockedPartner { partner, last }, current)) = locked(&transaction, &writer, id, &mut problems).await?
    else {
        return Err(problems.into());
    };
    if let Some(stage) = current.stage_id
        && let Some(stage) = store::stage::find(&transaction, &scope, stage).await?
        && stage.outcome.is_lost()
    {
        let message = format!("is lost (stage {:?}): a lost deal cannot be renewed", stage.label);
        problems.add("id", ProblemCode::InvalidTransition, message);
        return Err(problems.into());
    }
    let moment = last.next(app.clock.now().max(current.updated_at));
    let now = moment.at;
    let deal = Deal {
        renewals: current.renewals + 1,
        updated_at: now,
        ..current.clone()
    };
    store::deal::update(&transaction, writer.tenant(), &deal).await?;
    transaction.changed(&current, &deal);
    let desk = DealPayments::open(&transaction, &writer, &partner, &deal, moment).await?;
    let commissions = desk.renew().await?;
    let done = Done { deal, commissions };
    commit(app, transaction, &writer, &done).await?;
    Ok(done)
}
