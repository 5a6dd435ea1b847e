//! Links: creating, changing and deleting them. Staff does so for any partner, a partner with `links:write` for itself.

use crate::aggregate::aggregate;
use crate::app::App;
use crate::external_id::check_free;
use crate::ids::named;
use crate::once::{begin, commit};
use crate::{ServiceError, campaign, require};
use auth::{Caller, Resource, Writer};
use domain::attribution::destination::{allowed_hosts, destination};
use domain::campaign::Campaign;
use domain::id::{LinkId, PartnerId};
use domain::link::{Link, LinkStatus, key, made_key};
use domain::partner::PartnerStatus;
use domain::problem::{Patch, ProblemCode, Problems};
use domain::text;
use domain::webhook::WebhookEventType;
use domain::webhook::body::OutboxEvent;
use store::{StoreError, Transaction};

aggregate!(Link: Link, in link, with external_id, answer);

/// A link as entered.
#[derive(Clone, Debug, Default)]
pub struct NewLink {
    /// Of a partner that writes for itself this may be left out.
    pub partner_id: Option<String>,
    pub campaign_id: String,
    /// `None`: one is made.
    pub key: Option<String>,
    pub destination_url: Option<String>,
    pub external_id: Option<String>,
    pub status: Option<LinkStatus>,
}

/// Changes of a link. Whose it is and its key never change: it is in use.
#[derive(Clone, Debug, Default)]
pub struct LinkChange {
    pub id: String,
    pub destination_url: Patch<String>,
    pub external_id: Patch<String>,
    pub status: Patch<LinkStatus>,
}

pub async fn create(app: &App, caller: &Caller, input: NewLink) -> Result<Link, ServiceError> {
    let writer = caller.write_own(Resource::Links)?;
    let mut problems = Problems::new();
    let now = app.clock.now();
    let id = LinkId::new(now);
    let key = match &input.key {
        Some(entered) => problems.take("key", key(entered)),
        None => Some(drawn_key(id)),
    };
    let external_id = problems.optional("externalId", input.external_id, |text| text::external_id(&text));
    let transaction = begin(app, &writer).await?;
    let partner_id = owner(&transaction, &writer, input.partner_id.as_deref(), &mut problems).await?;
    let campaign = campaign::of_id(&transaction, &writer, &input.campaign_id, &mut problems).await?;
    let destination = match &campaign {
        Some(campaign) => leads_to(app, campaign, input.destination_url, &mut problems),
        None => None,
    };
    if let Some(key) = &key {
        // Keys are those of the whole tenant, whoever writes.
        let everywhere = auth::Scope::tenant_wide(writer.tenant());
        let holder = store::link::find_by_key(&transaction, &everywhere, key).await?;
        problems.free("key", holder.map(|holder| holder.id), None);
    }
    check_free(&transaction, &writer, &external_id, None::<LinkId>, &mut problems).await?;
    require!(problems; key, external_id, partner_id, campaign, destination);
    let status = input.status.unwrap_or(LinkStatus::Active);
    let link = Link {
        id,
        partner_id,
        campaign_id: campaign.id,
        key,
        destination_url: destination,
        external_id,
        status,
        disabled_at: (status == LinkStatus::Disabled).then_some(now),
        created_at: now,
        updated_at: now,
    };
    store::link::insert(&transaction, writer.tenant(), &link).await?;
    transaction.created(&link);
    store::outbox::append_to(&transaction, writer.tenant(), [created(&link)]).await?;
    commit(app, transaction, &writer, &link).await?;
    Ok(link)
}

