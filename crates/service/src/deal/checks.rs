//! Checks of a deal as entered.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use crate::ids::named;
use crate::ledger::lock_partners;
use auth::{Scope, Writer};
use domain::deal::{Deal, FieldValue};
use domain::id::{self, CustomFieldId, CustomFieldOptionId};
use domain::money::{Currency, Money};
use domain::problem::{Fault, ProblemCode, Problems};
use store::locks::InForce;
use store::partner::LockedPartner;
use store::{Connection, StoreError, Transaction};

type KnownFields = HashMap<CustomFieldId, HashSet<CustomFieldOptionId>>;

/// The deal and its partner, with the partner locked.
pub(crate) async fn locked(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<(LockedPartner, Deal)>, StoreError> {
    let find = async |id| store::deal::find(transaction, &writer.scope(), id).await;
    let Some(seen) = named("id", id, problems, find).await? else {
        return Ok(None);
    };
    // A deal's partner never changes; everything else may have changed while this waited for the lock.
    let partner = lock_partners(transaction, writer, &[InForce::Pipeline], vec![seen.partner_id]).await?;
    let deal = find(seen.id).await?;
    Ok(partner.into_iter().next().zip(deal))
}

pub(super) fn worth((amount, currency): (Decimal, Currency)) -> Result<Money, Fault> {
    if amount < Decimal::ZERO {
        return Err(Fault::invalid("must not be negative"));
    }
    Money::exact(amount, currency)
}

pub(super) async fn checked_fields(
    transaction: &Transaction,
    writer: &Writer,
    values: &[(String, String)],
    problems: &mut Problems,
) -> Result<Option<Vec<FieldValue>>, StoreError> {
    if values.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let known = known_fields(transaction, &writer.scope()).await?;
    Ok(field_values(values, &known, problems))
}

/// The ids of the custom fields, and of the options of each.
pub(crate) async fn known_fields(database: &Connection, scope: &Scope) -> Result<KnownFields, StoreError> {
    let fields = store::custom_field::all(database, scope).await?.into_iter();
    let ids = fields.map(|field| (field.id, field.options.iter().map(|option| option.id).collect()));
    Ok(ids.collect())
}

/// The custom field values of a deal, or `None` after noting what is wrong with them under `customFields.N`.
pub(crate) fn field_values(
    values: &[(String, String)],
    known: &KnownFields,
    problems: &mut Problems,
) -> Option<Vec<FieldValue>> {
    problems.within("customFields", |problems| {
        let mut seen = HashSet::new();
        let values: Vec<_> = values
            .iter()
            .enumerate()
            .map(|(index, (field, option))| {
                problems.within(index, |problems| {
                    let field = problems.id::<id::CustomField>("customFieldId", field);
                    let field = field
                        .and_then(|id| problems.found("customFieldId", Some(id).filter(|id| known.contains_key(id))));
                    let option = problems.id::<id::CustomFieldOption>("optionId", option);
                    let (field_id, option) = (field?, option?);
                    if !seen.insert(field_id) {
                        let message = "is given twice: a deal has at most one option of a field";
                        problems.add("customFieldId", ProblemCode::Invalid, message);
                    }
                    let offered = known.get(&field_id).is_some_and(|options| options.contains(&option));
                    let option_id = problems.found("optionId", Some(option).filter(|_| offered))?;
                    Some(FieldValue { field_id, option_id })
                })
            })
            .collect();
        values.into_iter().collect()
    })
}
