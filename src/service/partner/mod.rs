//! Partners: creating and changing them, and the life of the partnership.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::app::App;
use crate::auth::{Caller, Resource, Writer};
use crate::domain::history::Moment;
use crate::domain::id::{self, CampaignId, PartnerCategoryId, PartnerGroupId, PartnerId, PartnerTierId};
use crate::domain::money::Currency;
use crate::domain::partner::{Partner, PartnerMove, PartnerStatus, PartnerTransition, PartnerType};
use crate::domain::problem::{Fault, Patch, ProblemCode, Problems};
use crate::domain::snapshot::SnapshotSource;
use crate::domain::webhook::WebhookEventType;
use crate::domain::webhook::body::Happening;
use crate::domain::{Timestamp, text};
use crate::service::ids::existing;
use crate::service::once::{begin, commit};
use crate::service::snapshot::{self, SnapshotDraft};
use crate::service::{ServiceError, campaign};
use crate::store::partner::Locked;
use crate::store::{self, StoreError, Transaction, Writes};

/// The largest metadata, as JSON text.
const MAX_METADATA_BYTES: usize = 16 * 1024;
/// How many values it may have: each takes more memory than its text, and a page has many partners.
const MAX_METADATA_VALUES: usize = 1_000;

/// A partner as entered.
#[derive(Clone, Debug, Default)]
pub struct NewPartner {
    pub name: String,
    pub email: String,
    pub partner_type: Option<PartnerType>,
    pub external_id: Option<String>,
    pub group_id: Option<String>,
    pub tier_id: Option<String>,
    pub category_ids: Vec<String>,
    pub tags: Vec<String>,
    pub metadata: Option<serde_json::Value>,
    pub payout_currency: Option<Currency>,
    pub payout_reference: Option<String>,
    /// The partner starts INVITED and has yet to be activated.
    pub send_invite: bool,
    pub campaign_ids: Vec<String>,
    pub commission_snapshot: Option<SnapshotDraft>,
}

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

pub async fn create(app: &App, caller: &Caller, input: NewPartner) -> Result<Partner, ServiceError> {
    let writer = caller.write(Resource::Partners)?;
    let mut problems = Problems::new();
    let name = problems.take("name", text::name(&input.name));
    let email = problems.take("email", text::email(&input.email));
    let external_id = problems.optional("externalId", input.external_id, |text| text::external_id(&text));
    let tags = text::tags(input.tags, &mut problems);
    let metadata = problems.optional("metadata", input.metadata, metadata);
    let payout_reference = problems.optional("payoutReference", input.payout_reference, |text| text::name(&text));

    let transaction = begin(app, &writer).await?;
    check_unique(
        &transaction,
        &writer,
        email.as_deref(),
        external_id.as_ref(),
        None,
        &mut problems,
    )
    .await?;
    let group_id = match &input.group_id {
        Some(id) => group(&transaction, &writer, id, &mut problems).await?,
        None => None,
    };
    let tier_id = match &input.tier_id {
        Some(id) => tier(&transaction, &writer, id, &mut problems).await?,
        None => None,
    };
    let category_ids = categories(&transaction, &writer, &input.category_ids, &mut problems).await?;
    let mut campaign_ids = campaigns(&transaction, &writer, &input.campaign_ids, &mut problems).await?;
    let promise = match input.commission_snapshot {
        Some(draft) => promised(&transaction, &writer, draft, &mut problems).await?,
        None => None,
    };
    let (Some(name), Some(email), Some(external_id), Some(tags), Some(metadata), Some(payout_reference), true) = (
        name,
        email,
        external_id,
        tags,
        metadata,
        payout_reference,
        problems.is_empty(),
    ) else {
        return Err(problems.into());
    };
    let details = Details {
        name,
        email,
        external_id,
        tags,
        metadata,
        group_id,
        tier_id,
        payout_currency: input.payout_currency,
        payout_reference,
    };
    let status = if input.send_invite {
        PartnerStatus::Invited
    } else {
        PartnerStatus::Active
    };
    let partner_type = input.partner_type.unwrap_or(PartnerType::Affiliate);
    let now = app.clock.now();
    let (partner, moment) = insert(&transaction, &writer, details, partner_type, status, now).await?;
    store::partner::replace_categories(&transaction, writer.tenant(), partner.id, &category_ids).await?;
    // A promise for a campaign is an invitation to it.
    campaign_ids.extend(promise.as_ref().and_then(|promise| promise.campaign_id));
    campaign_ids.sort_unstable();
    campaign_ids.dedup();
    let joined = campaign_ids.clone();
    let members = campaign_ids.into_iter().map(|campaign| (partner.id, campaign));
    let join = |writes: &mut Writes| store::campaign::join(writes, writer.tenant(), members, now);
    Writes::of(join).run(&transaction).await?;
    if let Some(promise) = promise {
        snapshot::stamp(&transaction, &writer, partner.id, promise, moment).await?;
    }
    note_lists(&transaction, &partner, &category_ids, &joined);
    commit(app, transaction, &writer, &partner).await?;
    Ok(partner)
}

