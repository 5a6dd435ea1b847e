//! Links that partners of the demo hand out, who followed them, and other touches.

use chrono::Duration;

use super::{DAYS, DemoContext, IdsByName, on};
use crate::source::SeedSource;
use domain::link::LinkStatus;
use domain::problem::Problem;
use service::ServiceError;
use service::ledger::touches::TouchDraft;
use service::link::{NewLink, create};
use service::once::answered;
use service::touch::{NewTouch, SaidOwner, record_touches};

/// The key, partner and campaign, the day on which it was made, and how often it is followed a day at most.
type LinkRow = (&'static str, usize, &'static str, i64, i64);

/// Ordered by day.
const LINKS: [LinkRow; 6] = [
    ("ada-newsletter", 1, "signup", 10, 5),
    ("blue-harbor", 0, "signup", 20, 4),
    ("code-podcast", 3, "signup", 30, 3),
    ("fjord-club", 8, "city", 40, 4),
    ("priya-blog", 5, "annual", 50, 3),
    ("pepper", 23, "signup", 140, 2),
];

/// A link that its partner has given up.
const DISABLED: (&str, usize, &str) = ("fjord-old", 8, "city");

/// Days between reports of who followed links.
const WEEK: i64 = 7;

/// The key of the link that a partner has for a campaign.
pub fn key_of(partner: usize, campaign: &str) -> Option<&'static str> {
    let mut links = LINKS.iter();
    links
        .find(|(_, owner, of, ..)| (*owner, *of) == (partner, campaign))
        .map(|(key, ..)| *key)
}

/// When each was made, and last the one that is disabled.
pub fn made() -> impl Iterator<Item = Duration> {
    let days = LINKS.iter().map(|(.., day, _)| *day).chain([LINKS[3].3]);
    days.enumerate().map(|(place, day)| on(day, place))
}

pub async fn make(demo: &DemoContext<'_>, age: Duration, place: usize, ids: &IdsByName) -> Result<(), ServiceError> {
    let is_disabled = place == LINKS.len();
    let (key, partner, campaign) = match LINKS.get(place) {
        Some((key, partner, campaign, ..)) => (*key, *partner, *campaign),
        None => DISABLED,
    };
    let (app, caller) = demo.step(age, &format!("demo-link-{key}"));
    let input = NewLink {
        partner_id: Some(ids.of("partner", partner)),
        campaign_id: ids.of("campaign", campaign),
        key: Some(key.to_owned()),
        status: is_disabled.then_some(LinkStatus::Disabled),
        ..NewLink::default()
    };
    answered(&app, &caller, create(&app, &caller, input)).await?;
    Ok(())
}

/// The weeks at whose end is reported who followed links.
pub fn weeks() -> impl Iterator<Item = (Duration, i64)> {
    let first = LINKS[0].3;
    (0..(DAYS - first) / WEEK).map(move |week| {
        let day = first + week * WEEK;
        (on(day + WEEK, 0), day)
    })
}

/// Records those of a week who followed links without buying, and who met a coupon or heard a recommendation.
pub async fn report(demo: &DemoContext<'_>, age: Duration, first: i64, ids: &IdsByName) -> Result<(), ServiceError> {
    let mut touches = Vec::new();
    for day in first..first + WEEK {
        for (key, .., made, most) in LINKS.iter().filter(|(.., made, _)| *made < day) {
            let mut random = SeedSource::new("demo", 1).content(key, u32::try_from(day - made).unwrap_or(0));
            for number in 0..random.i64(0..=*most) {
                let at = Duration::days(day) + Duration::minutes(random.i64(0..24 * 60));
                let name = format!("{key}-{day}-{number}");
                touches.push(touch(demo, &name, at, of_link(key)));
            }
        }
    }
    let at = Duration::days(first) + Duration::hours(11);
    // The coupons are there from day 84 and 149 on.
    if first > 149 {
        let coupon = TouchDraft {
            coupon_code: Some("BLUETEAM".to_owned()),
            ..TouchDraft::default()
        };
        touches.push(touch(demo, &format!("coupon-{first}"), at, coupon));
    }
    if first > 30 && first % 4 == 0 {
        let recommended = TouchDraft {
            partner_id: Some(ids.of("partner", 10)),
            campaign_id: Some(ids.of("campaign", "city")),
            ..TouchDraft::default()
        };
        touches.push(touch(demo, &format!("referral-{first}"), at, recommended));
    }
    record(demo, age, touches).await
}

/// Records the clicks after which sales of the day happened: the key of each link, the name of the sale, and when it
/// happened.
pub async fn before_sales(
    demo: &DemoContext<'_>,
    age: Duration,
    sales: impl Iterator<Item = (&'static str, String, Duration)>,
) -> Result<(), ServiceError> {
    let touches = sales.map(|(key, sale, happened)| touch(demo, &sale, happened - Duration::hours(3), of_link(key)));
    record(demo, age, touches.collect()).await
}

/// How the pages call the visitor of this name.
pub fn visitor(name: &str) -> String {
    format!("demo-visitor-{name}")
}

fn of_link(key: &str) -> TouchDraft {
    TouchDraft {
        link_key: Some(key.to_owned()),
        ..TouchDraft::default()
    }
}

fn touch(demo: &DemoContext<'_>, name: &str, at: Duration, draft: TouchDraft) -> NewTouch {
    NewTouch {
        external_id: format!("demo-touch-{name}"),
        visitor_id: Some(visitor(name)),
        customer_external_id: None,
        touch: TouchDraft {
            occurred_at: Some(demo.moment(at)),
            ..draft
        },
        owner: SaidOwner::default(),
    }
}

async fn record(demo: &DemoContext<'_>, age: Duration, touches: Vec<NewTouch>) -> Result<(), ServiceError> {
    if touches.is_empty() {
        return Ok(());
    }
    let answers = record_touches(&demo.at(age), &demo.caller(), touches).await?;
    let problems: Vec<Problem> = answers.into_iter().filter_map(Result::err).flatten().collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(ServiceError::Rejected(problems)),
    }
}
