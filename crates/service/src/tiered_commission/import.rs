//! Imports tiers from another system: unknown ones are created, known ones updated, and unchanged ones not written at
//! all, so that importing twice changes nothing.

use super::{NewTieredCommission, base_currency, checked, put_changed};
use crate::app::App;
pub use crate::imported::Outcome;
use crate::imported::by_id_or_name;
use crate::{ServiceError, require};
use auth::{Caller, Resource, Scope};
use domain::problem::{ProblemCode, Problems};
use domain::tiered::{Draft, Tier, TieredCommission};
use store::locks::InForce;
use store::{StoreError, Transaction};

/// A tier as the other system describes it, its references already resolved. What the description cannot contain, a
/// known tier keeps: the crossing policy, and the currency if none is given.
#[derive(Clone, Debug)]
pub struct TierImport {
    /// Its path in its document, for the paths of problems.
    pub place: Vec<String>,
    /// Identifies the tier, if the document has more than its name: a tier that is sent to be created has no id yet.
    pub id: Option<String>,
    pub draft: Draft,
}

/// Imports tiers, no two of which are the same tier: all of them, or none if there is any problem.
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
    store::locks::change(&transaction, writer.tenant(), &[InForce::Tiers]).await?;
    let now = app.clock.now();
    for TierImport { place, id, mut draft } in tiers {
        let depth = place.len();
        place.into_iter().for_each(|segment| problems.enter(segment));
        let known = known(&transaction, &scope, id.as_deref(), &draft.name, &mut problems).await?;
        let before = known.as_ref().and_then(|known| known.external_id.clone());
        if let Some(known) = &known {
            let currency = known.tier.currency;
            if draft.currency.is_some_and(|given| given != currency) {
                let message = format!("cannot be changed: it is {currency}");
                problems.add("currency", ProblemCode::Conflict, message);
            }
            draft.currency = Some(currency);
        }
        let input = NewTieredCommission {
            // An id replaces an earlier external id, which is at most the name; without an id in the document the
            // earlier one stays.
            external_id: id.or(before).or_else(|| Some(draft.name.clone())),
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
                    external_id: next.external_id,
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
                let outcome = Outcome::of_versions(version, tier.version);
                (tier, outcome)
            }
        });
    }
    require!(problems);
    transaction.commit().await?;
    Ok(imported)
}

/// The known tier that a document refers to.
async fn known(
    transaction: &Transaction,
    scope: &Scope,
    id: Option<&str>,
    name: &str,
    problems: &mut Problems,
) -> Result<Option<TieredCommission>, StoreError> {
    let find = |name| store::tiered_commission::find_by_external_id(transaction, scope, name);
    let imported_as = |name| store::tiered_commission::imported_as(transaction, scope, name);
    let several = (
        "name",
        "belongs to several tiered commissions: give the id to choose one",
    );
    by_id_or_name((id, name), find, imported_as, several, problems).await
}
