//! The demo's campaigns.

use chrono::Duration;

use super::step::TimelineStep;
use super::{DemoContext, IdsByName, on};
use crate::draft::{decimal, first, fixed, for_months, group_rules, of_category, per_unit, percent, subsequent};
use domain::campaign::CampaignStatus;
use domain::event::AttributedVia;
use domain::problem::Patch;
use domain::terms::{CustomerCondition, MatchDraft, TermDraft};
use service::ServiceError;
use service::campaign::{CampaignChange, NewCampaign, create, update};
use service::once::answered;

/// The day on which the campaigns that are paused or ended by now become so.
const TURNING_DAY: i64 = 180;

struct CampaignRow {
    key: &'static str,
    name: &'static str,
    advertiser: &'static str,
    terms: Vec<TermDraft>,
    holdback_days: Option<i32>,
    status: CampaignStatus,
    /// Start and end, as days of the programme's life.
    window: (Option<i64>, Option<i64>),
}

fn rows() -> [CampaignRow; 12] {
    use CampaignStatus::{Active, Ended, Paused};
    let row = |key, name, advertiser, terms, holdback_days, status| CampaignRow {
        key,
        name,
        advertiser,
        terms,
        holdback_days,
        status,
        window: (None, None),
    };
    let always = |draft| vec![draft];
    let team = vec![first("purchase", percent("30")), subsequent("purchase", percent("7.5"))];
    let goods = vec![
        per_unit("Starter Kit", fixed("4.00")),
        of_category("Apparel", percent("20")),
        percent("5"),
    ];
    let reader = vec![first("activation", fixed("40.00")), percent("0.35")];
    [
        row(
            "annual",
            "Lumen Annual Plan",
            "lumen",
            always(for_months(12, percent("20"))),
            Some(30),
            Active,
        ),
        row(
            "signup",
            "Lumen Starter Sign-up",
            "lumen",
            always(first("signup", fixed("15.00"))),
            Some(14),
            Active,
        ),
        row("team", "Lumen Team Plan", "lumen", team, Some(30), Active),
        row("reader", "Harbor Pay Card Reader", "harbor", reader, Some(45), Active),
        row(
            "processing",
            "Harbor Pay Processing",
            "harbor",
            always(group_rules()),
            Some(0),
            Active,
        ),
        CampaignRow {
            // A year from its start.
            window: (Some(30), Some(395)),
            ..row(
                "city",
                "Fernweh City Breaks",
                "fernweh",
                always(percent("8")),
                Some(60),
                Active,
            )
        },
        row(
            "booking",
            "Fernweh Early Booking",
            "fernweh",
            always(percent("12.5")),
            None,
            Paused,
        ),
        // Without terms of its own: the groups' rules pay.
        row("winter", "Fernweh Winter Weeks", "fernweh", Vec::new(), Some(30), Ended),
        row(
            "rental",
            "Harbor Pay Terminal Rental",
            "harbor",
            always(for_months(3, percent("15"))),
            Some(14),
            Active,
        ),
        CampaignRow {
            // It begins three weeks after the demo's first start.
            window: (Some(261), None),
            ..row(
                "spring",
                "Fernweh Spring Trains",
                "fernweh",
                always(percent("10")),
                Some(30),
                Active,
            )
        },
        // What it pays depends on what was in the order.
        row("goods", "Lumen Goods", "lumen", goods, Some(14), Active),
        row("launch", "Lumen Goods Launch", "lumen", launch(), Some(14), Active),
    ]
}

/// For new customers of larger orders of clothes in two countries, whom the partner names; and a little for what these order
/// again.
fn launch() -> Vec<TermDraft> {
    let new = MatchDraft {
        categories: vec!["Apparel".to_owned()],
        countries: vec!["DE".to_owned(), "AT".to_owned()],
        via: vec![AttributedVia::Named],
        min_amount: Some(decimal("50")),
        customer: Some(CustomerCondition::New),
        ..MatchDraft::default()
    };
    let returning = MatchDraft {
        customer: Some(CustomerCondition::Returning),
        ..MatchDraft::default()
    };
    let of_type = |event_type: &str, value, matching| TermDraft {
        event_type: Some(event_type.to_owned()),
        matching: Some(matching),
        ..percent(value)
    };
    vec![of_type("launch", "15", new), of_type("reorder", "2", returning)]
}

pub fn steps() -> impl Iterator<Item = (Duration, TimelineStep)> {
    let turning = |(place, row): &(usize, CampaignRow)| (row.status != CampaignStatus::Active).then_some(*place);
    let turns: Vec<_> = rows().into_iter().enumerate().filter_map(|row| turning(&row)).collect();
    let made = (0..rows().len()).map(|place| (on(2, place), TimelineStep::Campaign(place)));
    made.chain(
        turns
            .into_iter()
            .map(|place| (on(TURNING_DAY, place), TimelineStep::Turn(place))),
    )
}

pub async fn make(
    demo: &DemoContext<'_>,
    age: Duration,
    place: usize,
    ids: &mut IdsByName,
) -> Result<(), ServiceError> {
    let row = rows().into_iter().nth(place).expect("steps() goes by rows()");
    let day = |day: i64| demo.moment(Duration::days(day));
    let external_id = format!("demo-campaign-{}", row.key);
    let (app, caller) = demo.step(age, &external_id);
    let campaign = NewCampaign {
        name: row.name.to_owned(),
        external_id: Some(external_id),
        status: None,
        terms: row.terms,
        holdback_days: row.holdback_days,
        starts_at: row.window.0.map(day),
        ends_at: row.window.1.map(day),
        advertiser_id: Some(ids.of("advertiser", row.advertiser)),
        destination_url: Some(format!("https://{}.example/{}", row.advertiser, row.key)),
        ..NewCampaign::default()
    };
    let campaign = answered(&app, &caller, create(&app, &caller, campaign)).await?;
    ids.put("campaign", row.key, campaign.id);
    Ok(())
}

/// Pauses or ends a campaign.
pub async fn turn(demo: &DemoContext<'_>, age: Duration, place: usize, ids: &IdsByName) -> Result<(), ServiceError> {
    let row = &rows()[place];
    let (app, caller) = demo.step(age, &format!("demo-campaign-{}-turns", row.key));
    let change = CampaignChange {
        id: ids.of("campaign", row.key),
        status: Patch::Set(row.status),
        ..CampaignChange::default()
    };
    answered(&app, &caller, update(&app, &caller, change)).await?;
    Ok(())
}
