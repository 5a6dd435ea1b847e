//! Which campaigns a partner belongs to.

use serde_json::{Value, json};

use super::checks::locked;
use crate::app::App;
use crate::once::{begin, commit};
use crate::{ServiceError, campaign, require};
use auth::{Caller, Resource};
use domain::id::CampaignId;
use domain::partner::Partner;
use domain::problem::Problems;
use store::Transaction;
use store::partner::LockedPartner;

/// Makes a partner a member of a campaign; one that is a member already stays as it is.
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
    let campaign = campaign::of_id(&transaction, &writer, campaign_id, &mut problems).await?;
    require!(problems; partner, campaign);
    let LockedPartner { partner, .. } = partner;
    let now = app.clock.now();
    if !store::campaign::has_member(&transaction, &writer.scope(), campaign.id, partner.id).await? {
        note_joined(&transaction, &partner, campaign.id);
    }
    let member = [(partner.id, campaign.id)];
    let join = transaction.write(|writes| store::campaign::join(writes, writer.tenant(), member, now));
    join.await?;
    commit(app, transaction, &writer, &partner).await?;
    Ok(partner)
}

/// Notes for the audit log that a partner has joined a campaign.
pub(crate) fn note_joined(transaction: &Transaction, partner: &Partner, campaign: CampaignId) {
    transaction.noted(partner, "campaigns", Value::Null, json!(campaign));
}
