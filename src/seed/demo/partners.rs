//! The demo's partners, what they were promised, and what became of them.

use super::{Classes, Stage};
use crate::domain::partner::PartnerType::{Affiliate, Distributor, Referral, Reseller};
use crate::domain::partner::{Partner, PartnerMove, PartnerStatus, PartnerType};
use crate::domain::snapshot::SnapshotSource;
use crate::domain::terms::TermDraft;
use crate::seed::draft::{first, fixed, percent};
use crate::service::ServiceError;
use crate::service::partner::{NewPartner, change_status, create};
use crate::service::snapshot::{SnapshotDraft, amend};
use crate::store;

/// Name, e-mail, type; group and tier ("" is none); categories, campaigns, tags separated by spaces; the day it joined.
type Row = (
    &'static str,
    &'static str,
    PartnerType,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i64,
);

#[rustfmt::skip]
const PARTNERS: [Row; 30] = [
    ("Blue Harbor Agency", "partners@blueharbor.example", Affiliate, "agencies", "gold", "agency", "annual team", "managed dach", 3),
    ("Ada Lindqvist", "ada@lindqvist.example", Affiliate, "creators", "silver", "creator", "signup", "newsletter nordics", 4),
    ("Nordwind Medien", "hallo@nordwind.example", Affiliate, "agencies", "silver", "agency", "annual city", "managed", 5),
    ("Café & Code", "team@cafeundcode.example", Affiliate, "creators", "bronze", "creator", "signup team", "podcast", 7),
    ("Mercado Aberto", "parcerias@mercadoaberto.example", Distributor, "resellers", "gold", "marketplace", "reader processing", "iberia", 9),
    ("Priya Raman", "priya@ramanwrites.example", Affiliate, "creators", "", "creator", "signup annual", "blog", 12),
    ("Steuerbüro Yıldız", "kanzlei@yildiz.example", Referral, "", "", "", "processing", "dach", 14),
    ("Atelier Kassensysteme", "vertrieb@atelier-kassen.example", Reseller, "resellers", "silver", "integrator", "reader processing", "managed", 18),
    ("Fjord Travel Club", "post@fjordclub.example", Affiliate, "", "bronze", "travel", "city booking", "nordics", 21),
    ("Datenwerk Beratung", "kontakt@datenwerk.example", Referral, "agencies", "", "integrator", "annual", "b2b", 26),
    ("Lea Fontaine", "lea@fontaine.example", Affiliate, "creators", "bronze", "creator travel", "city", "video", 30),
    ("Punto Vendita Nord", "ordini@puntovendita.example", Reseller, "resellers", "", "integrator", "reader", "", 33),
    ("Growth Kitchen", "hello@growthkitchen.example", Affiliate, "agencies", "gold", "agency", "annual signup team", "performance", 40),
    ("Tomasz Wieczorek", "tomasz@wieczorek.example", Affiliate, "creators", "", "creator", "signup", "newsletter", 47),
    ("Weitblick Reiseblog", "redaktion@weitblick.example", Affiliate, "creators", "bronze", "creator travel", "city winter", "blog", 55),
    ("Signal & Noise", "studio@signalandnoise.example", Affiliate, "", "", "creator", "annual", "podcast", 61),
    ("Kontor Digital", "partner@kontor-digital.example", Reseller, "resellers", "silver", "integrator", "annual processing", "managed dach", 70),
    ("Open Ledger Meetup", "orga@openledger.example", Referral, "", "", "", "processing", "", 78),
    ("Casa Nómada", "hola@casanomada.example", Affiliate, "creators", "", "travel", "city", "", 84),
    ("Brandt & Töchter", "buero@brandt-toechter.example", Referral, "", "bronze", "", "annual", "b2b", 95),
    ("Shop der Woche", "redaktion@shopderwoche.example", Affiliate, "agencies", "bronze", "marketplace", "annual city", "", 104),
    ("Emeka Okafor", "emeka@okafor.example", Affiliate, "creators", "", "creator", "team", "video saas", 112),
    ("Alpenrand Touristik", "service@alpenrand.example", Distributor, "resellers", "", "travel", "city booking winter", "dach", 120),
    ("Pixel & Pepper", "hi@pixelpepper.example", Affiliate, "agencies", "silver", "agency", "signup team", "performance", 133),
    ("Rechnungsheld", "partner@rechnungsheld.example", Referral, "", "", "integrator", "processing annual", "", 145),
    ("Schnäppchen-Radar", "info@schnaeppchenradar.example", Affiliate, "", "", "marketplace", "signup", "coupons", 150),
    ("Klickfabrik 24", "kontakt@klickfabrik.example", Affiliate, "", "", "", "signup", "", 160),
    ("Studio Mirabell", "office@mirabell.example", Affiliate, "agencies", "", "agency", "team", "", 200),
    ("Noor van Dijk", "noor@vandijk.example", Affiliate, "creators", "", "creator", "annual", "newsletter", 220),
    ("Hafenkante Consulting", "mail@hafenkante.example", Referral, "", "", "integrator", "", "", 231),
];

/// Those who have not answered yet.
const INVITED: [usize; 3] = [27, 28, 29];

