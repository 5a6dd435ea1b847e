//! Custom fields and their options.

use crate::aggregate::aggregate;
use std::collections::HashSet;

use crate::app::App;
use crate::external_id::check_free;
use crate::ids::named;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Resource, Writer};
use domain::Timestamp;
use domain::deal::{CustomField, CustomFieldOption};
use domain::id::{self, CustomFieldId, CustomFieldOptionId};
use domain::problem::{Fault, Patch, ProblemCode, Problems};
use domain::text;
use store::locks::InForce;
use store::{StoreError, Transaction};

aggregate!(CustomField: CustomField, in custom_field, with external_id, answer);

/// Maximum number of options of a field.
pub const MAX_OPTIONS: usize = 500;

/// An option as entered. One with an id already belongs to the field.
#[derive(Clone, Debug)]
pub struct OptionDraft {
    pub id: Option<String>,
    pub label: String,
    pub external_id: Option<String>,
}

/// Changes of a field. New options are a whole list: those with an id stay, those without are new, all others are
/// removed.
#[derive(Clone, Debug)]
pub struct CustomFieldChange {
    pub id: String,
    pub label: Patch<String>,
    pub options: Patch<Vec<OptionDraft>>,
    pub external_id: Patch<String>,
}

pub async fn create(
    app: &App,
    caller: &Caller,
    label: &str,
    options: Vec<OptionDraft>,
    external_id: Option<String>,
) -> Result<CustomField, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let mut problems = Problems::new();
    let label = problems.take("label", text::name(label));
    let external_id = problems.optional("externalId", external_id, |text| text::external_id(&text));
    let now = app.clock.now();
    let options = checked(options, &[], now, &mut problems);
    let transaction = begin(app, &writer).await?;
    check_free::<id::CustomField>(&transaction, &writer, &external_id, None, &mut problems).await?;
    require!(problems; label, external_id, options);
    let field = CustomField {
        id: CustomFieldId::new(now),
        label,
        external_id,
        options,
    };
    store::custom_field::insert(&transaction, writer.tenant(), &field).await?;
    transaction.created(&field);
    commit(app, transaction, &writer, &field).await?;
    Ok(field)
}

pub async fn update(app: &App, caller: &Caller, input: CustomFieldChange) -> Result<CustomField, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some(current) = locked(&transaction, &writer, &input.id, &mut problems).await? else {
        return Err(problems.into());
    };
    let label = problems.changed("label", input.label, current.label.clone(), |text| text::name(&text));
    let external_id = problems.changed_optional("externalId", input.external_id, current.external_id.clone(), |text| {
        text::external_id(&text)
    });
    let options = match input.options.list() {
        None => Some(current.options.clone()),
        // No deal could have a value of a field without options, so that an empty list is refused, too.
        Some(drafts) => checked(drafts, &current.options, app.clock.now(), &mut problems),
    };
    if let Some(options) = &options {
        for gone in current
            .options
            .iter()
            .filter(|known| options.iter().all(|option| option.id != known.id))
        {
            let used = store::custom_field::count_option_references(&transaction, &writer.scope(), gone.id).await?;
            for (count, what) in used.into_iter().filter(|(count, _)| *count > 0) {
                let message = format!("lack {:?} ({}), which is in use by {count} {what}", gone.label, gone.id);
                problems.add("options", ProblemCode::InUse, message);
            }
        }
    }
    check_free(&transaction, &writer, &external_id, Some(current.id), &mut problems).await?;
    require!(problems; label, external_id, options);
    let field = CustomField {
        id: current.id,
        label,
        external_id,
        options,
    };
    store::custom_field::update(&transaction, writer.tenant(), &field, &current.options).await?;
    transaction.changed(&current, &field);
    commit(app, transaction, &writer, &field).await?;
    Ok(field)
}

/// Deletes a field that nothing refers to, with its options.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<CustomFieldId, ServiceError> {
    let writer = caller.write(Resource::Deals)?;
    let mut problems = Problems::new();
    let transaction = app.begin(&writer).await?;
    let Some(field) = locked(&transaction, &writer, id, &mut problems).await? else {
        return Err(problems.into());
    };
    let references = store::custom_field::count_references(&transaction, &writer.scope(), field.id).await?;
    problems.in_use("id", &references);
    require!(problems);
    store::custom_field::delete(&transaction, writer.tenant(), field.id).await?;
    transaction.deleted(&field);
    transaction.commit().await?;
    Ok(field.id)
}

/// The options, or `None` after noting what is wrong with them under `options.N`.
fn checked(
    drafts: Vec<OptionDraft>,
    known: &[CustomFieldOption],
    now: Timestamp,
    problems: &mut Problems,
) -> Option<Vec<CustomFieldOption>> {
    problems.within("options", |problems| {
        if !problems.size("", drafts.len(), MAX_OPTIONS) {
            return None;
        }
        let (mut ids, mut labels, mut external_ids) = (HashSet::new(), HashSet::new(), HashSet::new());
        let options: Vec<_> = drafts
            .into_iter()
            .enumerate()
            .map(|(index, draft)| {
                problems.within(index, |problems| {
                    let id = match &draft.id {
                        None => Some(CustomFieldOptionId::new(now)),
                        Some(text) => problems
                            .id::<id::CustomFieldOption>("id", text)
                            .and_then(|id| problems.found("id", known.iter().find(|option| option.id == id)))
                            .map(|option| option.id),
                    };
                    let label = problems.take("label", text::name(&draft.label));
                    let external_id =
                        problems.optional("externalId", draft.external_id, |text| text::external_id(&text));
                    let (id, label, external_id) = (id?, label?, external_id?);
                    problems.take("id", once(ids.insert(id)));
                    problems.take("label", once(labels.insert(label.clone())));
                    if let Some(external_id) = &external_id {
                        problems.take("externalId", once(external_ids.insert(external_id.clone())));
                    }
                    Some(CustomFieldOption { id, label, external_id })
                })
            })
            .collect();
        options
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .filter(|_| problems.is_empty())
    })
}

fn once(is_new: bool) -> Result<(), Fault> {
    if is_new {
        return Ok(());
    }
    Err(Fault(
        ProblemCode::Taken,
        "is used by an earlier option of the list".into(),
    ))
}

async fn locked(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<CustomField>, StoreError> {
    let lock = async |id| {
        store::locks::change(transaction, writer.tenant(), &[InForce::Pipeline]).await?;
        store::custom_field::lock(transaction, &writer.scope(), id).await
    };
    named("id", id, problems, lock).await
}
