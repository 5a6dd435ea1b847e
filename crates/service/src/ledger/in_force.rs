//! The terms in force: what the next event of a partner would earn. Determined by the functions that pay, from the
//! facts that recording reads, for many partners at once.

use std::collections::HashMap;

use chrono_tz::Tz;

use auth::Scope;
use domain::Timestamp;
use domain::accrual;
use domain::campaign::Campaign;
use domain::decision::{NoCommissionReason, TermsSource};
use domain::id::{CampaignId, PartnerId};
use domain::money::Sum;
use domain::partner::PartnerStatus;
use domain::partner_group::PartnerGroup;
use domain::snapshot::CommissionSnapshot;
use domain::terms::Term;
use store::in_force::GroupState;
use store::recording::{EventReferences, RecordingFacts};
use store::{Connection, StoreError};

/// The partner, the campaign and the time that the terms are wanted for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TermsKey {
    pub partner: PartnerId,
    pub status: PartnerStatus,
    /// `None`: for events without a campaign.
    pub campaign: Option<CampaignId>,
    pub now: Timestamp,
}

/// What the next event would earn, before any tier.
#[derive(Clone, Debug)]
pub struct TermsInForce {
    pub source: TermsSource,
    pub snapshot: Option<CommissionSnapshot>,
    pub campaign: Option<Campaign>,
    /// Why no event earns anything now, whatever the terms.
    pub stopped: Option<NoCommissionReason>,
    /// Empty if nothing pays.
    pub terms: Vec<Term>,
    pub holdback_days: Option<u32>,
    /// `Some` if the rules of a group decide.
    pub rules: Option<GroupRules>,
    /// The tenant's time zone.
    pub zone: Tz,
}

/// The group whose rules decide, and the facts that they depend on.
#[derive(Clone, Debug)]
pub struct GroupRules {
    pub group: PartnerGroup,
    pub lifetime_values: Vec<Sum>,
    pub qualified_customers: u32,
}

/// The terms in force for each key. Unknown campaigns have none, nor, in the scope of a partner, have campaigns that
/// the partner neither belongs to nor has a snapshot for. Two statements, and a third if a partner has a snapshot for a
/// campaign that it does not belong to.
pub async fn terms_in_force(
    database: &Connection,
    scope: &Scope,
    keys: &[TermsKey],
) -> Result<HashMap<TermsKey, TermsInForce>, StoreError> {
    let facts = facts(database, scope, keys).await?;
    // A partner may read neither groups nor campaigns that it does not belong to, except what pays it.
    let whole = Scope::tenant_wide(scope.tenant());
    let promised: Vec<_> = facts.iter().filter_map(|(_, facts)| beyond(facts)).collect();
    let mut promised = store::campaign::by_ids(database, &whole, &promised).await?;
    let found = facts.into_iter().filter_map(|(key, mut facts)| {
        if let Some(campaign) = beyond(&facts) {
            facts.campaign = promised.remove(&campaign);
        }
        let is_there = key.campaign.is_none() || facts.campaign.is_some();
        is_there.then(|| {
            let snapshot = facts.snapshot.as_slice();
            let terms = accrual::terms_in_force(snapshot, facts.campaign.as_ref());
            (key, facts, terms)
        })
    });
    let found: Vec<_> = found.collect();
    let asking = found.iter().filter(|(_, _, terms)| terms.uses_group_rules());
    let partners: Vec<_> = asking.map(|(key, _, _)| key.partner.uuid()).collect();
    let ruled = match partners.as_slice() {
        [] => HashMap::new(),
        partners => store::in_force::group_states(database, &whole, partners).await?,
    };
    let terms = found.into_iter().map(|(key, facts, terms)| {
        let ruled = ruled
            .get(&key.partner.uuid())
            .filter(|_| terms.uses_group_rules())
            .cloned();
        (key.clone(), of(key, facts, &terms, ruled.unwrap_or_default()))
    });
    Ok(terms.collect())
}

/// The facts that recording would read.
async fn facts<'a>(
    database: &Connection,
    scope: &Scope,
    keys: &'a [TermsKey],
) -> Result<Vec<(&'a TermsKey, RecordingFacts)>, StoreError> {
    let names: Vec<_> = (0..keys.len()).map(|place| place.to_string()).collect();
    let asked = keys.iter().zip(&names).map(|(key, name)| EventReferences {
        external_id: name,
        partner: Some(key.partner),
        campaign: key.campaign,
        customer_external_id: None,
        visitor: None,
    });
    let (mut facts, _) = store::recording::facts(database, scope, &asked.collect::<Vec<_>>(), &[]).await?;
    Ok(keys
        .iter()
        .zip(&names)
        .filter_map(|(key, name)| Some((key, facts.remove(name)?)))
        .collect())
}

/// The campaign of a snapshot, if the scope does not show the campaign.
fn beyond(facts: &RecordingFacts) -> Option<uuid::Uuid> {
    let of_promise = facts.snapshot.as_ref()?.campaign_id?;
    facts.campaign.is_none().then(|| of_promise.uuid())
}

fn of(key: &TermsKey, facts: RecordingFacts, terms: &accrual::ApplicableTerms, ruled: GroupState) -> TermsInForce {
    let has_group = ruled.group.is_some();
    let stopped = accrual::stopped(key.status, facts.campaign.as_ref(), key.now);
    let unpaid = terms.unpaid(has_group);
    TermsInForce {
        source: terms.source(has_group, ruled.by_default),
        snapshot: facts.snapshot,
        campaign: facts.campaign,
        stopped: stopped.or(unpaid),
        terms: if unpaid.is_none() {
            terms.terms.clone()
        } else {
            Vec::new()
        },
        holdback_days: terms.holdback_days,
        rules: ruled.group.map(|group| GroupRules {
            group,
            lifetime_values: ruled.lifetime_values,
            qualified_customers: ruled.qualified_customers,
        }),
        zone: facts.zone,
    }
}
