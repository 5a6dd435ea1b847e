//! Partner tiers, partner categories and advertisers.

use crate::aggregate::aggregate;
use crate::app::App;
use crate::external_id::{WithExternalId, check_free};
use crate::ids::named;
use crate::once::{begin, commit};
use crate::stored::Stored;
use crate::{ServiceError, require};
use auth::{Caller, Resource, Writer};
use domain::id::{self, Id};
use domain::label::{Label, Labelled};
use domain::problem::{Patch, Problems};
use domain::text;
use store::label::LabelTable;
use store::{StoreError, Transaction};

aggregate!(Advertiser: Label<id::Advertiser>, in label, with external_id);
aggregate!(PartnerCategory: Label<id::PartnerCategory>, in label, with external_id);
aggregate!(PartnerTier: Label<id::PartnerTier>, in label, with external_id);

/// A kind of label, with the resource whose permission guards it.
pub trait LabelKind: LabelTable + Labelled + Stored<Object = Label<Self>> + WithExternalId {
    const RESOURCE: Resource;
    /// Whether no two labels of this kind may be equal.
    const UNIQUE: bool;
}

impl LabelKind for id::PartnerTier {
    const RESOURCE: Resource = Resource::Partners;
    const UNIQUE: bool = true;
}

impl LabelKind for id::PartnerCategory {
    const RESOURCE: Resource = Resource::Partners;
    const UNIQUE: bool = true;
}

impl LabelKind for id::Advertiser {
    const RESOURCE: Resource = Resource::Campaigns;
    const UNIQUE: bool = false;
}

pub async fn create<K: LabelKind>(
    app: &App,
    caller: &Caller,
    label: &str,
    external_id: Option<String>,
) -> Result<Label<K>, ServiceError> {
    let writer = caller.write(K::RESOURCE)?;
    let mut problems = Problems::new();
    let label = problems.take(K::FIELD, text::name(label));
    let external_id = problems.optional("externalId", external_id, |text| text::external_id(&text));
    let transaction = begin(app, &writer).await?;
    check_unique::<K>(
        &transaction,
        &writer,
        label.as_deref(),
        &external_id,
        None,
        &mut problems,
    )
    .await?;
    require!(problems; label, external_id);
    let label = Label {
        id: Id::<K>::new(app.clock.now()),
        label,
        external_id,
    };
    store::label::insert(&transaction, writer.tenant(), &label).await?;
    transaction.created(&label);
    commit(app, transaction, &writer, &label).await?;
    Ok(label)
}

pub async fn update<K: LabelKind>(
    app: &App,
    caller: &Caller,
    id: &str,
    label: Patch<String>,
    external_id: Patch<String>,
) -> Result<Label<K>, ServiceError> {
    let writer = caller.write(K::RESOURCE)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some(current) = locked::<K>(&transaction, &writer, id, &mut problems).await? else {
        return Err(problems.into());
    };
    let label = problems.changed(K::FIELD, label, current.label.clone(), |text| text::name(&text));
    let external_id = problems.changed_optional("externalId", external_id, current.external_id.clone(), |text| {
        text::external_id(&text)
    });
    let me = Some(current.id);
    check_unique::<K>(&transaction, &writer, label.as_deref(), &external_id, me, &mut problems).await?;
    require!(problems; label, external_id);
    let label = Label {
        id: current.id,
        label,
        external_id,
    };
    store::label::update(&transaction, writer.tenant(), &label).await?;
    transaction.changed(&current, &label);
    commit(app, transaction, &writer, &label).await?;
    Ok(label)
}

/// Deletes a label that nothing refers to.
pub async fn delete<K: LabelKind>(app: &App, caller: &Caller, id: &str) -> Result<Id<K>, ServiceError> {
    let writer = caller.write(K::RESOURCE)?;
    let mut problems = Problems::new();
    let transaction = app.begin(&writer).await?;
    let Some(label) = locked::<K>(&transaction, &writer, id, &mut problems).await? else {
        return Err(problems.into());
    };
    let references = K::count_references(&transaction, &writer.scope(), label.id).await?;
    problems.in_use("id", &references);
    require!(problems);
    store::label::delete(&transaction, writer.tenant(), label.id).await?;
    transaction.deleted(&label);
    transaction.commit().await?;
    Ok(label.id)
}

async fn locked<K: LabelKind>(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<Label<K>>, StoreError> {
    let lock = async |id| store::label::lock::<K>(transaction, &writer.scope(), id).await;
    named("id", id, problems, lock).await
}

async fn check_unique<K: LabelKind>(
    transaction: &Transaction,
    writer: &Writer,
    label: Option<&str>,
    external_id: &Option<Option<String>>,
    me: Option<Id<K>>,
    problems: &mut Problems,
) -> Result<(), StoreError> {
    if let Some(label) = label.filter(|_| K::UNIQUE) {
        let holder = store::label::find_by_label::<K>(transaction, &writer.scope(), label).await?;
        problems.free(K::FIELD, holder.map(|label| label.id), me);
    }
    check_free(transaction, writer, external_id, me, problems).await
}
