//! Creating a partner, with its categories, its campaigns and its first snapshot.

use serde_json::{Value, json};

use super::checks::{check_unique, group, metadata, tier};
use super::membership::note_joined;
use super::status::outbox_event;
use crate::app::App;
use crate::ids::existing;
use crate::once::{begin, commit};
use crate::snapshot::{self, SnapshotDraft};
use crate::{ServiceError, require};
use auth::{Caller, Resource, Writer};
use domain::history::Moment;
use domain::id::{CampaignId, PartnerCategoryId, PartnerGroupId, PartnerId, PartnerTierId};
use domain::money::Currency;
use domain::partner::{Partner, PartnerStatus, PartnerTransition, PartnerType};
use domain::problem::Problems;
use domain::snapshot::SnapshotSource;
use domain::webhook::WebhookEventType;
use domain::{Timestamp, text};
use store::{StoreError, Transaction};

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
    /// Whether the partner starts INVITED and has yet to be activated.
    pub send_invite: bool,
    pub campaign_ids: Vec<String>,
    pub commission_snapshot: Option<SnapshotDraft>,
}

pub async fn create(app: &App, caller: &Caller, input: NewPartner) -> Result<Partner, ServiceError> {
    let writer = caller.write(Resource::Partners)?;
    let mut problems = Problems::new();
    let name = problems.take("name", text::name(&input.name));
    let email = problems.take("email", text::email(&input.email));
    let external_id = problems.optional("externalId", input.external_id, |text| text::external_id(&text));
    let tags = text::tags(input.tags, &mut problems);
    let metadata = problems.optional("metadata", input.metadata, metadata);
    let payout_reference = problems.optional("payoutReference", input.payout_reference, |text| text::reference(&text));

    let transaction = begin(app, &writer).await?;
    check_unique(
        &transaction,
        &writer,
        email.as_deref(),
        &external_id,
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
    let scope = writer.scope();
    let category_ids = existing("categoryIds", &input.category_ids, &mut problems, &transaction, &scope).await?;
    let mut campaign_ids = existing("campaignIds", &input.campaign_ids, &mut problems, &transaction, &scope).await?;
    let promise = match input.commission_snapshot {
        Some(draft) => promised(&transaction, &writer, draft, &mut problems).await?,
        None => None,
    };
    require!(problems; name, email, external_id, tags, metadata, payout_reference);
    let details = PartnerDetails {
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
    // A snapshot for a campaign also makes the partner a member of it.
    campaign_ids.extend(promise.as_ref().and_then(|promise| promise.campaign_id));
    campaign_ids.sort_unstable();
    campaign_ids.dedup();
    let joined = campaign_ids.clone();
    let members = campaign_ids.into_iter().map(|campaign| (partner.id, campaign));
    let join = transaction.write(|writes| store::campaign::join(writes, writer.tenant(), members, now));
    join.await?;
    if let Some(promise) = promise {
        snapshot::stamp(&transaction, &writer, partner.id, promise, moment).await?;
    }
    note_lists(&transaction, &partner, &category_ids, &joined);
    commit(app, transaction, &writer, &partner).await?;
    Ok(partner)
}

/// Notes the categories and campaigns of a new partner for the audit log.
fn note_lists(transaction: &Transaction, partner: &Partner, categories: &[PartnerCategoryId], joined: &[CampaignId]) {
    if !categories.is_empty() {
        transaction.noted(partner, "categoryIds", Value::Null, json!(categories));
    }
    for campaign in joined {
        note_joined(transaction, partner, *campaign);
    }
}

/// Checked details of a partner to be created.
pub(crate) struct PartnerDetails {
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

/// Writes a new partner, and the first moment of its history.
pub(crate) async fn insert(
    transaction: &Transaction,
    writer: &Writer,
    details: PartnerDetails,
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
    let (moment, transition) = first_transition(writer, status, now);
    store::partner::insert_transition(transaction, writer.tenant(), partner.id, &transition).await?;
    let happened = outbox_event(&partner, WebhookEventType::PartnerCreated, now);
    let advance = transaction.write(|writes| {
        store::partner::advance(writes, writer.tenant(), [(partner.id, moment)]);
        store::outbox::append(writes, writer.tenant(), [happened]);
    });
    advance.await?;
    Ok((partner, moment))
}

/// How the history of a partner begins.
pub fn first_transition(writer: &Writer, status: PartnerStatus, now: Timestamp) -> (Moment, PartnerTransition) {
    let moment = Moment { sequence: 0, at: now }.next(now);
    let transition = PartnerTransition {
        from: None,
        to: status,
        actor: writer.actor().to_owned(),
        reason: None,
        at: now,
        sequence: moment.sequence,
    };
    (moment, transition)
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
