//! Changing a partner.

use std::collections::BTreeSet;

use serde_json::json;

use super::checks::{check_unique, group, locked, metadata, tier};
use crate::app::App;
use crate::ids::existing;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Resource};
use domain::money::Currency;
use domain::partner::{Partner, PartnerType};
use domain::problem::{Patch, Problems};
use domain::text;
use store::partner::LockedPartner;

#[derive(Clone, Debug, Default)]
pub struct PartnerChange {
    pub id: String,
    pub name: Patch<String>,
    pub email: Patch<String>,
    pub partner_type: Patch<PartnerType>,
    pub external_id: Patch<String>,
    pub group_id: Patch<String>,
    pub tier_id: Patch<String>,
    pub category_ids: Patch<Vec<String>>,
    pub tags: Patch<Vec<String>>,
    pub metadata: Patch<serde_json::Value>,
    pub payout_currency: Patch<Currency>,
    pub payout_reference: Patch<String>,
}

pub async fn update(app: &App, caller: &Caller, input: PartnerChange) -> Result<Partner, ServiceError> {
    let writer = caller.write(Resource::Partners)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some(LockedPartner { partner: current, last }) =
        locked(&transaction, &writer, "id", &input.id, &mut problems).await?
    else {
        return Err(problems.into());
    };
    let name = problems.changed("name", input.name, current.name.clone(), |name| text::name(&name));
    let email = problems.changed("email", input.email, current.email.clone(), |email| text::email(&email));
    let partner_type = problems.changed("type", input.partner_type, current.partner_type, Ok);
    let external_id = problems.changed_optional("externalId", input.external_id, current.external_id.clone(), |text| {
        text::external_id(&text)
    });
    let tags = match input.tags.list() {
        None => Some(current.tags.clone()),
        Some(tags) => text::tags(tags, &mut problems),
    };
    let metadata = problems.changed_optional("metadata", input.metadata, current.metadata.clone(), metadata);
    let payout_currency =
        problems.changed_optional("payoutCurrency", input.payout_currency, current.payout_currency, Ok);
    let current_reference = current.payout_reference.clone();
    let payout_reference =
        problems.changed_optional("payoutReference", input.payout_reference, current_reference, |text| {
            text::reference(&text)
        });
    check_unique(
        &transaction,
        &writer,
        email.as_deref(),
        &external_id,
        Some(current.id),
        &mut problems,
    )
    .await?;
    let group_id = match &input.group_id {
        Patch::Keep => current.group_id,
        Patch::Clear => None,
        Patch::Set(id) => group(&transaction, &writer, id, &mut problems).await?,
    };
    let tier_id = match &input.tier_id {
        Patch::Keep => current.tier_id,
        Patch::Clear => None,
        Patch::Set(id) => tier(&transaction, &writer, id, &mut problems).await?,
    };
    let scope = writer.scope();
    let category_ids = match input.category_ids.list() {
        None => None,
        Some(ids) => Some(existing("categoryIds", &ids, &mut problems, &transaction, &scope).await?),
    };
    require!(problems; name, email, partner_type, external_id, tags, metadata, payout_currency, payout_reference);
    let updated_at = last.next(app.clock.now().max(current.updated_at)).at;
    let before = current.clone();
    let partner = Partner {
        name,
        email,
        partner_type,
        external_id,
        tags,
        metadata,
        payout_currency,
        payout_reference,
        group_id,
        tier_id,
        updated_at,
        ..current
    };
    store::partner::update(&transaction, writer.tenant(), &partner).await?;
    transaction.changed(&before, &partner);
    if let Some(category_ids) = category_ids {
        let had = store::label::categories_of_partners(&transaction, &scope, &[partner.id.uuid()]).await?;
        let had: BTreeSet<_> = had.into_values().flatten().map(|category| category.id).collect();
        if had != category_ids.iter().copied().collect() {
            let had: Vec<_> = had.into_iter().collect();
            transaction.noted(&partner, "categoryIds", json!(had), json!(category_ids));
        }
        store::partner::replace_categories(&transaction, writer.tenant(), partner.id, &category_ids).await?;
    }
    commit(app, transaction, &writer, &partner).await?;
    Ok(partner)
}