/// Who was led elsewhere, to where, on which day and why. In the order of the days.
const MOVES: [(usize, PartnerStatus, i64, &str); 7] = [
    (
        14,
        PartnerStatus::Suspended,
        96,
        "Tax number missing on the last invoice",
    ),
    (14, PartnerStatus::Active, 101, "Tax number received"),
    (
        26,
        PartnerStatus::Suspended,
        188,
        "Sign-ups from one address range: under review",
    ),
    (
        26,
        PartnerStatus::Revoked,
        199,
        "Sign-ups were made up; contract ended, section 9",
    ),
    (
        25,
        PartnerStatus::Suspended,
        205,
        "Advertises with our brand name in search results",
    ),
    (
        17,
        PartnerStatus::Suspended,
        212,
        "On leave until the autumn, at its own wish",
    ),
    (
        20,
        PartnerStatus::Revoked,
        225,
        "Sold to a competitor; ended by agreement",
    ),
];

/// Who was created with terms: the partner, the campaign, the terms, the holdback.
fn invites() -> Vec<(usize, &'static str, Vec<TermDraft>, i32)> {
    vec![
        (0, "annual", vec![percent("22.5")], 30),
        (1, "signup", vec![first("signup", fixed("18.00"))], 14),
        (4, "reader", vec![first("activation", fixed("55.00"))], 45),
        (12, "team", vec![first("purchase", percent("35")), percent("5")], 30),
        (28, "annual", vec![percent("20")], 30),
    ]
}

/// What was renegotiated: the partner, the day, the campaign, the terms, the reason.
fn amendments() -> Vec<(usize, i64, &'static str, Vec<TermDraft>, &'static str)> {
    vec![
        (
            0,
            150,
            "annual",
            vec![percent("25")],
            "Agreed for the second half of the year: more than 40 new customers",
        ),
        (
            4,
            170,
            "reader",
            vec![first("activation", fixed("60.00")), percent("0.25")],
            "New frame contract",
        ),
    ]
}

/// By which a partner is known again.
pub fn external_id(place: usize) -> String {
    format!("demo-partner-{:02}", place + 1)
}

pub async fn make(stage: &Stage<'_>, classes: &Classes) -> Result<(), ServiceError> {
    let mut partners = Vec::with_capacity(PARTNERS.len());
    for place in 0..PARTNERS.len() {
        partners.push(partner(stage, classes, place).await?);
    }
    for (place, day, campaign, terms, reason) in amendments() {
        let id = partners[place].id;
        let snapshots = store::snapshot::of_partners(stage.app.store.reader(), &stage.scope(), &[id.uuid()]).await?;
        let done = snapshots
            .values()
            .flatten()
            .any(|snapshot| snapshot.source == SnapshotSource::Amendment);
        if !done {
            let draft = SnapshotDraft {
                campaign_id: Some(classes.campaigns.of(campaign)),
                terms,
                holdback_days: Some(30),
            };
            amend(&stage.on(day, 0), &stage.caller(), &id.to_string(), draft, reason).await?;
        }
    }
    lead(stage, &partners).await
}

async fn partner(stage: &Stage<'_>, classes: &Classes, place: usize) -> Result<Partner, ServiceError> {
    let external_id = external_id(place);
    let known = store::partner::find_by_external_id(stage.app.store.reader(), &stage.scope(), &external_id).await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let (name, email, partner_type, group, tier, categories, campaigns, tags, day) = PARTNERS[place];
    let words = |text: &'static str| text.split_whitespace().collect::<Vec<_>>();
    let invite = invites().into_iter().find(|invite| invite.0 == place);
    let partner = NewPartner {
        name: name.to_owned(),
        email: email.to_owned(),
        partner_type: Some(partner_type),
        external_id: Some(external_id),
        group_id: (!group.is_empty()).then(|| classes.groups.of(group)),
        tier_id: (!tier.is_empty()).then(|| classes.tiers.of(tier)),
        category_ids: classes.categories.all(&words(categories)),
        tags: words(tags).into_iter().map(str::to_owned).collect(),
        metadata: place
            .is_multiple_of(4)
            .then(|| serde_json::json!({ "crmId": 4100 + place })),
        payout_currency: None,
        send_invite: INVITED.contains(&place),
        campaign_ids: classes.campaigns.all(&words(campaigns)),
        commission_snapshot: invite.map(|(_, campaign, terms, holdback_days)| SnapshotDraft {
            campaign_id: Some(classes.campaigns.of(campaign)),
            terms,
            holdback_days: Some(holdback_days),
        }),
    };
    create(&stage.on(day, place % 10), &stage.caller(), partner).await
}

/// Moves the partners to where they stand today, from wherever an earlier attempt left them.
async fn lead(stage: &Stage<'_>, partners: &[Partner]) -> Result<(), ServiceError> {
    let uuids: Vec<_> = MOVES.iter().map(|(place, ..)| partners[*place].id.uuid()).collect();
    let histories = store::partner::transitions_of(stage.app.store.reader(), &stage.scope(), &uuids).await?;
    for (turn, (place, to, day, reason)) in MOVES.into_iter().enumerate() {
        let partner = &partners[place];
        let history = histories.get(&partner.id.uuid()).map(Vec::as_slice).unwrap_or_default();
        if history
            .iter()
            .any(|transition| transition.reason.as_deref() == Some(reason))
        {
            continue;
        }
        let the_move = match to {
            PartnerStatus::Active | PartnerStatus::Invited => PartnerMove::Activate,
            PartnerStatus::Suspended => PartnerMove::Suspend,
            PartnerStatus::Revoked => PartnerMove::Revoke,
        };
        let app = stage.on(day, turn);
        change_status(&app, &stage.caller(), &partner.id.to_string(), the_move, Some(reason)).await?;
    }
    Ok(())
}
