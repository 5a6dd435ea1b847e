//! Imported links.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::{MAX_RECORDS, Mode, MovingInResult, attempts, conflict, unchanged};
use crate::ServiceError;
use crate::app::App;
use crate::imported::Outcome;
use crate::link::{created, drawn_key, leads_to};
use auth::{Caller, Resource, Writer};
use domain::campaign::Campaign;
use domain::id::{CampaignId, LinkId, PartnerId};
use domain::link::{Link, LinkStatus, key};
use domain::problem::{Problem, ProblemCode, Problems};
use domain::{Timestamp, text, time};
use store::{StoreError, Transaction};

/// A link of another system; what is `None` was not given.
#[derive(Clone, Debug)]
pub struct ImportedLink {
    /// `None`: one is made.
    pub key: Option<String>,
    pub external_id: Option<String>,
    pub partner_id: PartnerId,
    pub campaign_id: CampaignId,
    pub destination_url: Option<String>,
    /// `None`: active, unless it has a time since which it is disabled.
    pub status: Option<LinkStatus>,
    pub disabled_at: Option<Timestamp>,
}

/// Imports links, at most [`MAX_RECORDS`]; the caller has looked up partners and campaigns. A key, or an external id, that
/// exists is the same link. Five statements.
pub async fn bring_in(
    app: &App,
    caller: &Caller,
    mode: Mode,
    links: Vec<ImportedLink>,
) -> Result<Vec<MovingInResult>, ServiceError> {
    debug_assert!(links.len() <= MAX_RECORDS, "the caller cuts them");
    let writer = caller.write(Resource::Links)?;
    attempts(app, &writer, mode, async |transaction| {
        attempt(app, transaction, &writer, &links).await
    })
    .await
}

async fn attempt(
    app: &App,
    transaction: &Transaction,
    writer: &Writer,
    links: &[ImportedLink],
) -> Result<Vec<MovingInResult>, StoreError> {
    let scope = writer.scope();
    let campaigns: BTreeSet<_> = links.iter().map(|link| link.campaign_id.uuid()).collect();
    let campaigns = store::campaign::by_ids(transaction, &scope, &Vec::from_iter(campaigns)).await?;
    let mut known = KnownLinks::of(transaction, writer, links).await?;
    let now = app.clock.now();
    let (mut new, mut answers) = (BTreeMap::new(), Vec::with_capacity(links.len()));
    for link in links {
        let answer = match (check(app, link, &campaigns, now), known.find(link)) {
            (Err(problems), _) => Err(problems),
            (Ok(_), Err(problems)) => Err(problems),
            (Ok(_), Ok(Some(there))) => as_it_is(link, there),
            (Ok(made), Ok(None)) => {
                known.add(&made);
                new.insert(made.key.clone(), made);
                Ok(Outcome::Created)
            }
        };
        answers.push(answer);
    }
    // In the order of their keys, so that two imports cannot deadlock.
    let new: Vec<_> = new.into_values().collect();
    let tenant = writer.tenant();
    transaction
        .write(|writes| store::link::add(writes, tenant, &new))
        .await?;
    store::outbox::append_to(transaction, tenant, new.iter().map(created)).await?;
    Ok(answers)
}

/// The link that a row stands for, if there is none yet.
fn check(
    app: &App,
    link: &ImportedLink,
    campaigns: &HashMap<Uuid, Campaign>,
    now: Timestamp,
) -> Result<Link, Vec<Problem>> {
    let mut problems = Problems::new();
    let id = LinkId::new(now);
    let key = match &link.key {
        Some(entered) => problems.take("key", key(entered)),
        None => Some(drawn_key(id)),
    };
    let external_id = problems.optional("externalId", link.external_id.as_deref(), text::external_id);
    problems.optional("disabledAt", link.disabled_at, |at| time::happened(at, now));
    let status = match (link.status, link.disabled_at) {
        (Some(LinkStatus::Active), Some(_)) => {
            let message = "must be empty: the link is ACTIVE";
            problems.add("disabledAt", ProblemCode::Invalid, message);
            LinkStatus::Active
        }
        (None, Some(_)) => LinkStatus::Disabled,
        (status, _) => status.unwrap_or(LinkStatus::Active),
    };
    let destination = match campaigns.get(&link.campaign_id.uuid()) {
        Some(campaign) => leads_to(app, campaign, link.destination_url.clone(), &mut problems),
        None => {
            problems.add("campaign", ProblemCode::NotFound, "matches no campaign");
            None
        }
    };
    match (key, external_id, destination) {
        (Some(key), Some(external_id), Some(destination_url)) if problems.is_empty() => Ok(Link {
            id,
            partner_id: link.partner_id,
            campaign_id: link.campaign_id,
            key,
            destination_url,
            external_id,
            status,
            disabled_at: (status == LinkStatus::Disabled).then(|| link.disabled_at.unwrap_or(now)),
            created_at: now,
            updated_at: now,
        }),
        _ => Err(problems.into_vec()),
    }
}

/// The links that exist, or that an earlier row has made.
struct KnownLinks {
    by_key: HashMap<String, Link>,
    /// Keys by external ids.
    keys: HashMap<String, String>,
}

impl KnownLinks {
    async fn of(transaction: &Transaction, writer: &Writer, links: &[ImportedLink]) -> Result<Self, StoreError> {
        let scope = writer.scope();
        let keys: Vec<_> = links.iter().filter_map(|link| link.key.clone()).collect();
        let external_ids: Vec<_> = links.iter().filter_map(|link| link.external_id.clone()).collect();
        let mut known = Self {
            by_key: HashMap::new(),
            keys: HashMap::new(),
        };
        for (link, _) in store::link::by_keys(transaction, &scope, &keys).await?.into_values() {
            known.add(&link);
        }
        for link in store::link::by_external_ids(transaction, &scope, &external_ids)
            .await?
            .into_values()
        {
            known.add(&link);
        }
        Ok(known)
    }

    fn add(&mut self, link: &Link) {
        self.keys
            .extend(link.external_id.clone().map(|name| (name, link.key.clone())));
        self.by_key.insert(link.key.clone(), link.clone());
    }

    /// The link that a row names; a problem, if its key and its external id are those of two links.
    fn find(&self, link: &ImportedLink) -> Result<Option<&Link>, Vec<Problem>> {
        let by_key = link.key.as_ref().and_then(|key| self.by_key.get(key));
        let named = link.external_id.as_ref().and_then(|name| self.keys.get(name));
        let by_name = named.and_then(|key| self.by_key.get(key));
        match (by_key, by_name) {
            (None, Some(other)) if link.key.is_some() => {
                let message = format!("is that of the link with the key {}", other.key);
                Err(conflict("externalId", &message))
            }
            (Some(link), Some(other)) if link.key != other.key => {
                let message = format!("is that of the link with the key {}", other.key);
                Err(conflict("externalId", &message))
            }
            (by_key, by_name) => Ok(by_key.or(by_name)),
        }
    }
}

fn as_it_is(link: &ImportedLink, known: &Link) -> MovingInResult {
    let said = [
        ("partner", link.partner_id == known.partner_id),
        ("campaign", link.campaign_id == known.campaign_id),
        (
            "externalId",
            link.external_id.is_none() || link.external_id == known.external_id,
        ),
        (
            "destinationUrl",
            link.destination_url.is_none() || link.destination_url == known.destination_url,
        ),
        ("status", link.status.is_none_or(|status| status == known.status)),
        (
            "disabledAt",
            link.disabled_at.is_none() || link.disabled_at == known.disabled_at,
        ),
    ];
    unchanged("link", &said)
}
