//! The demo's requests to join. Sending the last of them ends the fill.

use chrono::Duration;

use super::step::TimelineStep;
use super::{DemoContext, IdsByName, on};
use service::ServiceError;
use service::once::answered;
use service::partnership_request::{NewPartnershipRequest, approve, create, reject};
use store::StoreError;

enum RequestDecision {
    None,
    /// Approved into this group.
    Approve(&'static str),
    Reject(&'static str),
}

/// Name, e-mail, campaign, message, the day it was sent, the decision four days later.
type RequestRow = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i64,
    RequestDecision,
);

const REQUESTS: [RequestRow; 6] = [
    (
        "Nordlicht Reisen",
        "partner@nordlicht-reisen.example",
        "city",
        "We run a newsletter for 12,000 readers who travel by train.",
        140,
        RequestDecision::Approve("creators"),
    ),
    // The address belongs to a partner, who joins one more campaign.
    (
        "Ada Lindqvist",
        "ada@lindqvist.example",
        "team",
        "My readers ask for the team plan.",
        190,
        RequestDecision::Approve("creators"),
    ),
    (
        "Coupon Cascade",
        "deals@couponcascade.example",
        "signup",
        "Two million visits a month!",
        210,
        RequestDecision::Reject("Coupon sites are not part of this programme"),
    ),
    (
        "Werkstatt Acht",
        "moin@werkstatt-acht.example",
        "processing",
        "We equip workshops with tills.",
        228,
        RequestDecision::None,
    ),
    (
        "Ines Carvalho",
        "ines@carvalho.example",
        "annual",
        "",
        235,
        RequestDecision::None,
    ),
    (
        "Zweite Heimat",
        "redaktion@zweite-heimat.example",
        "city",
        "A travel magazine, founded in 2009.",
        239,
        RequestDecision::None,
    ),
];

/// Whether the demo was ever filled to its end.
pub async fn last_is_there(demo: &DemoContext<'_>) -> Result<bool, StoreError> {
    let (_, email, ..) = REQUESTS[REQUESTS.len() - 1];
    let reader = demo.app.store.reader();
    let found = store::partnership_request::find_newest_of(reader, &demo.scope(), email).await?;
    Ok(found.is_some())
}

/// All requests but the last one.
pub fn steps() -> impl Iterator<Item = (Duration, TimelineStep)> {
    let all = (0..REQUESTS.len() - 1).zip(&REQUESTS);
    all.flat_map(|(place, (.., day, answer))| {
        let asked = (on(*day, place), TimelineStep::Ask(place));
        let answered = (on(day + 4, place), TimelineStep::Answer(place));
        let is_answered = !matches!(answer, RequestDecision::None);
        std::iter::once(asked).chain(is_answered.then_some(answered))
    })
}

/// The request that ends the fill.
pub fn last() -> TimelineStep {
    TimelineStep::Ask(REQUESTS.len() - 1)
}

fn name(place: usize) -> String {
    format!("demo-request-{}", place + 1)
}

pub async fn ask(demo: &DemoContext<'_>, age: Duration, place: usize, ids: &mut IdsByName) -> Result<(), ServiceError> {
    let (name_given, email, campaign, message, ..) = &REQUESTS[place];
    let (app, caller) = demo.step(age, &name(place));
    let request = NewPartnershipRequest {
        name: (*name_given).to_owned(),
        email: (*email).to_owned(),
        campaign_id: ids.of("campaign", campaign),
        message: Some((*message).to_owned()),
    };
    let request = answered(&app, &caller, create(&app, &caller, request)).await?;
    ids.put("request", place, request.id);
    Ok(())
}

pub async fn answer(
    demo: &DemoContext<'_>,
    age: Duration,
    place: usize,
    ids: &mut IdsByName,
) -> Result<(), ServiceError> {
    let (_, email, .., answer) = &REQUESTS[place];
    let (app, caller) = demo.step(age, &format!("{}-answered", name(place)));
    let id = ids.of("request", place);
    let request = match answer {
        RequestDecision::None => return Ok(()),
        RequestDecision::Approve(group) => {
            let group = ids.of("group", group);
            answered(&app, &caller, approve(&app, &caller, &id, Some(&group))).await?
        }
        RequestDecision::Reject(reason) => answered(&app, &caller, reject(&app, &caller, &id, reason)).await?,
    };
    if let Some(partner) = request.partner_id {
        ids.put("partner", email, partner);
    }
    Ok(())
}
