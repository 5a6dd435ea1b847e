//! Simulates tiers on made-up conversions, with the functions that pay real ones. Writes nothing.

use super::{NewTieredCommission, references};
use crate::app::App;
use crate::{ServiceError, require};
use auth::{Caller, Resource, Scope};
use domain::id;
use domain::money::Currency;
use domain::problem::{ProblemCode, Problems};
use domain::text;
use domain::tiered::{ConversionDraft, MAX_SIMULATED_TIERS, Simulation, Tier, conversions, tier};
use store::task::joined;
use store::{Connection, StoreError};

/// Tiers, stored or inline, and conversions of one partner on one campaign.
#[derive(Clone, Debug)]
pub struct TierSimulation {
    /// Ids of stored tiers, oldest first; archived ones count like the others.
    pub stored: Option<Vec<String>>,
    /// Or tiers that are not stored, oldest first. Their audience is ignored, and may be left out.
    pub inline: Option<Vec<NewTieredCommission>>,
    /// In the order of recording.
    pub conversions: Vec<ConversionDraft>,
    /// The currency of the conversions, and of inline tiers that name none. `None`: the one that all tiers share, or
    /// else the tenant's.
    pub currency: Option<Currency>,
}

/// The result of a simulation. `tiers` are in the order by which the simulation numbers them.
#[derive(Clone, Debug)]
pub struct SimulatedTiers {
    pub tiers: Vec<Tier>,
    pub simulation: Simulation,
}

pub async fn simulate(app: &App, caller: &Caller, input: TierSimulation) -> Result<SimulatedTiers, ServiceError> {
    let writer = caller.write(Resource::TieredCommissions)?;
    if input.stored.is_some() {
        // The results reveal the content of the tiers.
        caller.read(Resource::TieredCommissions)?;
    }
    let (scope, database) = (writer.scope(), app.store.reader());
    let tenant = store::tenant::get(database, &scope).await?;
    let mut problems = Problems::new();
    let default_currency = input.currency.unwrap_or(tenant.base_currency);
    let tiers = match (input.stored, input.inline) {
        (Some(ids), None) => stored(database, &scope, &ids, &mut problems).await?,
        (None, Some(tiers)) => inline(database, &scope, &tiers, default_currency, &mut problems).await?,
        _ => {
            problems.add("", ProblemCode::Invalid, "give either tieredCommissionIds or tiers");
            None
        }
    };
    let currency = input
        .currency
        .or_else(|| common_currency(tiers.as_deref()?))
        .unwrap_or(tenant.base_currency);
    let conversions = conversions(&input.conversions, currency, &mut problems);
    require!(problems; tiers, conversions);
    let zone = tenant.time_zone;
    // The largest simulations take so long that they would delay other requests of this thread.
    let work = tokio::task::spawn_blocking(move || {
        let simulation = domain::tiered::simulate(&tiers, &conversions, currency, zone);
        simulation.map(|simulation| SimulatedTiers { tiers, simulation })
    });
    match joined(work.await) {
        Ok(simulated) => Ok(simulated),
        Err(error) => {
            let message = format!("earns too much: {}", error.too_large);
            problems.add(
                &format!("conversions.{}", error.conversion),
                ProblemCode::Invalid,
                message,
            );
            Err(problems.into())
        }
    }
}

/// The stored tiers in the order of the list, without repetitions.
async fn stored(
    database: &Connection,
    scope: &Scope,
    texts: &[String],
    problems: &mut Problems,
) -> Result<Option<Vec<Tier>>, StoreError> {
    const FIELD: &str = "tieredCommissionIds";
    if !problems.size(FIELD, texts.len(), MAX_SIMULATED_TIERS) {
        return Ok(None);
    }
    let ids = texts.iter().enumerate();
    let ids = ids.map(|(index, text)| problems.id::<id::TieredCommission>(&format!("{FIELD}.{index}"), text));
    let ids: Vec<_> = ids.collect();
    let uuids: Vec<_> = ids.iter().flatten().map(|id| id.uuid()).collect();
    let mut found = store::tiered_commission::by_ids(database, scope, &uuids).await?;
    let mut tiers = Vec::with_capacity(ids.len());
    for (index, id) in ids.iter().enumerate() {
        let Some(id) = id else { continue };
        if ids[..index].contains(&Some(*id)) {
            continue;
        }
        let tier = found.remove(&id.uuid()).map(|commission| commission.tier);
        tiers.extend(problems.found(&format!("{FIELD}.{index}"), tier));
    }
    Ok(Some(tiers).filter(|_| problems.is_empty()))
}

async fn inline(
    database: &Connection,
    scope: &Scope,
    inputs: &[NewTieredCommission],
    currency: Currency,
    problems: &mut Problems,
) -> Result<Option<Vec<Tier>>, StoreError> {
    const FIELD: &str = "tiers";
    if !problems.size(FIELD, inputs.len(), MAX_SIMULATED_TIERS) {
        return Ok(None);
    }
    let mut tiers = Vec::with_capacity(inputs.len());
    let mut drafts = Vec::with_capacity(inputs.len());
    for (index, NewTieredCommission { external_id, draft }) in inputs.iter().enumerate() {
        let place = vec![FIELD.to_owned(), index.to_string()];
        problems.within_all(&place, |problems| {
            problems.optional("externalId", external_id.as_deref(), text::external_id);
            problems.optional("notes", draft.notes.as_deref(), text::description);
            references::well_formed(draft, problems);
            tiers.extend(tier(draft, currency, problems));
        });
        drafts.push((place, draft));
    }
    references::check(database, scope, &drafts, problems).await?;
    Ok(Some(tiers).filter(|_| problems.is_empty()))
}

/// The currency that all tiers have.
fn common_currency(tiers: &[Tier]) -> Option<Currency> {
    let first = tiers.first()?.currency;
    tiers.iter().all(|tier| tier.currency == first).then_some(first)
}
