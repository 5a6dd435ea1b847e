//! Campaigns.

use crate::aggregate::aggregate;
use crate::app::App;
use crate::campaign_links::{attribution, link_hosts};
use crate::external_id::check_free;
use crate::ids::named;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Resource, Writer};
use domain::Timestamp;
use domain::attribution::AttributionDraft;
use domain::attribution::destination::destination;
use domain::campaign::{Campaign, CampaignStatus};
use domain::id::{self, AdvertiserId, CampaignId};
use domain::problem::{Patch, ProblemCode, Problems};
use domain::terms::{self, TermDraft};
use domain::{text, time};
use store::locks::InForce;
use store::{StoreError, Transaction};

aggregate!(Campaign: Campaign, in campaign, with external_id, answer);

/// A campaign as entered.
#[derive(Clone, Debug, Default)]
pub struct NewCampaign {
    pub name: String,
    pub external_id: Option<String>,
    pub status: Option<CampaignStatus>,
    pub terms: Vec<TermDraft>,
    pub holdback_days: Option<i32>,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub advertiser_id: Option<String>,
    pub destination_url: Option<String>,
    pub link_hosts: Vec<String>,
    pub attribution: AttributionDraft,
}

#[derive(Clone, Debug, Default)]
pub struct CampaignChange {
    pub id: String,
    pub name: Patch<String>,
    pub external_id: Patch<String>,
    pub status: Patch<CampaignStatus>,
    pub terms: Patch<Vec<TermDraft>>,
    pub holdback_days: Patch<i32>,
    pub starts_at: Patch<Timestamp>,
    pub ends_at: Patch<Timestamp>,
    pub advertiser_id: Patch<String>,
    pub destination_url: Patch<String>,
    pub link_hosts: Patch<Vec<String>>,
    pub attribution: Patch<AttributionDraft>,
}

