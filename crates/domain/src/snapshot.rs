//! Commission snapshots: the terms a partner was promised, recorded once and never edited.

use super::id::{CampaignId, PartnerId, SnapshotId};
use super::terms::Term;
use super::{Timestamp, text_enum};
use crate::audit::audited;

text_enum! {
    /// Why the terms were recorded.
    SnapshotSource {
        /// A partnership request was approved.
        RequestApproval = "REQUEST_APPROVAL",
        /// The partner was created directly, with terms.
        Invite = "INVITE",
        /// An override by staff.
        Amendment = "AMENDMENT",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommissionSnapshot {
    pub id: SnapshotId,
    pub partner_id: PartnerId,
    /// `None`: it applies to every campaign without a snapshot of its own.
    pub campaign_id: Option<CampaignId>,
    /// Counts from 1 per partner and campaign.
    pub version: u32,
    pub terms: Vec<Term>,
    /// `None`: the campaign's holdback applies.
    pub holdback_days: Option<u32>,
    pub source: SnapshotSource,
    pub reason: Option<String>,
    pub created_at: Timestamp,
    /// Its position in the partner's history.
    pub sequence: i64,
    /// When the next version replaced it; `None`: it is in force.
    pub superseded_at: Option<Timestamp>,
}

audited!(CommissionSnapshot as "CommissionSnapshot": {
    id: _, partner_id, campaign_id, version, terms, holdback_days, source, reason, created_at: _, sequence: _,
    superseded_at: _
} => [
    "partnerId": partner_id,
    "campaignId": campaign_id,
    "terms": terms,
    "holdbackDays": holdback_days,
    "source": source.as_str(),
    "reason": reason,
    "version": version,
]);

/// The snapshot that applies to `campaign`: the newest of that campaign, else the newest partner-wide one. Without a
/// campaign, the newest partner-wide one. `snapshots` are those of one partner, in any order.
pub fn in_force(snapshots: &[CommissionSnapshot], campaign: Option<CampaignId>) -> Option<&CommissionSnapshot> {
    let newest = |campaign| {
        snapshots
            .iter()
            .filter(|snapshot| snapshot.campaign_id == campaign)
            .max_by_key(|snapshot| snapshot.version)
    };
    newest(campaign).or_else(|| newest(None))
}
