//! Imported coupons.

use std::collections::HashMap;

use super::{MAX_RECORDS, Mode, MovingInResult, attempts, unchanged};
use crate::ServiceError;
use crate::app::App;
use crate::coupon::created;
use crate::imported::Outcome;
use auth::{Caller, Resource, Writer};
use domain::Timestamp;
use domain::coupon::{Coupon, CouponStatus};
use domain::id::{CampaignId, CouponId, PartnerId};
use domain::problem::{Problem, Problems};
use domain::{text, time};
use store::{StoreError, Transaction};

/// A coupon of another system; what is `None` was not given.
#[derive(Clone, Debug)]
pub struct ImportedCoupon {
    pub code: String,
    pub partner_id: PartnerId,
    pub campaign_id: CampaignId,
    /// `None`: active.
    pub status: Option<CouponStatus>,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub customer_benefit: Option<String>,
}

/// Imports coupons, at most [`MAX_RECORDS`]; the caller has looked up partners and campaigns. A code that exists is the
/// same coupon. Three statements.
pub async fn bring_in(
    app: &App,
    caller: &Caller,
    mode: Mode,
    coupons: Vec<ImportedCoupon>,
) -> Result<Vec<MovingInResult>, ServiceError> {
    debug_assert!(coupons.len() <= MAX_RECORDS, "the caller cuts them");
    let writer = caller.write(Resource::Coupons)?;
    let checked: Vec<_> = coupons.into_iter().map(check).collect();
    attempts(app, &writer, mode, async |transaction| {
        attempt(transaction, &writer, app.clock.now(), &checked).await
    })
    .await
}

fn check(coupon: ImportedCoupon) -> Result<ImportedCoupon, Vec<Problem>> {
    let mut problems = Problems::new();
    let code = problems.take("code", text::coupon_code(&coupon.code));
    let benefit = coupon.customer_benefit.clone();
    let benefit = problems.optional("customerBenefit", benefit, |text| text::name(&text));
    time::check_window(coupon.starts_at, coupon.ends_at, &mut problems);
    match (code, benefit) {
        (Some(code), Some(customer_benefit)) if problems.is_empty() => Ok(ImportedCoupon {
            code,
            customer_benefit,
            ..coupon
        }),
        _ => Err(problems.into_vec()),
    }
}

async fn attempt(
    transaction: &Transaction,
    writer: &Writer,
    now: Timestamp,
    coupons: &[Result<ImportedCoupon, Vec<Problem>>],
) -> Result<Vec<MovingInResult>, StoreError> {
    let fine = coupons.iter().filter_map(|coupon| coupon.as_ref().ok());
    let keys: Vec<_> = fine.map(|coupon| text::coupon_key(&coupon.code)).collect();
    let mut there: HashMap<_, _> = store::coupon::by_keys(transaction, &writer.scope(), &keys)
        .await?
        .into_iter()
        .map(|(key, (coupon, _))| (key, coupon))
        .collect();
    let mut new = Vec::new();
    let mut answers = Vec::with_capacity(coupons.len());
    for coupon in coupons {
        answers.push(match coupon {
            Err(problems) => Err(problems.clone()),
            Ok(coupon) => match there.get(&text::coupon_key(&coupon.code)) {
                Some(known) => as_it_is(coupon, known),
                None => {
                    let made = Coupon {
                        id: CouponId::new(now),
                        partner_id: coupon.partner_id,
                        campaign_id: coupon.campaign_id,
                        code: coupon.code.clone(),
                        status: coupon.status.unwrap_or(CouponStatus::Active),
                        starts_at: coupon.starts_at,
                        ends_at: coupon.ends_at,
                        customer_benefit: coupon.customer_benefit.clone(),
                        created_at: now,
                        updated_at: now,
                    };
                    there.insert(text::coupon_key(&made.code), made.clone());
                    new.push(made);
                    Ok(Outcome::Created)
                }
            },
        });
    }
    // In the order of their keys, so that two imports cannot deadlock.
    new.sort_by_cached_key(|coupon| text::coupon_key(&coupon.code));
    let tenant = writer.tenant();
    transaction
        .write(|writes| store::coupon::add(writes, tenant, &new))
        .await?;
    store::outbox::append_to(transaction, tenant, new.iter().map(created)).await?;
    Ok(answers)
}

fn as_it_is(coupon: &ImportedCoupon, known: &Coupon) -> MovingInResult {
    let said = [
        ("partner", coupon.partner_id == known.partner_id),
        ("campaign", coupon.campaign_id == known.campaign_id),
        ("status", coupon.status.is_none_or(|status| status == known.status)),
        (
            "startsAt",
            coupon.starts_at.is_none() || coupon.starts_at == known.starts_at,
        ),
        ("endsAt", coupon.ends_at.is_none() || coupon.ends_at == known.ends_at),
        (
            "customerBenefit",
            coupon.customer_benefit.is_none() || coupon.customer_benefit == known.customer_benefit,
        ),
    ];
    unchanged("coupon", &said)
}
