//! Made-up partners and what belongs to them.

use fastrand::Rng;

use super::programme::{Programme, some_terms};
use super::source::{IdSequence, JOINING, SeedSource, between_days, happens, pick, pick_some, soon_after};
use super::words::{BRANDS, FIRST_NAMES, LAST_NAMES, TAGS, TRADES};
use domain::Timestamp;
use domain::audit::AuditEntry;
use domain::campaign::Campaign;
use domain::history::Moment;
use domain::id::{CampaignId, PartnerCategoryId, PartnerId, PartnerTransitionId};
use domain::money::Currency;
use domain::partner::{Partner, PartnerStatus, PartnerTransition, PartnerTransitionKind, PartnerType};
use domain::snapshot::{CommissionSnapshot, SnapshotSource};
use domain::text;

/// The actor recorded in histories.
pub const ACTOR: &str = "seed";

/// Rows that are written together.
#[derive(Default)]
pub struct PartnerBatch {
    pub partners: Vec<Partner>,
    pub transitions: Vec<(PartnerTransitionId, PartnerId, PartnerTransition)>,
    pub categories: Vec<(PartnerId, PartnerCategoryId)>,
    pub members: Vec<(CampaignId, PartnerId, Timestamp)>,
    pub snapshots: Vec<CommissionSnapshot>,
    /// The audit log's entry for each partner.
    pub entries: Vec<AuditEntry>,
    /// The last moment of each partner's history.
    pub moments: Vec<(PartnerId, Moment)>,
}

impl PartnerBatch {
    /// Makes the partner with this number.
    pub fn add(&mut self, source: &SeedSource, programme: &Programme, number: u32, external_id: String) {
        let random = &mut source.content("partner", number);
        let ids = &mut source.ids("partner", number);
        let (transitions, snapshots) = (self.transitions.len(), self.snapshots.len());
        let partner = partner(source.seed(), programme, number, external_id, random, ids);
        let (id, created_at) = (partner.id, partner.created_at);
        let categories = pick_some(random, &programme.categories, 3);
        self.categories
            .extend(categories.into_iter().map(|category| (id, *category)));
        let campaigns = pick_some(random, &programme.campaigns, 4);
        self.members
            .extend(campaigns.iter().map(|campaign| (campaign.id, id, created_at)));
        if let Some(campaign) = campaigns.first()
            && happens(random, 40)
        {
            let invite = invite(campaign, id, created_at, ids);
            if happens(random, 15) {
                let amendment = amendment(&invite, programme.base_currency, random, ids);
                self.snapshots.push(amendment);
            }
            self.snapshots.push(invite);
        }
        let partner = self.live(partner, random, ids);
        self.number(&partner, transitions, snapshots);
        self.entries.push(source.entry("partner", number, created_at, &partner));
        self.partners.push(partner);
    }

    /// Numbers the steps of the partner's history by time: the transitions and snapshots from these indexes on.
    fn number(&mut self, partner: &Partner, transitions: usize, snapshots: usize) {
        let transitions = self.transitions[transitions..].iter_mut();
        let transitions = transitions.map(|(_, _, transition)| (transition.at, &mut transition.sequence));
        let snapshots = self.snapshots[snapshots..].iter_mut();
        let snapshots = snapshots.map(|snapshot| (snapshot.created_at, &mut snapshot.sequence));
        let mut steps: Vec<_> = transitions.chain(snapshots).collect();
        steps.sort_by_key(|(at, _)| *at);
        let mut last = Moment {
            sequence: 0,
            at: partner.created_at,
        };
        for (at, sequence) in steps {
            last = last.next(at);
            *sequence = last.sequence;
        }
        self.moments.push((partner.id, last));
    }

    /// Takes the partner from its creation to its final status.
    fn live(&mut self, partner: Partner, random: &mut Rng, ids: &mut IdSequence) -> Partner {
        let (id, mut at) = (partner.id, partner.created_at);
        let mut note = |from, to, reason: Option<&str>, at| {
            let (actor, reason) = (ACTOR.to_owned(), reason.map(str::to_owned));
            let transition = PartnerTransition {
                from,
                to,
                actor,
                reason,
                at,
                sequence: 0,
            };
            self.transitions.push((ids.next(at), id, transition));
        };
        note(None, partner.status, None, at);
        let mut partner = partner;
        for (transition, reason) in some_moves(partner.status, random) {
            at = soon_after(random, at);
            let from = partner.status;
            partner = partner.after(*transition, at).expect("some_moves follow each other");
            note(Some(from), partner.status, *reason, at);
        }
        partner
    }
}