pub async fn create(app: &App, caller: &Caller, input: NewCampaign) -> Result<Campaign, ServiceError> {
    let writer = caller.write(Resource::Campaigns)?;
    let base_currency = store::tenant::get(app.store.reader(), &writer.scope())
        .await?
        .base_currency;
    let mut problems = Problems::new();
    let name = problems.take("name", text::name(&input.name));
    let external_id = problems.optional("externalId", input.external_id, |text| text::external_id(&text));
    let terms = terms::terms(input.terms, base_currency, &mut problems);
    let holdback_days = problems.optional("holdbackDays", input.holdback_days, terms::holdback_days);
    let hosts = link_hosts(input.link_hosts, &mut problems);
    let is_production = app.webhooks.outgoing.policy().production;
    let destination_url = problems.optional("destinationUrl", input.destination_url, |url| {
        destination(&url, hosts.as_deref().unwrap_or_default(), is_production)
    });
    let attribution = attribution(input.attribution, &mut problems);
    let status = input.status.unwrap_or(CampaignStatus::Active);
    time::check_window(input.starts_at, input.ends_at, &mut problems);
    let transaction = begin(app, &writer).await?;
    let now = app.clock.now();
    let ends_at = window_end(status, input.ends_at, now);
    check_free::<id::Campaign>(&transaction, &writer, &external_id, None, &mut problems).await?;
    let advertiser_id = match &input.advertiser_id {
        Some(id) => advertiser(&transaction, &writer, id, &mut problems).await?,
        None => None,
    };
    require!(problems; name, external_id, terms, holdback_days, hosts, destination_url, attribution);
    let campaign = Campaign {
        id: CampaignId::new(now),
        name,
        external_id,
        status,
        terms,
        holdback_days,
        starts_at: input.starts_at,
        ends_at,
        advertiser_id,
        destination_url,
        link_hosts: hosts,
        attribution,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    store::campaign::insert(&transaction, writer.tenant(), &campaign).await?;
    transaction.created(&campaign);
    commit(app, transaction, &writer, &campaign).await?;
    Ok(campaign)
}

pub async fn update(app: &App, caller: &Caller, input: CampaignChange) -> Result<Campaign, ServiceError> {
    let writer = caller.write(Resource::Campaigns)?;
    let base_currency = store::tenant::get(app.store.reader(), &writer.scope())
        .await?
        .base_currency;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let counts_otherwise = !matches!(input.advertiser_id, Patch::Keep);
    let Some(current) = locked(&transaction, &writer, &input.id, counts_otherwise, &mut problems).await? else {
        return Err(problems.into());
    };
    let before = current.clone();
    // Read after taking the lock, and never earlier than the change before this one.
    let now = app.clock.now().max(current.updated_at);
    let name = problems.changed("name", input.name, current.name, |name| text::name(&name));
    let external_id = problems.changed_optional("externalId", input.external_id, current.external_id, |text| {
        text::external_id(&text)
    });
    let status = problems.changed("status", input.status, current.status, Ok);
    let terms = match input.terms.list() {
        None => Some(current.terms),
        Some(drafts) => terms::terms(drafts, base_currency, &mut problems),
    };
    let holdback_days = problems.changed_optional(
        "holdbackDays",
        input.holdback_days,
        current.holdback_days,
        terms::holdback_days,
    );
    let enters_end = matches!(input.ends_at, Patch::Set(_));
    let starts_at = problems
        .changed_optional("startsAt", input.starts_at, current.starts_at, Ok)
        .flatten();
    let ends_at = problems
        .changed_optional("endsAt", input.ends_at, current.ends_at, Ok)
        .flatten();
    let ended = CampaignStatus::Ended;
    if current.status == ended && status.is_some_and(|status| status != ended) && ends_at.is_some_and(|end| end <= now)
    {
        let message = "is past: give a later one, or null, to reopen an ended campaign";
        problems.add("endsAt", ProblemCode::Invalid, message);
    } else if enters_end || status != Some(ended) {
        time::check_window(starts_at, ends_at, &mut problems);
    }
    let ends_at = status.map_or(ends_at, |status| window_end(status, ends_at, now));
    check_free(&transaction, &writer, &external_id, Some(current.id), &mut problems).await?;
    let advertiser_id = match &input.advertiser_id {
        Patch::Keep => current.advertiser_id,
        Patch::Clear => None,
        Patch::Set(id) => advertiser(&transaction, &writer, id, &mut problems).await?,
    };
    let hosts = match input.link_hosts.list() {
        None => Some(current.link_hosts),
        Some(hosts) => link_hosts(hosts, &mut problems),
    };
    let is_production = app.webhooks.outgoing.policy().production;
    let destination_url = match (input.destination_url, current.destination_url) {
        (Patch::Clear, _) | (Patch::Keep, None) => Some(None),
        (Patch::Set(url), _) | (Patch::Keep, Some(url)) => {
            let checked = destination(&url, hosts.as_deref().unwrap_or_default(), is_production);
            problems.take("destinationUrl", checked).map(Some)
        }
    };
    let attribution = match input.attribution {
        Patch::Keep => Some(current.attribution),
        Patch::Clear => attribution(AttributionDraft::default(), &mut problems),
        Patch::Set(draft) => attribution(draft, &mut problems),
    };
    require!(problems; name, external_id, status, terms, holdback_days, hosts, destination_url, attribution);
    let decides_otherwise = (&terms, holdback_days, advertiser_id, attribution)
        != (
            &before.terms,
            before.holdback_days,
            before.advertiser_id,
            before.attribution,
        );
    let campaign = Campaign {
        id: current.id,
        name,
        external_id,
        status,
        terms,
        holdback_days,
        starts_at,
        ends_at,
        advertiser_id,
        destination_url,
        link_hosts: hosts,
        attribution,
        created_at: current.created_at,
        updated_at: now,
        version: current.version + u32::from(decides_otherwise),
    };
    store::campaign::update(&transaction, writer.tenant(), &campaign).await?;
    transaction.changed(&before, &campaign);
    if decides_otherwise {
        store::campaign::keep_version(&transaction, writer.tenant(), &campaign).await?;
    }
    if campaign.advertiser_id != current.advertiser_id {
        store::tier_counter::forget(&transaction, writer.tenant(), campaign.id).await?;
    }
    commit(app, transaction, &writer, &campaign).await?;
    Ok(campaign)
}

/// Deletes a campaign that nothing refers to; one that was ever promoted can only be ended.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<CampaignId, ServiceError> {
    let writer = caller.write(Resource::Campaigns)?;
    let mut problems = Problems::new();
    let transaction = app.begin(&writer).await?;
    let Some(campaign) = locked(&transaction, &writer, id, false, &mut problems).await? else {
        return Err(problems.into());
    };
    let references = store::campaign::count_references(&transaction, &writer.scope(), campaign.id).await?;
    problems.in_use("id", &references);
    require!(problems);
    store::campaign::delete(&transaction, writer.tenant(), campaign.id).await?;
    transaction.deleted(&campaign);
    transaction.commit().await?;
    Ok(campaign.id)
}

/// The end of the window: for a campaign that has ended, now at the latest; else as requested.
fn window_end(status: CampaignStatus, ends_at: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    match status {
        CampaignStatus::Ended => Some(ends_at.map_or(now, |end| end.min(now))),
        CampaignStatus::Active | CampaignStatus::Paused => ends_at,
    }
}

/// The campaign, locked: with the tiers, if it may be counted by others from now on.
async fn locked(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    counts_otherwise: bool,
    problems: &mut Problems,
) -> Result<Option<Campaign>, StoreError> {
    let lock = async |id| {
        let mut changed = vec![InForce::Campaign(id)];
        changed.extend(counts_otherwise.then_some(InForce::Tiers));
        store::locks::change(transaction, writer.tenant(), &changed).await?;
        store::campaign::lock(transaction, &writer.scope(), id).await
    };
    named("id", id, problems, lock).await
}

/// The campaign that `campaignId` names, or `None` after noting that it names none.
pub(super) async fn of_id(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<Campaign>, StoreError> {
    let find = async |id| store::campaign::find(transaction, &writer.scope(), id).await;
    named("campaignId", id, problems, find).await
}

async fn advertiser(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<AdvertiserId>, StoreError> {
    let find = async |id| store::label::find::<id::Advertiser>(transaction, &writer.scope(), id).await;
    let advertiser = named("advertiserId", id, problems, find).await?;
    Ok(advertiser.map(|advertiser| advertiser.id))
}
