//! The history of versions of everything that determines payments.

use std::collections::HashMap;
use std::sync::Arc;

use crate::Timestamp;
use crate::campaign::Campaign;
use crate::group_rules::RuleSet;
use crate::id::{CampaignId, PartnerGroupId, TieredCommissionId};
use crate::partner_group::PartnerGroup;
use crate::terms::Term;
use crate::tiered::TieredCommission;

/// A value in force from a moment until its successor begins.
#[derive(Clone, Debug)]
pub struct Versioned<T> {
    pub version: u32,
    pub begins_at: Timestamp,
    pub value: T,
}

/// The version found for a moment.
#[derive(Debug)]
pub struct VersionAt<'a, T> {
    pub value: &'a T,
    /// Whether it was really in force then; otherwise it is the nearest known version.
    pub is_known: bool,
}

impl<T> Clone for VersionAt<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for VersionAt<'_, T> {}

/// All versions, each list in version order.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    pub campaigns: HashMap<CampaignId, Vec<Versioned<Arc<Campaign>>>>,
    pub groups: HashMap<PartnerGroupId, Vec<Versioned<Arc<PartnerGroup>>>>,
    pub defaults: Vec<Versioned<Option<PartnerGroupId>>>,
    /// Each version is in force from its `updated_at` on; deleted tiers, which never acted, are missing.
    pub tiers: HashMap<TieredCommissionId, Vec<Arc<TieredCommission>>>,
    /// The proposed tier: it counts and acts from the start of the range on, and replaces the tier with its id, if
    /// there is one.
    pub proposed: Option<Arc<TieredCommission>>,
}

impl Versions {
    /// The version with this number, or else the one in force at `at`.
    fn find<T>(list: &[Versioned<T>], version: Option<u32>, at: Timestamp) -> Option<VersionAt<'_, T>> {
        let found = |since, is_known| VersionAt {
            value: Versioned::value_of(since),
            is_known,
        };
        if let Some(since) = version.and_then(|version| list.iter().find(|since| since.version == version)) {
            return Some(found(since, true));
        }
        match list.iter().rev().find(|since| since.begins_at <= at) {
            // A requested version that is not stored is not the one found by time.
            Some(since) => Some(found(since, version.is_none())),
            None => Some(found(list.first()?, false)),
        }
    }

    pub fn campaign(
        &self,
        id: CampaignId,
        version: Option<u32>,
        at: Timestamp,
    ) -> Option<VersionAt<'_, Arc<Campaign>>> {
        Self::find(self.campaigns.get(&id)?, version, at)
    }

    pub fn group(
        &self,
        id: PartnerGroupId,
        version: Option<u32>,
        at: Timestamp,
    ) -> Option<VersionAt<'_, Arc<PartnerGroup>>> {
        Self::find(self.groups.get(&id)?, version, at)
    }

    /// The default group at that time, if there was one, and whether that is known.
    pub fn default_group(&self, at: Timestamp) -> (Option<PartnerGroupId>, bool) {
        match self.defaults.iter().rev().find(|since| since.begins_at <= at) {
            Some(since) => (since.value, true),
            None => (self.defaults.first().and_then(|since| since.value), false),
        }
    }

    pub fn tier(&self, id: TieredCommissionId, version: u32) -> Option<(&Arc<TieredCommission>, bool)> {
        let versions = self.tiers.get(&id)?;
        let exact = versions.iter().find(|tier| tier.version == version);
        exact
            .map(|tier| (tier, true))
            .or_else(|| Some((versions.first()?, false)))
    }

    /// Replaces the terms in every version of the campaign.
    pub fn propose_terms(&mut self, campaign: CampaignId, terms: &[Term], holdback_days: Option<u32>) {
        for since in self.campaigns.get_mut(&campaign).into_iter().flatten() {
            since.value = Arc::new(Campaign {
                terms: terms.to_vec(),
                holdback_days,
                ..(*since.value).clone()
            });
        }
    }

    /// Replaces the rules in every version of the group.
    pub fn propose_rules(&mut self, group: PartnerGroupId, rules: &RuleSet) {
        for since in self.groups.get_mut(&group).into_iter().flatten() {
            since.value = Arc::new(PartnerGroup {
                rules: rules.clone(),
                ..(*since.value).clone()
            });
        }
    }
}

impl<T> Versioned<T> {
    fn value_of(&self) -> &T {
        &self.value
    }
}

#[cfg(test)]
mod tests;