fn some_moves(begin: PartnerStatus, random: &mut Rng) -> &'static [(PartnerTransitionKind, Option<&'static str>)] {
    use PartnerTransitionKind::{Activate, Reinstate, Revoke, Suspend};
    match (begin, random.u32(..100)) {
        (PartnerStatus::Invited, 0..50) => &[],
        (PartnerStatus::Invited, _) => &[(Activate, None)],
        (_, 0..6) => &[(Suspend, Some("Traffic under review"))],
        (_, 6..9) => &[(Revoke, Some("Partnership ended by agreement"))],
        (_, 9..11) => &[
            (Suspend, Some("Tax form missing")),
            (Activate, Some("Tax form received")),
        ],
        (_, 11) => &[
            (Revoke, Some("No sales for a year")),
            (Reinstate, Some("Came back with a new site")),
        ],
        _ => &[],
    }
}

/// The campaign's terms, promised when the partner joined.
fn invite(campaign: &Campaign, partner: PartnerId, at: Timestamp, ids: &mut IdSequence) -> CommissionSnapshot {
    CommissionSnapshot {
        id: ids.next(at),
        partner_id: partner,
        campaign_id: Some(campaign.id),
        version: 1,
        terms: campaign.terms.clone(),
        holdback_days: campaign.holdback_days,
        source: SnapshotSource::Invite,
        reason: None,
        created_at: at,
        sequence: 0,
        superseded_at: None,
    }
}

fn amendment(
    invite: &CommissionSnapshot,
    base_currency: Currency,
    random: &mut Rng,
    ids: &mut IdSequence,
) -> CommissionSnapshot {
    let at = soon_after(random, invite.created_at);
    CommissionSnapshot {
        id: ids.next(at),
        version: 2,
        terms: some_terms(random, base_currency),
        source: SnapshotSource::Amendment,
        reason: Some("Renegotiated for the new season".to_owned()),
        created_at: at,
        ..invite.clone()
    }
}

fn partner(
    seed: u64,
    programme: &Programme,
    number: u32,
    external_id: String,
    random: &mut Rng,
    ids: &mut IdSequence,
) -> Partner {
    let created_at = between_days(random, JOINING.0, JOINING.1);
    let partner_type = match random.u32(..20) {
        0..12 => PartnerType::Affiliate,
        12..16 => PartnerType::Referral,
        16..19 => PartnerType::Reseller,
        _ => PartnerType::Distributor,
    };
    let (first_name, last_name) = (*pick(random, &FIRST_NAMES), *pick(random, &LAST_NAMES));
    let (brand, trade) = (*pick(random, &BRANDS), *pick(random, &TRADES));
    let name = match partner_type == PartnerType::Affiliate && happens(random, 60) {
        true => format!("{first_name} {last_name}"),
        false => format!("{brand} {trade}"),
    };
    // The number and the seed make it unique, whatever the names.
    let email = format!("{first_name}.{last_name}{number}@{brand}{seed}.example");
    let status = match happens(random, 15) {
        true => PartnerStatus::Invited,
        false => PartnerStatus::Active,
    };
    let tags = pick_some(random, &TAGS, 4);
    Partner {
        id: ids.next(created_at),
        name,
        email: text::email(&email).expect("names of letters make an address"),
        external_id: Some(external_id),
        partner_type,
        status,
        tags: tags.into_iter().map(|tag| (*tag).to_owned()).collect(),
        metadata: happens(random, 20).then(|| serde_json::json!({ "crmId": format!("C-{number:06}") })),
        group_id: happens(random, 80).then(|| *pick(random, &programme.groups)),
        tier_id: happens(random, 70).then(|| *pick(random, &programme.tiers)),
        payout_currency: match happens(random, 15) {
            true => Currency::parse(pick::<&str>(random, &["CHF", "GBP", "USD"])).ok(),
            false => None,
        },
        payout_reference: None,
        created_at,
        updated_at: created_at,
        activated_at: (status == PartnerStatus::Active).then_some(created_at),
        revoked_at: None,
        tokens_valid_from: created_at,
    }
}
