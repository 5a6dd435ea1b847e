//! Events to import, checked by themselves.

use crate::ledger::event::{Binding, CheckedEvent, NewEvent, binding, credited};
use crate::moving_in::Mode;
use domain::Timestamp;
use domain::event::Customer;
use domain::id::{self, CampaignId, PartnerId};
use domain::problem::{Problem, ProblemCode, Problems};

/// An event whose values are in range, with the partner and the campaign that it names.
pub(super) struct ImportedEvent {
    pub event: CheckedEvent,
    pub partner: Option<PartnerId>,
    pub campaign: Option<CampaignId>,
}

impl ImportedEvent {
    pub fn of(event: NewEvent, latest: Timestamp, mode: Mode) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::new();
        let partner = event.partner_id.as_deref();
        let partner = partner.and_then(|id| problems.id::<id::Partner>("partnerId", id));
        let campaign = event.campaign_id.as_deref();
        let campaign = campaign.and_then(|id| problems.id::<id::Campaign>("campaignId", id));
        if event.occurred_at.is_none() && mode != Mode::CheckToEarn {
            problems.add(
                "occurredAt",
                ProblemCode::Required,
                "must be given for imported history",
            );
        }
        match event.check(latest, &mut problems) {
            Some(event) if problems.is_empty() => Ok(Self {
                event,
                partner,
                campaign,
            }),
            _ => Err(problems.into_vec()),
        }
    }

    /// What it is credited to.
    pub fn credit(&self, customer: Option<&Customer>) -> Binding {
        credited((self.partner, self.campaign), binding(customer))
    }
}