pub async fn update(app: &App, caller: &Caller, input: LinkChange) -> Result<Link, ServiceError> {
    let writer = caller.write_own(Resource::Links)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some(before) = locked(&transaction, &writer, &input.id, &mut problems).await? else {
        return Err(problems.into());
    };
    let current = before.clone();
    let destination = match input.destination_url {
        Patch::Keep => Some(current.destination_url),
        Patch::Clear | Patch::Set(_) => {
            let entered = match input.destination_url {
                Patch::Set(url) => Some(url),
                Patch::Keep | Patch::Clear => None,
            };
            let scope = auth::Scope::tenant_wide(writer.tenant());
            match store::campaign::find(&transaction, &scope, before.campaign_id).await? {
                Some(campaign) => leads_to(app, &campaign, entered, &mut problems),
                None => Some(current.destination_url),
            }
        }
    };
    let external_id = problems.changed_optional("externalId", input.external_id, current.external_id, |text| {
        text::external_id(&text)
    });
    let status = problems.changed("status", input.status, current.status, Ok);
    check_free(&transaction, &writer, &external_id, Some(before.id), &mut problems).await?;
    require!(problems; destination, external_id, status);
    let now = app.clock.now().max(before.updated_at);
    let disabled_at = match status {
        LinkStatus::Active => None,
        LinkStatus::Disabled => before.disabled_at.or(Some(now)),
    };
    let link = Link {
        destination_url: destination,
        external_id,
        status,
        disabled_at,
        updated_at: now,
        ..before.clone()
    };
    store::link::update(&transaction, writer.tenant(), &link).await?;
    transaction.changed(&before, &link);
    commit(app, transaction, &writer, &link).await?;
    Ok(link)
}

/// Deletes a link that nobody followed; another one can only be disabled. Staff only.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<LinkId, ServiceError> {
    let writer = caller.write(Resource::Links)?;
    let mut problems = Problems::new();
    let transaction = app.begin(&writer).await?;
    let Some(link) = locked(&transaction, &writer, id, &mut problems).await? else {
        return Err(problems.into());
    };
    let references = store::link::count_references(&transaction, &writer.scope(), link.id).await?;
    problems.in_use("id", &references);
    require!(problems);
    store::link::delete(&transaction, writer.tenant(), link.id).await?;
    transaction.deleted(&link);
    transaction.commit().await?;
    Ok(link.id)
}

/// The key of a link that was entered without one: of the part of its id that nobody can guess from when it was made.
pub(super) fn drawn_key(id: LinkId) -> String {
    let mut random = [0; 8];
    random.copy_from_slice(&id.uuid().as_bytes()[8..]);
    made_key(random)
}

/// The partner whose link it is to be: the one that is named, or the one that writes.
async fn owner(
    transaction: &Transaction,
    writer: &Writer,
    entered: Option<&str>,
    problems: &mut Problems,
) -> Result<Option<PartnerId>, StoreError> {
    let own = writer.partner().map(|partner| partner.to_string());
    let Some(id) = entered.map(str::to_owned).or(own) else {
        problems.add("partnerId", ProblemCode::Required, "must be given");
        return Ok(None);
    };
    let find = async |id| store::partner::find(transaction, &writer.scope(), id).await;
    let Some(partner) = named("partnerId", &id, problems, find).await? else {
        return Ok(None);
    };
    if partner.status == PartnerStatus::Revoked {
        let message = "is REVOKED: a link would credit nothing to it";
        problems.add("partnerId", ProblemCode::Conflict, message);
    }
    Ok(Some(partner.id))
}

/// Where a link of the campaign is to lead; `Some(None)`: to the campaign's destination.
pub(super) fn leads_to(
    app: &App,
    campaign: &Campaign,
    entered: Option<String>,
    problems: &mut Problems,
) -> Option<Option<String>> {
    let Some(text) = entered else {
        if campaign.destination_url.is_none() {
            let message = "must be given, since the campaign has no destinationUrl";
            problems.add("destinationUrl", ProblemCode::Required, message);
        }
        return Some(None);
    };
    let hosts = allowed_hosts(&campaign.link_hosts, campaign.destination_url.as_deref());
    if hosts.is_empty() {
        let message = "cannot be checked: the campaign has neither linkHosts nor a destinationUrl";
        problems.add("destinationUrl", ProblemCode::Conflict, message);
        return None;
    }
    let is_production = app.webhooks.outgoing.policy().production;
    problems
        .take("destinationUrl", destination(&text, &hosts, is_production))
        .map(Some)
}

async fn locked(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<Link>, StoreError> {
    let lock = async |id| store::link::lock(transaction, &writer.scope(), id).await;
    named("id", id, problems, lock).await
}

/// What webhooks are told of a new link.
pub(super) fn created(link: &Link) -> OutboxEvent {
    OutboxEvent {
        event_type: WebhookEventType::LinkCreated,
        object: link.id.uuid(),
        at: link.created_at,
        detail: None,
    }
}
