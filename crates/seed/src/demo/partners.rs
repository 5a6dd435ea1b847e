//! The demo's partners, their terms and the changes of their status.

use chrono::Duration;

use super::step::TimelineStep;
use super::{DemoContext, IdsByName, on};
use crate::draft::{first, fixed, percent, subsequent};
use domain::partner::PartnerType::{Affiliate, Distributor, Referral, Reseller};
use domain::partner::{PartnerStatus, PartnerTransitionKind, PartnerType};
use domain::terms::TermDraft;
use service::ServiceError;
use service::once::answered;
use service::partner::{NewPartner, change_status, create};
use service::snapshot::{SnapshotDraft, amend};

/// Name, e-mail, type; group and tier ("" is none); categories, campaigns, tags separated by spaces; the day it joined.
type PartnerRow = (
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
const PARTNERS: [PartnerRow; 30] = [
    ("Blue Harbor Agency", "partners@blueharbor.example", Affiliate, "agencies", "gold", "agency", "annual team signup rental", "managed dach", 3),
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

/// Partners that have not accepted their invitation yet.
const INVITED: [usize; 3] = [27, 28, 29];

/// Changes of status: the partner, the new status, the day and the reason, ordered by day.
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

/// Partners created with terms of their own: the partner, the campaign, the terms, the holdback.
fn invites() -> Vec<(usize, &'static str, Vec<TermDraft>, i32)> {
    vec![
        (0, "annual", vec![percent("22.5")], 30),
        (1, "signup", vec![first("signup", fixed("18.00"))], 14),
        (4, "reader", vec![first("activation", fixed("55.00"))], 45),
        (12, "team", vec![first("purchase", percent("35")), percent("5")], 30),
        // Only renewals are paid, no matter which partner brought the customer.
        (19, "annual", vec![subsequent("renewal", percent("15"))], 30),
        (28, "annual", vec![percent("20")], 30),
    ]
}

/// Renegotiated terms: the partner, the day, the campaign, the terms, the reason.
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
        (
            24,
            210,
            "annual",
            vec![percent("0")],
            "Nothing is paid while the audit of its invoices runs",
        ),
    ]
}

/// The external id by which a partner is recognised.
pub fn external_id(place: usize) -> String {
    format!("demo-partner-{:02}", place + 1)
}

pub fn steps() -> impl Iterator<Item = (Duration, TimelineStep)> {
    let joined = (0..PARTNERS.len()).map(|place| (on(PARTNERS[place].8, place % 10), TimelineStep::Partner(place)));
    let amended = amendments().into_iter().enumerate();
    let amended = amended.map(|(place, (_, day, ..))| (on(day, 0), TimelineStep::Amend(place)));
    let led = (0..MOVES.len()).map(|place| (on(MOVES[place].2, place), TimelineStep::Lead(place)));
    joined.chain(amended).chain(led)
}

pub async fn make(
    demo: &DemoContext<'_>,
    age: Duration,
    place: usize,
    ids: &mut IdsByName,
) -> Result<(), ServiceError> {
    let (name, email, partner_type, group, tier, categories, campaigns, tags, _) = PARTNERS[place];
    let external_id = external_id(place);
    let (app, caller) = demo.step(age, &external_id);
    let invite = invites().into_iter().find(|invite| invite.0 == place);
    let partner = NewPartner {
        name: name.to_owned(),
        email: email.to_owned(),
        partner_type: Some(partner_type),
        external_id: Some(external_id),
        group_id: (!group.is_empty()).then(|| ids.of("group", group)),
        tier_id: (!tier.is_empty()).then(|| ids.of("tier", tier)),
        category_ids: ids.all("category", categories),
        tags: tags.split_whitespace().map(str::to_owned).collect(),
        metadata: place
            .is_multiple_of(4)
            .then(|| serde_json::json!({ "crmId": 4100 + place })),
        payout_currency: None,
        // The other partners are paid by their e-mail addresses.
        payout_reference: place.is_multiple_of(3).then(|| format!("demo-payee-{:02}", place + 1)),
        send_invite: INVITED.contains(&place),
        campaign_ids: ids.all("campaign", campaigns),
        commission_snapshot: invite.map(|(_, campaign, terms, holdback_days)| SnapshotDraft {
            campaign_id: Some(ids.of("campaign", campaign)),
            terms,
            holdback_days: Some(holdback_days),
        }),
    };
    let partner = answered(&app, &caller, create(&app, &caller, partner)).await?;
    ids.put("partner", place, partner.id);
    Ok(())
}

/// Amends a partner's terms.
pub async fn renegotiate(
    demo: &DemoContext<'_>,
    age: Duration,
    place: usize,
    ids: &IdsByName,
) -> Result<(), ServiceError> {
    let (partner, _, campaign, terms, reason) = amendments().swap_remove(place);
    let (app, caller) = demo.step(age, &format!("demo-amendment-{}", place + 1));
    let draft = SnapshotDraft {
        campaign_id: Some(ids.of("campaign", campaign)),
        terms,
        holdback_days: Some(30),
    };
    let partner = ids.of("partner", partner);
    answered(&app, &caller, amend(&app, &caller, &partner, draft, reason)).await?;
    Ok(())
}

/// Moves a partner to another status.
pub async fn lead(demo: &DemoContext<'_>, age: Duration, place: usize, ids: &IdsByName) -> Result<(), ServiceError> {
    let (partner, to, _, reason) = MOVES[place];
    let transition = match to {
        PartnerStatus::Active | PartnerStatus::Invited => PartnerTransitionKind::Activate,
        PartnerStatus::Suspended => PartnerTransitionKind::Suspend,
        PartnerStatus::Revoked => PartnerTransitionKind::Revoke,
    };
    let (app, caller) = demo.step(age, &format!("demo-move-{}", place + 1));
    let partner = ids.of("partner", partner);
    let moved = change_status(&app, &caller, &partner, transition, Some(reason));
    answered(&app, &caller, moved).await?;
    Ok(())
}
