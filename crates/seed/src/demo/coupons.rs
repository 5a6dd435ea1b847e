//! Codes that partners of the demo hand out.

use chrono::Duration;

use super::{DemoContext, IdsByName, on};
use service::ServiceError;
use service::coupon::{NewCoupon, create};
use service::once::answered;

/// The code, partner, campaign, what customers get, the day on which it was made, and the day on which it ends.
type CouponRow = (&'static str, usize, &'static str, &'static str, i64, Option<i64>);

/// Ordered by day.
const COUPONS: [CouponRow; 4] = [
    ("WINTER25", 14, "winter", "25 % off a second night", 75, Some(150)),
    ("GROWTH10", 12, "team", "10 % off the first year", 84, None),
    ("CREW15", 3, "team", "15 % off the first year", 96, None),
    ("BLUETEAM", 0, "team", "Two seats free for three months", 149, None),
];

/// The code of the coupon that a partner has for a campaign.
pub fn code_of(partner: usize, campaign: &str) -> Option<&'static str> {
    let mut lasting = COUPONS.iter().filter(|(.., until)| until.is_none());
    lasting
        .find(|(_, owner, of, ..)| (*owner, *of) == (partner, campaign))
        .map(|(code, ..)| *code)
}

/// When each was made.
pub fn made() -> impl Iterator<Item = Duration> {
    COUPONS.iter().enumerate().map(|(place, (.., day, _))| on(*day, place))
}

pub async fn make(
    demo: &DemoContext<'_>,
    age: Duration,
    place: usize,
    ids: &mut IdsByName,
) -> Result<(), ServiceError> {
    let (code, partner, campaign, benefit, _, until) = COUPONS[place];
    let (app, caller) = demo.step(age, &format!("demo-coupon-{code}"));
    let input = NewCoupon {
        partner_id: ids.of("partner", partner),
        campaign_id: ids.of("campaign", campaign),
        code: code.to_owned(),
        status: None,
        starts_at: None,
        ends_at: until.map(|day| demo.moment(on(day, 0))),
        customer_benefit: Some(benefit.to_owned()),
    };
    answered(&app, &caller, create(&app, &caller, input)).await?;
    Ok(())
}
