//! Checks of a partner as entered: that its email and external id are free, and that what it refers to exists.

use crate::external_id::check_free;
use crate::ids::named;
use auth::Writer;
use domain::id::{self, PartnerGroupId, PartnerId, PartnerTierId};
use domain::problem::{Fault, Problems};
use domain::text;
use store::partner::LockedPartner;
use store::{StoreError, Transaction};

/// Maximum size of metadata, as JSON text.
const MAX_METADATA_BYTES: usize = 16 * 1024;

/// Maximum number of values in metadata: each takes more memory than its text, and a page has many partners.
const MAX_METADATA_VALUES: usize = 1_000;

pub(crate) async fn locked(
    transaction: &Transaction,
    writer: &Writer,
    field: &str,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<LockedPartner>, StoreError> {
    let lock = async |id| store::partner::lock(transaction, &writer.scope(), id).await;
    named(field, id, problems, lock).await
}

pub(super) async fn check_unique(
    transaction: &Transaction,
    writer: &Writer,
    email: Option<&str>,
    external_id: &Option<Option<String>>,
    me: Option<PartnerId>,
    problems: &mut Problems,
) -> Result<(), StoreError> {
    if let Some(email) = email {
        let holder = store::partner::find_by_email(transaction, &writer.scope(), email).await?;
        problems.free("email", holder.map(|partner| partner.id), me);
    }
    check_free(transaction, writer, external_id, me, problems).await
}

pub(crate) async fn group(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<PartnerGroupId>, StoreError> {
    let find = async |id| store::partner_group::find(transaction, &writer.scope(), id).await;
    Ok(named("groupId", id, problems, find).await?.map(|group| group.id))
}

pub(super) async fn tier(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<PartnerTierId>, StoreError> {
    let find = async |id| store::label::find::<id::PartnerTier>(transaction, &writer.scope(), id).await;
    Ok(named("tierId", id, problems, find).await?.map(|tier| tier.id))
}

pub(crate) fn metadata(value: serde_json::Value) -> Result<serde_json::Value, Fault> {
    let json = value.to_string();
    // As JSON writes it; the guard of the API refuses it before, files have no such guard.
    if json.contains("\\u0000") {
        each_text(&value, text::without_null)?;
    }
    if json.len() > MAX_METADATA_BYTES {
        return Err(Fault::invalid(format!(
            "is too large: at most {MAX_METADATA_BYTES} bytes of JSON"
        )));
    }
    if values(&value) > MAX_METADATA_VALUES {
        return Err(Fault::invalid(format!(
            "has too many values: at most {MAX_METADATA_VALUES}, objects and lists with what is in them"
        )));
    }
    Ok(value)
}

/// Checks all texts in a value.
fn each_text(value: &serde_json::Value, check: fn(&str) -> Result<(), Fault>) -> Result<(), Fault> {
    match value {
        serde_json::Value::String(text) => check(text),
        serde_json::Value::Array(list) => list.iter().try_for_each(|item| each_text(item, check)),
        serde_json::Value::Object(map) => map.iter().try_for_each(|(name, item)| {
            check(name)?;
            each_text(item, check)
        }),
        _ => Ok(()),
    }
}

/// How many values a value consists of, including itself.
fn values(value: &serde_json::Value) -> usize {
    1 + match value {
        serde_json::Value::Array(list) => list.iter().map(values).sum(),
        serde_json::Value::Object(map) => map.values().map(values).sum(),
        _ => 0,
    }
}
