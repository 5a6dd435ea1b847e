//! Tiers that another system keeps: unknown ones are created, known ones updated, and one that is the same already is
//! not written at all, so that importing twice changes nothing.

use super::{NewTieredCommission, base_currency, checked, put_changed};
use crate::app::App;
use crate::auth::{Caller, Resource};
use crate::domain::problem::{ProblemCode, Problems};
use crate::domain::tiered::{Draft, Tier, TieredCommission};
use crate::service::ServiceError;
pub use crate::service::imported::Outcome;
use crate::store;

/// A tier as the other system tells it, its references found already. What it cannot tell, a known tier keeps: the
/// crossing policy, and the currency where none is given.
#[derive(Clone, Debug)]
pub struct TierImport {
    /// The way to it in its document, for the paths of problems.
    pub place: Vec<String>,
    /// Which tier it is.
    pub external_id: String,
    pub draft: Draft,
}

/// Imports tiers with distinct external ids: all, or none if there is anything to mend.
pub async fn import(
    app: &App,
    caller: &Caller,
    tiers: Vec<TierImport>,
) -> Result<Vec<(TieredCommission, Outcome)>, ServiceError> {
    let writer = caller.write(Resource::TieredCommissions)?;
    let base_currency = base_currency(app, &writer).await?;
    let scope = writer.scope();
    let mut problems = Problems::new();
    let mut imported = Vec::with_capacity(tiers.len());
    let transaction = app.begin(&writer).await?;
    // Makes two imports take turns, so that neither creates what the other does.
    store::tenant::lock(&transaction, writer.tenant()).await?;
    let now = app.clock.now();
    for TierImport {
        place,
        external_id,
        mut draft,
    } in tiers
    {
        let known = store::tiered_commission::find_by_external_id(&transaction, &scope, &external_id).await?;
        let known = match known {
            Some(known) => store::tiered_commission::lock(&transaction, &scope, known.id).await?,
            None => None,
        };
        let depth = place.len();
        place.into_iter().for_each(|segment| problems.enter(segment));
        if let Some(known) = &known {
            let currency = known.tier.currency;
            if draft.currency.is_some_and(|given| given != currency) {
                let message = format!("is {currency} here, and never changes");
                problems.add("currency", ProblemCode::Conflict, message);
            }
            draft.currency = Some(currency);
        }
        let input = NewTieredCommission {
            external_id: Some(external_id),
            draft,
        };
        let next = checked(&transaction, &writer, input, base_currency, now, &mut problems).await?;
        (0..depth).for_each(|_| problems.leave());
        let Some(next) = next else { continue };
        imported.push(match known {
            None => {
                store::tiered_commission::insert(&transaction, writer.tenant(), &next).await?;
                transaction.created(&next);
                (next, Outcome::Created)
            }
            Some(known) => {
                let merged = TieredCommission {
                    tier: Tier {
                        crossing_policy: known.tier.crossing_policy,
                        ..next.tier
                    },
                    notes: next.notes,
                    audience: next.audience,
                    ..known.clone()
                };
                let version = known.version;
                let tier = put_changed(&transaction, &writer, known, merged, now).await?;
                let outcome = if tier.version == version {
                    Outcome::Unchanged
                } else {
                    Outcome::Updated
                };
                (tier, outcome)
            }
        });
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    transaction.commit().await?;
    Ok(imported)
}
