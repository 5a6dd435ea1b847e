//! Checks that the partners, campaigns and advertisers that tiers name exist.

use std::collections::HashSet;

use uuid::Uuid;

use crate::stored::Stored;
use auth::Scope;
use domain::id::{self, Id, Kind};
use domain::problem::{Fault, Problems};
use domain::tiered::{Draft, MAX_LISTED};
use store::{Connection, StoreError};

/// Notes for each draft, under its path, the ids that do not exist; at most three statements. Malformed ids are
/// skipped: [`well_formed`] and the domain note those. Returns whether all ids exist.
pub(super) async fn check(
    database: &Connection,
    scope: &Scope,
    drafts: &[(Vec<String>, &Draft)],
    problems: &mut Problems,
) -> Result<bool, StoreError> {
    let partners = NamedIds::<id::Partner>::of("partnerIds", drafts, |draft| &draft.partner_ids);
    let campaigns = NamedIds::<id::Campaign>::of("campaignIds", drafts, |draft| &draft.campaign_ids);
    let advertisers = NamedIds::<id::Advertiser>::of("advertiserIds", drafts, |draft| &draft.advertiser_ids);
    let all_known = [
        partners.check(database, scope, problems).await?,
        campaigns.check(database, scope, problems).await?,
        advertisers.check(database, scope, problems).await?,
    ];
    Ok(all_known.into_iter().all(|known| known))
}

/// The ids that drafts have in one of their lists, each with the path of its draft.
struct NamedIds<'a, K: Stored> {
    field: &'static str,
    ids: Vec<(&'a [String], usize, Id<K>)>,
}

impl<'a, K: Stored> NamedIds<'a, K> {
    fn of(
        field: &'static str,
        drafts: &'a [(Vec<String>, &'a Draft)],
        list: impl Fn(&'a Draft) -> &'a Vec<String>,
    ) -> Self {
        let mut ids = Vec::new();
        for (place, draft) in drafts {
            let texts = list(draft);
            if texts.len() > MAX_LISTED {
                continue;
            }
            let mut seen = HashSet::new();
            for (index, text) in texts.iter().enumerate() {
                if let Some(id) = text.parse::<Id<K>>().ok().filter(|id| seen.insert(*id)) {
                    ids.push((place.as_slice(), index, id));
                }
            }
        }
        Self { field, ids }
    }

    async fn check(&self, database: &Connection, scope: &Scope, problems: &mut Problems) -> Result<bool, StoreError> {
        let distinct: HashSet<Uuid> = self.ids.iter().map(|(_, _, id)| id.uuid()).collect();
        if distinct.is_empty() {
            return Ok(true);
        }
        let found = K::by_ids(database, scope, &Vec::from_iter(distinct)).await?;
        let mut all_known = true;
        for (place, index, _) in self.ids.iter().filter(|(_, _, id)| !found.contains_key(&id.uuid())) {
            let Fault(code, message) = Fault::not_found();
            problems.within_all(place, |problems| {
                problems.add(&format!("{}.{index}", self.field), code, message);
            });
            all_known = false;
        }
        Ok(all_known)
    }
}

/// Notes the malformed ids in a draft's lists.
pub(super) fn well_formed(draft: &Draft, problems: &mut Problems) {
    list::<id::Partner>("partnerIds", &draft.partner_ids, problems);
    list::<id::Campaign>("campaignIds", &draft.campaign_ids, problems);
    list::<id::Advertiser>("advertiserIds", &draft.advertiser_ids, problems);
}

fn list<K: Kind>(field: &str, texts: &[String], problems: &mut Problems) {
    if !problems.at_most(field, texts.len(), MAX_LISTED, "") {
        return;
    }
    for (index, text) in texts.iter().enumerate() {
        problems.id::<K>(&format!("{field}.{index}"), text);
    }
}
