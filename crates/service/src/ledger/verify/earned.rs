//! Checks rows against their events and against the snapshots that paid them.

use std::collections::HashMap;

use uuid::Uuid;

use super::finding_log::FindingLog;
use domain::commission::{Commission, CommissionKind};
use domain::id::EventId;
use store::verify::{EventFacts, EventRow, SnapshotRow};

/// The snapshots of partners, in the order of their versions.
pub type PartnerSnapshots = HashMap<Uuid, Vec<SnapshotRow>>;

/// Checks a row against its event, if it has one.
pub fn check(row: &Commission, event: Option<&EventRow>, snapshots: &PartnerSnapshots, found: &mut FindingLog) {
    if disagrees(row, event) {
        let what = format!(
            "the {} row disagrees with its event about partner or campaign, or lacks one",
            row.kind.as_str()
        );
        let event = event.map(|event| EventId::from_uuid(event.id).to_string());
        let ids = std::iter::once(row.id.to_string()).chain(event);
        found.say("the row disagrees with its event", what, ids);
    }
    if let Some(event) = event
        && row.kind == CommissionKind::Event
        && let Some(sequence) = event.sequence
        && is_since_it_was_moved(row, event)
        && row.snapshot_id.map(|id| id.uuid()) != newest(row, sequence, snapshots)
    {
        let what = "the row was not paid by the snapshot that was the newest when its event was recorded";
        found.add(what, [row.id.to_string(), EventId::from_uuid(event.id).to_string()]);
    }
}

fn is_since_it_was_moved(row: &Commission, event: &EventRow) -> bool {
    event.about.partner.is_some() && event.about.moved_at.is_none_or(|at| row.accrued_at >= at)
}

/// An event of nobody may have been somebody's.
fn may_have_been_moved(event: &EventFacts) -> bool {
    event.partner.is_none() || event.moved_at.is_some()
}

fn disagrees(row: &Commission, event: Option<&EventRow>) -> bool {
    let Some(event) = event else {
        return row.kind == CommissionKind::Event;
    };
    let earns = matches!(row.kind, CommissionKind::Event | CommissionKind::Opening);
    if earns && event.about.kind.takes_back() {
        return true;
    }
    // What was earned before the event was moved, and what takes that back, stays with the former partner.
    let was_moved = may_have_been_moved(&event.about);
    let stays = was_moved && (row.kind == CommissionKind::Clawback || !is_since_it_was_moved(row, event));
    let original_was_moved = event
        .original
        .as_ref()
        .is_some_and(|(_, original)| may_have_been_moved(original));
    !stays
        && !original_was_moved
        && (event.about.partner != Some(row.partner_id.uuid())
            || event.about.campaign != row.campaign_id.map(|id| id.uuid()))
}

/// The newest snapshot for the row's campaign before this step of the partner's history, or else the newest for all
/// campaigns.
fn newest(row: &Commission, sequence: i64, snapshots: &PartnerSnapshots) -> Option<Uuid> {
    let of_partner = snapshots.get(&row.partner_id.uuid())?;
    let newest = |campaign: Option<Uuid>| {
        let mut before = of_partner
            .iter()
            .rev()
            .filter(|snapshot| snapshot.campaign == campaign && snapshot.sequence < sequence);
        before.next().map(|snapshot| snapshot.id)
    };
    let of_campaign = row.campaign_id.and_then(|campaign| newest(Some(campaign.uuid())));
    of_campaign.or_else(|| newest(None))
}