pub async fn update(app: &App, caller: &Caller, input: PartnerChange) -> Result<Partner, ServiceError> {
    let writer = caller.write(Resource::Partners)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some(Locked { partner: current, last }) = locked(&transaction, &writer, "id", &input.id, &mut problems).await?
    else {
        return Err(problems.into());
    };
    let name = problems.changed("name", input.name, current.name.clone(), |name| text::name(&name));
    let email = problems.changed("email", input.email, current.email.clone(), |email| text::email(&email));
    let partner_type = problems.changed("type", input.partner_type, current.partner_type, Ok);
    let external_id = problems.changed_optional("externalId", input.external_id, current.external_id.clone(), |text| {
        text::external_id(&text)
    });
    let tags = match input.tags {
        Patch::Keep => Some(current.tags.clone()),
        Patch::Clear => Some(Vec::new()),
        Patch::Set(tags) => text::tags(tags, &mut problems),
    };
    let new_metadata = problems.changed_optional("metadata", input.metadata, current.metadata.clone(), metadata);
    let payout_currency =
        problems.changed_optional("payoutCurrency", input.payout_currency, current.payout_currency, Ok);
    let current_reference = current.payout_reference.clone();
    let payout_reference =
        problems.changed_optional("payoutReference", input.payout_reference, current_reference, |text| {
            text::name(&text)
        });
    check_unique(
        &transaction,
        &writer,
        email.as_deref(),
        external_id.as_ref(),
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
    let category_ids = match &input.category_ids {
        Patch::Keep => None,
        Patch::Clear => Some(Vec::new()),
        Patch::Set(ids) => Some(categories(&transaction, &writer, ids, &mut problems).await?),
    };
    let (
        Some(name),
        Some(email),
        Some(partner_type),
        Some(external_id),
        Some(tags),
        Some(metadata),
        Some(payout_currency),
        Some(payout_reference),
        true,
    ) = (
        name,
        email,
        partner_type,
        external_id,
        tags,
        new_metadata,
        payout_currency,
        payout_reference,
        problems.is_empty(),
    )
    else {
        return Err(problems.into());
    };
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
        let scope = writer.scope();
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

/// Moves a partnership along its state machine. Suspending and revoking need a reason, which the history keeps.
pub async fn change_status(
    app: &App,
    caller: &Caller,
    id: &str,
    the_move: PartnerMove,
    reason: Option<&str>,
) -> Result<Partner, ServiceError> {
    let writer = caller.write(Resource::Partners)?;
    let mut problems = Problems::new();
    let reason = problems.optional("reason", reason, text::reason);
    let transaction = begin(app, &writer).await?;
    let current = locked(&transaction, &writer, "id", id, &mut problems).await?;
    let (Some(Locked { partner: current, last }), Some(reason)) = (current, reason) else {
        return Err(problems.into());
    };
    // Not before the lock: what changed it while this one waited for it is earlier.
    let moment = last.next(app.clock.now().max(current.updated_at));
    let now = moment.at;
    let (was, before) = (current.clone(), current.status);
    let Some(partner) = current.after(the_move, now) else {
        let other_way = match (the_move, before) {
            (PartnerMove::Reinstate, PartnerStatus::Suspended) => ": activatePartner ends a suspension",
            (PartnerMove::Activate, PartnerStatus::Revoked) => ": reinstatePartner brings a revoked partner back",
            _ => "",
        };
        let message = format!("is {}, which does not allow this{other_way}", before.as_str());
        problems.add("id", ProblemCode::InvalidTransition, message);
        return Err(problems.into());
    };
    store::partner::update(&transaction, writer.tenant(), &partner).await?;
    transaction.changed(&was, &partner);
    if !partner.status.may_sign_in() {
        let revoked = store::api_key::revoke_of_partner(&transaction, writer.tenant(), partner.id, now).await?;
        if revoked > 0 {
            transaction.noted(&partner, "apiKeys", None::<u64>, json!({ "revoked": revoked }));
        }
    }
    let (from, actor) = (Some(before), writer.actor().to_owned());
    let transition = PartnerTransition {
        from,
        to: partner.status,
        actor,
        reason,
        at: now,
        sequence: Some(moment.sequence),
    };
    store::partner::insert_transition(&transaction, writer.tenant(), partner.id, &transition).await?;
    let happened = happening(&partner, WebhookEventType::of_partner(the_move), now);
    let advance = |writes: &mut Writes| {
        store::partner::advance(writes, writer.tenant(), [(partner.id, moment)]);
        store::outbox::append(writes, writer.tenant(), [happened]);
    };
    Writes::of(advance).run(&transaction).await?;
    commit(app, transaction, &writer, &partner).await?;
    Ok(partner)
}

/// Makes a partner belong to a campaign; one that does already stays as it is.
pub async fn join_campaign(
    app: &App,
    caller: &Caller,
    partner_id: &str,
    campaign_id: &str,
) -> Result<Partner, ServiceError> {
    let writer = caller.write(Resource::Partners)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let partner = locked(&transaction, &writer, "partnerId", partner_id, &mut problems).await?;
    let campaign = campaign::named(&transaction, &writer, "campaignId", campaign_id, &mut problems).await?;
    let (Some(Locked { partner, .. }), Some(campaign)) = (partner, campaign) else {
        return Err(problems.into());
    };
    let now = app.clock.now();
    let join = |writes: &mut Writes| store::campaign::join(writes, writer.tenant(), [(partner.id, campaign.id)], now);
    if !store::campaign::has_member(&transaction, &writer.scope(), campaign.id, partner.id).await? {
        note_joined(&transaction, &partner, campaign.id);
    }
    Writes::of(join).run(&transaction).await?;
    commit(app, transaction, &writer, &partner).await?;
    Ok(partner)
}

/// Notes the lists of a new partner.
fn note_lists(transaction: &Transaction, partner: &Partner, categories: &[PartnerCategoryId], joined: &[CampaignId]) {
    if !categories.is_empty() {
        transaction.noted(partner, "categoryIds", Value::Null, json!(categories));
    }
    for campaign in joined {
        note_joined(transaction, partner, *campaign);
    }
}

/// Notes that a partner belongs to one more campaign.
pub(super) fn note_joined(transaction: &Transaction, partner: &Partner, campaign: CampaignId) {
    transaction.noted(partner, "campaigns", Value::Null, json!(campaign));
}

/// Checked details of a partner to be created.
pub(super) struct Details {
    pub name: String,
    pub email: String,
    pub external_id: Option<String>,
    pub tags: Vec<String>,
    pub metadata: Option<serde_json::Value>,
    pub group_id: Option<PartnerGroupId>,
    pub tier_id: Option<PartnerTierId>,
    pub payout_currency: Option<Currency>,
    pub payout_reference: Option<String>,
}

/// What is told of a partner that has just come to its status.
fn happening(partner: &Partner, event_type: WebhookEventType, at: Timestamp) -> Happening {
    Happening {
        event_type,
        object: partner.id.uuid(),
        at,
        detail: Some(serde_json::json!({ "status": partner.status.as_str() })),
    }
}

/// Writes a new partner, and the first moment of its history.
pub(super) async fn insert(
    transaction: &Transaction,
    writer: &Writer,
    details: Details,
    partner_type: PartnerType,
    status: PartnerStatus,
    now: Timestamp,
) -> Result<(Partner, Moment), StoreError> {
    let partner = Partner {
        id: PartnerId::new(now),
        name: details.name,
        email: details.email,
        external_id: details.external_id,
        partner_type,
        status,
        tags: details.tags,
        metadata: details.metadata,
        group_id: details.group_id,
        tier_id: details.tier_id,
        payout_currency: details.payout_currency,
        payout_reference: details.payout_reference,
        created_at: now,
        updated_at: now,
        activated_at: (status == PartnerStatus::Active).then_some(now),
        revoked_at: None,
        tokens_valid_from: now,
    };
    store::partner::insert(transaction, writer.tenant(), &partner).await?;
    transaction.created(&partner);
    let moment = Moment { sequence: 0, at: now }.next(now);
    let transition = PartnerTransition {
        from: None,
        to: status,
        actor: writer.actor().to_owned(),
        reason: None,
        at: now,
        sequence: Some(moment.sequence),
    };
    store::partner::insert_transition(transaction, writer.tenant(), partner.id, &transition).await?;
    let happened = happening(&partner, WebhookEventType::PartnerCreated, now);
    let advance = |writes: &mut Writes| {
        store::partner::advance(writes, writer.tenant(), [(partner.id, moment)]);
        store::outbox::append(writes, writer.tenant(), [happened]);
    };
    Writes::of(advance).run(transaction).await?;
    Ok((partner, moment))
}

pub(super) async fn locked(
    transaction: &Transaction,
    writer: &Writer,
    field: &str,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<Locked>, StoreError> {
    let Some(id) = problems.id::<id::Partner>(field, id) else {
        return Ok(None);
    };
    Ok(problems.found(field, store::partner::lock(transaction, &writer.scope(), id).await?))
}

async fn check_unique(
    transaction: &Transaction,
    writer: &Writer,
    email: Option<&str>,
    external_id: Option<&Option<String>>,
    me: Option<PartnerId>,
    problems: &mut Problems,
) -> Result<(), StoreError> {
    if let Some(email) = email {
        let holder = store::partner::find_by_email(transaction, &writer.scope(), email).await?;
        problems.free("email", holder.map(|partner| partner.id), me);
    }
    if let Some(Some(external_id)) = external_id {
        let holder = store::partner::find_by_external_id(transaction, &writer.scope(), external_id).await?;
        problems.free("externalId", holder.map(|partner| partner.id), me);
    }
    Ok(())
}

pub(super) async fn group(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<PartnerGroupId>, StoreError> {
    let Some(id) = problems.id::<id::PartnerGroup>("groupId", id) else {
        return Ok(None);
    };
    let group = store::partner_group::find(transaction, &writer.scope(), id).await?;
    Ok(problems.found("groupId", group).map(|group| group.id))
}

async fn tier(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<PartnerTierId>, StoreError> {
    let Some(id) = problems.id::<id::PartnerTier>("tierId", id) else {
        return Ok(None);
    };
    let tier = store::label::find(transaction, &writer.scope(), id).await?;
    Ok(problems.found("tierId", tier).map(|tier| tier.id))
}

async fn categories(
    transaction: &Transaction,
    writer: &Writer,
    ids: &[String],
    problems: &mut Problems,
) -> Result<Vec<PartnerCategoryId>, StoreError> {
    existing("categoryIds", ids, problems, async |ids| {
        store::label::by_ids::<id::PartnerCategory>(transaction, &writer.scope(), ids).await
    })
    .await
}

async fn campaigns(
    transaction: &Transaction,
    writer: &Writer,
    ids: &[String],
    problems: &mut Problems,
) -> Result<Vec<CampaignId>, StoreError> {
    existing("campaignIds", ids, problems, async |ids| {
        store::campaign::by_ids(transaction, &writer.scope(), ids).await
    })
    .await
}

async fn promised(
    transaction: &Transaction,
    writer: &Writer,
    draft: SnapshotDraft,
    problems: &mut Problems,
) -> Result<Option<snapshot::Promise>, StoreError> {
    problems.enter("commissionSnapshot");
    let promise = snapshot::promise(transaction, writer, draft, SnapshotSource::Invite, problems).await;
    problems.leave();
    promise
}

pub(super) fn metadata(value: serde_json::Value) -> Result<serde_json::Value, Fault> {
    if value.to_string().len() > MAX_METADATA_BYTES {
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

/// How many values there are in a value, with itself.
fn values(value: &serde_json::Value) -> usize {
    1 + match value {
        serde_json::Value::Array(list) => list.iter().map(values).sum(),
        serde_json::Value::Object(map) => map.values().map(values).sum(),
        _ => 0,
    }
}
