//! Requests to promote a campaign: creating, approving and rejecting them.

use crate::aggregate::aggregate;
use crate::app::App;
use crate::ids::named;
use crate::once::{begin, commit};
use crate::snapshot::{self, Promise};
use crate::{ServiceError, campaign, partner, require, stored};
use auth::{Caller, Resource, Writer};
use domain::id::{self, PartnershipRequestId};
use domain::partner::{Partner, PartnerStatus, PartnerType};
use domain::partnership_request::{PartnershipRequest, PartnershipRequestStatus};
use domain::problem::{Fault, ProblemCode, Problems};
use domain::webhook::WebhookEventType;
use domain::webhook::body::OutboxEvent;
use domain::{Timestamp, text};
use store::locks::InForce;
use store::partner::LockedPartner;
use store::{StoreError, Transaction};

aggregate!(PartnershipRequest: PartnershipRequest, in partnership_request, with answer);

/// A request as entered.
#[derive(Clone, Debug)]
pub struct NewPartnershipRequest {
    pub name: String,
    pub email: String,
    pub campaign_id: String,
    pub message: Option<String>,
}

pub async fn create(
    app: &App,
    caller: &Caller,
    input: NewPartnershipRequest,
) -> Result<PartnershipRequest, ServiceError> {
    let writer = caller.write(Resource::Partners)?;
    let mut problems = Problems::new();
    let name = problems.take("name", text::name(&input.name));
    let email = problems.take("email", text::email(&input.email));
    let message = problems.optional("message", input.message, |text| text::description(&text));
    let transaction = begin(app, &writer).await?;
    let campaign = campaign::of_id(&transaction, &writer, &input.campaign_id, &mut problems).await?;
    if let (Some(campaign), Some(email)) = (&campaign, &email)
        && store::partnership_request::is_pending(&transaction, &writer.scope(), campaign.id, email).await?
    {
        problems.add(
            "email",
            ProblemCode::Taken,
            "has a pending request for this campaign already",
        );
    }
    require!(problems; name, email, message, campaign);
    let now = app.clock.now();
    let request = PartnershipRequest {
        id: PartnershipRequestId::new(now),
        name,
        email,
        campaign_id: campaign.id,
        status: PartnershipRequestStatus::Pending,
        message: message.filter(|text| !text.is_empty()),
        partner_id: None,
        reason: None,
        created_at: now,
        decided_at: None,
    };
    store::partnership_request::insert(&transaction, writer.tenant(), &request).await?;
    transaction.created(&request);
    let happened = outbox_event(&request, WebhookEventType::PartnershipRequestCreated, now);
    store::outbox::append_to(&transaction, writer.tenant(), [happened]).await?;
    commit(app, transaction, &writer, &request).await?;
    Ok(request)
}

/// Approves a request: creates the partner, or uses the one with that e-mail address; joins it to the campaign and
/// stamps a snapshot of the campaign's current terms. If a group is given, it becomes the partner's.
pub async fn approve(
    app: &App,
    caller: &Caller,
    id: &str,
    group_id: Option<&str>,
) -> Result<PartnershipRequest, ServiceError> {
    match approve_once(app, caller, id, group_id).await {
        // A partner with that address was created concurrently: the second attempt finds it and joins it.
        Err(ServiceError::Rejected(problems)) if problems.iter().any(|problem| problem.code == ProblemCode::Taken) => {
            approve_once(app, caller, id, group_id).await
        }
        answer => answer,
    }
}

