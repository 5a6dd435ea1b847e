//! Payment stages.

use crate::aggregate::aggregate;
use crate::app::App;
use crate::external_id::check_free;
use crate::ids::named;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Resource, Writer};
use domain::deal::{PaymentStage, StageOutcome};
use domain::id::{self, PaymentStageId};
use domain::problem::{Fault, Patch, ProblemCode, Problems};
use domain::text;
use store::locks::InForce;
use store::{StoreError, Transaction};

aggregate!(PaymentStage: PaymentStage, in stage, with external_id, answer);

/// A stage as entered.
#[derive(Clone, Debug)]
pub struct NewStage {
    pub label: String,
    pub position: i32,
    pub outcome: StageOutcome,
    pub external_id: Option<String>,
}

/// Changes of a stage.
#[derive(Clone, Debug)]
pub struct StageChange {
    pub id: String,
    pub label: Patch<String>,
    pub position: Patch<i32>,
    pub outcome: Patch<StageOutcome>,
    pub external_id: Patch<String>,
}

pub async fn create(app: &App, caller: &Caller, input: NewStage) -> Result<PaymentStage, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let mut problems = Problems::new();
    let label = problems.take("label", text::name(&input.label));
    let position = problems.take("position", position(input.position));
    let external_id = problems.optional("externalId", input.external_id, |text| text::external_id(&text));
    let transaction = begin(app, &writer).await?;
    check_free::<id::PaymentStage>(&transaction, &writer, &external_id, None, &mut problems).await?;
    require!(problems; label, position, external_id);
    let stage = PaymentStage {
        id: PaymentStageId::new(app.clock.now()),
        label,
        position,
        outcome: input.outcome,
        external_id,
    };
    store::stage::insert(&transaction, writer.tenant(), &stage).await?;
    transaction.created(&stage);
    commit(app, transaction, &writer, &stage).await?;
    Ok(stage)
}

pub async fn update(app: &App, caller: &Caller, input: StageChange) -> Result<PaymentStage, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some(current) = locked(&transaction, &writer, &input.id, &mut problems).await? else {
        return Err(problems.into());
    };
    let label = problems.changed("label", input.label, current.label.clone(), |text| text::name(&text));
    let position = problems.changed("position", input.position, current.position, position);
    let outcome = problems.changed("outcome", input.outcome, current.outcome, Ok);
    if outcome.is_some_and(|outcome| outcome != current.outcome) {
        // A deal must not become lost, or stop being lost, without being moved: losing it reverses its commissions.
        let deals = store::stage::count_deals(&transaction, &writer.scope(), current.id).await?;
        if deals > 0 {
            let message = format!("cannot change while {deals} deals are in the stage: move them first");
            problems.add("outcome", ProblemCode::InUse, message);
        }
    }
    let external_id = problems.changed_optional("externalId", input.external_id, current.external_id.clone(), |text| {
        text::external_id(&text)
    });
    check_free(&transaction, &writer, &external_id, Some(current.id), &mut problems).await?;
    require!(problems; label, position, outcome, external_id);
    let stage = PaymentStage {
        id: current.id,
        label,
        position,
        outcome,
        external_id,
    };
    store::stage::update(&transaction, writer.tenant(), &stage).await?;
    transaction.changed(&current, &stage);
    commit(app, transaction, &writer, &stage).await?;
    Ok(stage)
}

/// Deletes a stage that nothing refers to.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<PaymentStageId, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let mut problems = Problems::new();
    let transaction = app.begin(&writer).await?;
    let Some(stage) = locked(&transaction, &writer, id, &mut problems).await? else {
        return Err(problems.into());
    };
    let references = store::stage::count_references(&transaction, &writer.scope(), stage.id).await?;
    problems.in_use("id", &references);
    require!(problems);
    store::stage::delete(&transaction, writer.tenant(), stage.id).await?;
    transaction.deleted(&stage);
    transaction.commit().await?;
    Ok(stage.id)
}

fn position(position: i32) -> Result<i32, Fault> {
    if position < 0 {
        return Err(Fault::invalid("must not be negative"));
    }
    Ok(position)
}

async fn locked(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<PaymentStage>, StoreError> {
    let lock = async |id| {
        store::locks::change(transaction, writer.tenant(), &[InForce::Pipeline]).await?;
        store::stage::lock(transaction, &writer.scope(), id).await
    };
    named("id", id, problems, lock).await
}
