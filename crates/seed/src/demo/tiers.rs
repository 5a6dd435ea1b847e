//! The demo's tiered commissions: every period, metric and action. Those that change what partners earn count over a
//! season, or are decided by single orders, so that the calendar does not change the figures.

use chrono::{Duration, NaiveDate};
use rust_decimal::Decimal;

use super::step::TimelineStep;
use super::{DemoContext, IdsByName, on};
use crate::draft::decimal;
use domain::tiered::{
    Action, CrossingPolicy, Draft, GoalDraft, Metric, ModifierDraft, Period, RetroactiveDraft, RetroactiveType, Status,
};
use service::ServiceError;
use service::once::answered;
use service::tiered_commission::{NewTieredCommission, create};

struct TierRow {
    key: &'static str,
    name: &'static str,
    notes: &'static str,
    /// The days of the programme's life on which it applies.
    days: (i64, i64),
    period: Period,
    crossing_policy: CrossingPolicy,
    status: Status,
    /// `None`: all partners.
    partner: Option<usize>,
    campaign: &'static str,
    advertiser: &'static str,
    event_type: &'static str,
    goals: Vec<GoalDraft>,
    payout: Option<ModifierDraft>,
    revenue: Option<ModifierDraft>,
    retroactive_payout: Option<RetroactiveDraft>,
    retroactive_revenue: Option<RetroactiveDraft>,
}

fn row(key: &'static str, name: &'static str, period: Period, goals: Vec<GoalDraft>) -> TierRow {
    TierRow {
        key,
        name,
        notes: "",
        days: (3, 500),
        period,
        crossing_policy: CrossingPolicy::NextConversion,
        status: Status::Active,
        partner: None,
        campaign: "",
        advertiser: "",
        event_type: "",
        goals,
        payout: None,
        revenue: None,
        retroactive_payout: None,
        retroactive_revenue: None,
    }
}

fn goal(metric: Metric, goal: &str) -> GoalDraft {
    GoalDraft {
        metric,
        goal: decimal(goal),
        max: None,
    }
}

fn by(action: Action, value: &str) -> Option<ModifierDraft> {
    let value = decimal(value);
    Some(ModifierDraft { action, value })
}

fn back(action: Action, value: &str, kind: Option<RetroactiveType>) -> Option<RetroactiveDraft> {
    let value = decimal(value);
    Some(RetroactiveDraft { action, value, kind })
}

fn rows() -> [TierRow; 8] {
    use Action::{Decrease, Exact, FlatDecrease, FlatIncrease, Increase};
    use Metric::{Conversion, Event, Payout, Revenue, SaleAmount};
    [
        TierRow {
            notes: "Agreed at the partner day: five euros for every purchase of the season, then a fifth more.",
            days: (145, 330),
            campaign: "team",
            payout: by(Increase, "20"),
            retroactive_payout: back(FlatIncrease, "5", None),
            ..row("team", "Team season", Period::Global, vec![goal(Conversion, "8")])
        },
        TierRow {
            notes: "Thirty percent of the season's sales, from the first one on.",
            days: (3, 420),
            campaign: "annual",
            payout: by(FlatIncrease, "10"),
            retroactive_payout: back(Exact, "30", Some(RetroactiveType::Cps)),
            ..row(
                "annual",
                "Annual 32,000",
                Period::Global,
                vec![goal(SaleAmount, "32000")],
            )
        },
        TierRow {
            notes: "Five sign-ups are paid; what comes after them is not.",
            partner: Some(13),
            campaign: "signup",
            event_type: "signup",
            payout: by(Decrease, "100"),
            ..row("signup", "Sign-up cap", Period::Global, vec![goal(Conversion, "5")])
        },
        TierRow {
            notes: "For large orders; the order that reaches the goal counts.",
            campaign: "processing",
            crossing_policy: CrossingPolicy::CrossingConversion,
            payout: by(Increase, "10"),
            ..row(
                "large",
                "Large order",
                Period::Daily,
                vec![GoalDraft {
                    max: Some(Decimal::from(50_000)),
                    ..goal(SaleAmount, "5000")
                }],
            )
        },
        TierRow {
            campaign: "signup",
            payout: by(FlatDecrease, "2.50"),
            retroactive_payout: back(Exact, "20", Some(RetroactiveType::Cpa)),
            ..row(
                "monthly",
                "Sign-ups of the month",
                Period::Monthly,
                vec![goal(Conversion, "40"), goal(Event, "10")],
            )
        },
        TierRow {
            advertiser: "harbor",
            payout: by(Increase, "5"),
            ..row(
                "quarter",
                "Harbor quarter",
                Period::Quarterly,
                vec![goal(Payout, "25000")],
            )
        },
        TierRow {
            notes: "What the bookings bring us above 500 euros is shared with the advertiser.",
            campaign: "city",
            revenue: by(Decrease, "5"),
            retroactive_revenue: back(Decrease, "1", None),
            ..row("city", "City revenue share", Period::Global, vec![goal(Revenue, "500")])
        },
        TierRow {
            notes: "Drafted for the winter.",
            status: Status::Inactive,
            campaign: "reader",
            revenue: by(FlatDecrease, "5"),
            retroactive_revenue: back(Exact, "4", Some(RetroactiveType::Rps)),
            ..row("weekly", "Reader week", Period::Weekly, vec![goal(Revenue, "2000")])
        },
    ]
}

/// On day 48, since the sign-up cap names a partner who joined on day 47.
pub fn steps() -> impl Iterator<Item = (Duration, TimelineStep)> {
    (0..rows().len()).map(|place| (on(48, place), TimelineStep::Tier(place)))
}

pub async fn make(
    demo: &DemoContext<'_>,
    age: Duration,
    place: usize,
    ids: &mut IdsByName,
) -> Result<(), ServiceError> {
    let row = rows().into_iter().nth(place).expect("steps() goes by rows()");
    let external_id = format!("demo-tiered-{}", row.key);
    let (app, caller) = demo.step(age, &external_id);
    let date = |day: i64| -> NaiveDate {
        let moment = demo.moment(Duration::days(day));
        moment.with_timezone(&demo.tenant.time_zone).date_naive()
    };
    let draft = Draft {
        name: row.name.to_owned(),
        notes: Some(row.notes.to_owned()).filter(|notes| !notes.is_empty()),
        status: row.status,
        start_date: date(row.days.0),
        end_date: date(row.days.1),
        period: row.period,
        crossing_policy: row.crossing_policy,
        currency: None,
        apply_to_all_partners: row.partner.is_none(),
        partner_ids: row.partner.map(|place| ids.of("partner", place)).into_iter().collect(),
        campaign_ids: ids.all("campaign", row.campaign),
        advertiser_ids: ids.all("advertiser", row.advertiser),
        event_type: Some(row.event_type.to_owned()).filter(|text| !text.is_empty()),
        goals: row.goals,
        payout: row.payout,
        revenue: row.revenue,
        retroactive_payout: row.retroactive_payout,
        retroactive_revenue: row.retroactive_revenue,
    };
    let tier = NewTieredCommission {
        external_id: Some(external_id),
        draft,
    };
    answered(&app, &caller, create(&app, &caller, tier)).await?;
    Ok(())
}