async fn approve_once(
    app: &App,
    caller: &Caller,
    id: &str,
    group_id: Option<&str>,
) -> Result<PartnershipRequest, ServiceError> {
    let writer = caller.write(Resource::Partners)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    if let Ok(id) = id.parse()
        && let Some(seen) = stored::find::<id::PartnershipRequest>(&transaction, &writer.scope(), id).await?
    {
        // What is promised are the terms of now. The campaign of a request never changes.
        let in_force = [InForce::Campaign(seen.campaign_id)];
        store::locks::share(&transaction, writer.tenant(), &in_force).await?;
    }
    let request = pending(&transaction, &writer, id, &mut problems).await?;
    let group_id = match group_id {
        Some(id) => partner::group(&transaction, &writer, id, &mut problems).await?,
        None => None,
    };
    require!(problems; request);

    let campaign = store::campaign::find(&transaction, &writer.scope(), request.campaign_id).await?;
    let campaign = campaign.ok_or(StoreError::Corrupt {
        table: "partnership_request",
        column: "campaign_id",
        value: request.campaign_id.to_string(),
    })?;
    let known = store::partner::find_by_email(&transaction, &writer.scope(), &request.email).await?;
    let known = match known {
        Some(partner) => store::partner::lock(&transaction, &writer.scope(), partner.id).await?,
        None => None,
    };
    // Read after taking the locks: what was written while this call waited must be earlier.
    let now = app.clock.now().max(request.created_at);
    let (partner, moment) = match known {
        Some(LockedPartner { partner, last }) => {
            let moment = last.next(now.max(partner.updated_at));
            let advanced = [(partner.id, moment)];
            let advance = transaction.write(|writes| store::partner::advance(writes, writer.tenant(), advanced));
            advance.await?;
            if group_id.is_some() && partner.group_id != group_id {
                let before = partner.clone();
                let partner = Partner {
                    group_id,
                    updated_at: moment.at,
                    ..partner
                };
                store::partner::update(&transaction, writer.tenant(), &partner).await?;
                transaction.changed(&before, &partner);
                (partner, moment)
            } else {
                (partner, moment)
            }
        }
        None => {
            let details = partner::PartnerDetails {
                name: request.name.clone(),
                email: request.email.clone(),
                external_id: None,
                tags: Vec::new(),
                metadata: None,
                group_id,
                tier_id: None,
                payout_currency: None,
                payout_reference: None,
            };
            let (partner_type, status) = (PartnerType::Affiliate, PartnerStatus::Active);
            partner::insert(&transaction, &writer, details, partner_type, status, now).await?
        }
    };
    let now = moment.at;
    if !store::campaign::has_member(&transaction, &writer.scope(), campaign.id, partner.id).await? {
        partner::note_joined(&transaction, &partner, campaign.id);
    }
    let member = [(partner.id, campaign.id)];
    let join = transaction.write(|writes| store::campaign::join(writes, writer.tenant(), member, now));
    join.await?;
    snapshot::stamp(
        &transaction,
        &writer,
        partner.id,
        Promise::of_campaign(&campaign),
        moment,
    )
    .await?;
    let decided = PartnershipRequest {
        status: PartnershipRequestStatus::Approved,
        partner_id: Some(partner.id),
        decided_at: Some(now),
        ..request.clone()
    };
    decide(app, transaction, &writer, &request, decided).await
}

pub async fn reject(app: &App, caller: &Caller, id: &str, reason: &str) -> Result<PartnershipRequest, ServiceError> {
    let writer = caller.write(Resource::Partners)?;
    let mut problems = Problems::new();
    let reason = problems.take("reason", text::reason(reason));
    let transaction = begin(app, &writer).await?;
    let request = pending(&transaction, &writer, id, &mut problems).await?;
    require!(problems; request, reason);
    let decided = PartnershipRequest {
        status: PartnershipRequestStatus::Rejected,
        reason: Some(reason),
        decided_at: Some(app.clock.now().max(request.created_at)),
        ..request.clone()
    };
    decide(app, transaction, &writer, &request, decided).await
}

/// Writes a request as it was decided.
async fn decide(
    app: &App,
    transaction: Transaction,
    writer: &Writer,
    before: &PartnershipRequest,
    decided: PartnershipRequest,
) -> Result<PartnershipRequest, ServiceError> {
    store::partnership_request::update(&transaction, writer.tenant(), &decided).await?;
    transaction.changed(before, &decided);
    let decided_at = decided.decided_at.unwrap_or(decided.created_at);
    let happened = outbox_event(&decided, WebhookEventType::PartnershipRequestDecided, decided_at);
    store::outbox::append_to(&transaction, writer.tenant(), [happened]).await?;
    commit(app, transaction, writer, &decided).await?;
    Ok(decided)
}

fn outbox_event(request: &PartnershipRequest, event_type: WebhookEventType, at: Timestamp) -> OutboxEvent {
    OutboxEvent {
        event_type,
        object: request.id.uuid(),
        at,
        detail: None,
    }
}

/// The request, locked, if it is still pending.
async fn pending(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<PartnershipRequest>, StoreError> {
    let lock = async |id| store::partnership_request::lock(transaction, &writer.scope(), id).await;
    let Some(request) = named("id", id, problems, lock).await? else {
        return Ok(None);
    };
    match request.status {
        PartnershipRequestStatus::Pending => Ok(Some(request)),
        decided @ (PartnershipRequestStatus::Approved | PartnershipRequestStatus::Rejected) => {
            let message = format!("has been decided already: {}", decided.as_str());
            Ok(problems.take("id", Err(Fault(ProblemCode::InvalidTransition, message))))
        }
    }
}
