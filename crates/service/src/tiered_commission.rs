//! Tiered commissions.

use crate::aggregate::aggregate;
use crate::app::App;
use crate::external_id::check_free;
use crate::ids::named;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Resource, Writer};
use domain::Timestamp;
use domain::id::TieredCommissionId;
use domain::money::Currency;
use domain::problem::{Patch, ProblemCode, Problems};
use domain::text;
use domain::tiered::{self, CheckedTier, Draft, TieredCommission, changed};
use store::locks::InForce;
use store::{Connection, StoreError, Transaction};

pub mod import;
mod references;
mod simulate;

pub use simulate::{SimulatedTiers, TierSimulation, simulate};

aggregate!(TieredCommission: TieredCommission, in tiered_commission, with external_id, answer);

/// A tiered commission as entered.
#[derive(Clone, Debug)]
pub struct NewTieredCommission {
    pub external_id: Option<String>,
    pub draft: Draft,
}

/// Changes of a tiered commission. Goals and lists are replaced as a whole.
#[derive(Clone, Debug, Default)]
pub struct TieredCommissionUpdate {
    pub id: String,
    pub external_id: Patch<String>,
    pub change: tiered::TieredCommissionChange,
}

/// Creates a tier. Its counters are added up from the events of its current windows when they are next read.
pub async fn create(app: &App, caller: &Caller, input: NewTieredCommission) -> Result<TieredCommission, ServiceError> {
    let writer = caller.write(Resource::TieredCommissions)?;
    let base_currency = base_currency(app, &writer).await?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    store::locks::change(&transaction, writer.tenant(), &[InForce::Tiers]).await?;
    let now = app.clock.now();
    let tier = proposed(&transaction, &writer, input, (base_currency, None), now, &mut problems).await?;
    require!(problems; tier);
    store::tiered_commission::insert(&transaction, writer.tenant(), &tier).await?;
    transaction.created(&tier);
    commit(app, transaction, &writer, &tier).await?;
    Ok(tier)
}

/// Changes a tier. Its counters are valid for one version only, so that they are added up again for the next one.
pub async fn update(
    app: &App,
    caller: &Caller,
    input: TieredCommissionUpdate,
) -> Result<TieredCommission, ServiceError> {
    let writer = caller.write(Resource::TieredCommissions)?;
    let base_currency = base_currency(app, &writer).await?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some(current) = locked(&transaction, &writer, &input.id, &mut problems).await? else {
        return Err(problems.into());
    };
    if current.archived_at.is_some() {
        problems.add(
            "id",
            ProblemCode::Conflict,
            "is archived: create another tiered commission instead",
        );
        return Err(problems.into());
    }
    let external_id = problems.changed_optional("externalId", input.external_id, current.external_id.clone(), |text| {
        text::external_id(&text)
    });
    check_free(&transaction, &writer, &external_id, Some(current.id), &mut problems).await?;
    let draft = changed(&current, input.change, &mut problems);
    references::check(&transaction, &writer.scope(), &[(Vec::new(), &draft)], &mut problems).await?;
    let checked = tiered::checked(draft, base_currency, &mut problems);
    require!(problems; external_id, checked);
    let CheckedTier { tier, notes, audience } = checked;
    let next = TieredCommission {
        external_id,
        tier,
        notes,
        audience,
        ..current.clone()
    };
    let tier = put_changed(&transaction, &writer, current, next, app.clock.now()).await?;
    commit(app, transaction, &writer, &tier).await?;
    Ok(tier)
}

/// Deletes a tier that has never changed an amount; one that has is archived: it stops acting, stays readable, and
/// leaves the lists.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<TieredCommissionId, ServiceError> {
    let writer = caller.write(Resource::TieredCommissions)?;
    let mut problems = Problems::new();
    let transaction = app.begin(&writer).await?;
    let Some(tier) = locked(&transaction, &writer, id, &mut problems).await? else {
        return Err(problems.into());
    };
    let id = tier.id;
    if !store::tiered_commission::has_paid(&transaction, &writer.scope(), id).await? {
        store::tiered_commission::delete(&transaction, writer.tenant(), id).await?;
        transaction.deleted(&tier);
    } else if tier.archived_at.is_none() {
        let now = app.clock.now().max(tier.updated_at);
        let archived = TieredCommission {
            archived_at: Some(now),
            updated_at: now,
            ..tier.clone()
        };
        store::tiered_commission::update(&transaction, writer.tenant(), &archived).await?;
        transaction.changed(&tier, &archived);
    }
    transaction.commit().await?;
    Ok(id)
}

async fn locked(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<TieredCommission>, StoreError> {
    let lock = async |id| {
        store::locks::change(transaction, writer.tenant(), &[InForce::Tiers]).await?;
        store::tiered_commission::lock(transaction, &writer.scope(), id).await
    };
    named("id", id, problems, lock).await
}

/// Checks a proposed tier as if it were to be created. If it replaces `me`, it has the currency of that tier by
/// default.
pub(crate) async fn proposed(
    transaction: &Transaction,
    writer: &Writer,
    input: NewTieredCommission,
    (currency, me): (Currency, Option<TieredCommissionId>),
    now: Timestamp,
    problems: &mut Problems,
) -> Result<Option<TieredCommission>, StoreError> {
    let tier = checked(transaction, writer, input, currency, now, problems).await?;
    let external_id = tier.as_ref().map(|tier| tier.external_id.clone());
    check_free(transaction, writer, &external_id, me, problems).await?;
    Ok(tier)
}

/// The tier that an input describes, or `None` after noting what is wrong with it. Does not check whether its external
/// id is free.
async fn checked(
    database: &Connection,
    writer: &Writer,
    input: NewTieredCommission,
    base_currency: Currency,
    now: Timestamp,
    problems: &mut Problems,
) -> Result<Option<TieredCommission>, StoreError> {
    let external_id = problems.optional("externalId", input.external_id, |text| text::external_id(&text));
    let known = references::check(database, &writer.scope(), &[(Vec::new(), &input.draft)], problems).await?;
    let checked = tiered::checked(input.draft, base_currency, problems);
    let (Some(external_id), Some(CheckedTier { tier, notes, audience }), true) = (external_id, checked, known) else {
        return Ok(None);
    };
    Ok(Some(TieredCommission {
        id: TieredCommissionId::new(now),
        external_id,
        version: 1,
        tier,
        notes,
        audience,
        archived_at: None,
        created_at: now,
        updated_at: now,
    }))
}

/// Writes a tier as its next version, unless nothing has changed.
async fn put_changed(
    transaction: &Transaction,
    writer: &Writer,
    current: TieredCommission,
    next: TieredCommission,
    now: Timestamp,
) -> Result<TieredCommission, StoreError> {
    if next == current {
        return Ok(current);
    }
    let next = TieredCommission {
        version: current.version + 1,
        // Never earlier than the version before.
        updated_at: now.max(current.updated_at),
        ..next
    };
    store::tiered_commission::update(transaction, writer.tenant(), &next).await?;
    transaction.changed(&current, &next);
    Ok(next)
}

async fn base_currency(app: &App, writer: &Writer) -> Result<Currency, StoreError> {
    let tenant = store::tenant::get(app.store.reader(), &writer.scope()).await?;
    Ok(tenant.base_currency)
}
