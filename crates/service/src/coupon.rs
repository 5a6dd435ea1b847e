//! Coupons: creating, changing and deleting them.

use crate::aggregate::aggregate;
use crate::app::App;
use crate::ids::named;
use crate::once::{begin, commit};
use crate::{ServiceError, campaign, require};
use auth::{Caller, Resource, Writer};
use domain::Timestamp;
use domain::coupon::{Coupon, CouponStatus};
use domain::id::{CouponId, PartnerId};
use domain::partner::PartnerStatus;
use domain::problem::{Patch, ProblemCode, Problems};
use domain::webhook::WebhookEventType;
use domain::webhook::body::OutboxEvent;
use domain::{text, time};
use store::{StoreError, Transaction};

aggregate!(Coupon: Coupon, in coupon, with answer);

/// A coupon as entered.
#[derive(Clone, Debug, Default)]
pub struct NewCoupon {
    pub partner_id: String,
    pub campaign_id: String,
    pub code: String,
    pub status: Option<CouponStatus>,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub customer_benefit: Option<String>,
}

/// Changes of a coupon. Whose it is and its code never change: customers may have it.
#[derive(Clone, Debug, Default)]
pub struct CouponChange {
    pub id: String,
    pub status: Patch<CouponStatus>,
    pub starts_at: Patch<Timestamp>,
    pub ends_at: Patch<Timestamp>,
    pub customer_benefit: Patch<String>,
}

pub async fn create(app: &App, caller: &Caller, input: NewCoupon) -> Result<Coupon, ServiceError> {
    let writer = caller.write(Resource::Coupons)?;
    let mut problems = Problems::new();
    let code = problems.take("code", text::coupon_code(&input.code));
    let benefit = problems.optional("customerBenefit", input.customer_benefit, |text| text::name(&text));
    time::check_window(input.starts_at, input.ends_at, &mut problems);
    let transaction = begin(app, &writer).await?;
    let partner_id = owner(&transaction, &writer, &input.partner_id, &mut problems).await?;
    let campaign = campaign::of_id(&transaction, &writer, &input.campaign_id, &mut problems).await?;
    if let Some(code) = &code {
        let holder = store::coupon::find_by_code(&transaction, &writer.scope(), code).await?;
        problems.free("code", holder.map(|holder| holder.id), None);
    }
    require!(problems; code, benefit, partner_id, campaign);
    let now = app.clock.now();
    let coupon = Coupon {
        id: CouponId::new(now),
        partner_id,
        campaign_id: campaign.id,
        code,
        status: input.status.unwrap_or(CouponStatus::Active),
        starts_at: input.starts_at,
        ends_at: input.ends_at,
        customer_benefit: benefit,
        created_at: now,
        updated_at: now,
    };
    store::coupon::insert(&transaction, writer.tenant(), &coupon).await?;
    transaction.created(&coupon);
    store::outbox::append_to(&transaction, writer.tenant(), [created(&coupon)]).await?;
    commit(app, transaction, &writer, &coupon).await?;
    Ok(coupon)
}

pub async fn update(app: &App, caller: &Caller, input: CouponChange) -> Result<Coupon, ServiceError> {
    let writer = caller.write(Resource::Coupons)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some(current) = locked(&transaction, &writer, &input.id, &mut problems).await? else {
        return Err(problems.into());
    };
    let before = current.clone();
    let status = problems.changed("status", input.status, current.status, Ok);
    let starts_at = problems.changed_optional("startsAt", input.starts_at, current.starts_at, Ok);
    let ends_at = problems.changed_optional("endsAt", input.ends_at, current.ends_at, Ok);
    time::check_window(starts_at.flatten(), ends_at.flatten(), &mut problems);
    let benefit = problems.changed_optional(
        "customerBenefit",
        input.customer_benefit,
        current.customer_benefit,
        |text| text::name(&text),
    );
    require!(problems; status, starts_at, ends_at, benefit);
    let coupon = Coupon {
        status,
        starts_at,
        ends_at,
        customer_benefit: benefit,
        updated_at: app.clock.now().max(before.updated_at),
        ..before.clone()
    };
    store::coupon::update(&transaction, writer.tenant(), &coupon).await?;
    transaction.changed(&before, &coupon);
    commit(app, transaction, &writer, &coupon).await?;
    Ok(coupon)
}

/// Deletes a coupon that credited nothing; another one can only be disabled.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<CouponId, ServiceError> {
    let writer = caller.write(Resource::Coupons)?;
    let mut problems = Problems::new();
    let transaction = app.begin(&writer).await?;
    let Some(coupon) = locked(&transaction, &writer, id, &mut problems).await? else {
        return Err(problems.into());
    };
    let references = store::coupon::count_references(&transaction, &writer.scope(), coupon.id).await?;
    problems.in_use("id", &references);
    require!(problems);
    store::coupon::delete(&transaction, writer.tenant(), coupon.id).await?;
    transaction.deleted(&coupon);
    transaction.commit().await?;
    Ok(coupon.id)
}

/// The partner that the coupon is to credit sales to.
async fn owner(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<PartnerId>, StoreError> {
    let find = async |id| store::partner::find(transaction, &writer.scope(), id).await;
    let Some(partner) = named("partnerId", id, problems, find).await? else {
        return Ok(None);
    };
    if partner.status == PartnerStatus::Revoked {
        let message = "is REVOKED: a coupon would credit nothing to it";
        problems.add("partnerId", ProblemCode::Conflict, message);
    }
    Ok(Some(partner.id))
}

async fn locked(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<Coupon>, StoreError> {
    let lock = async |id| store::coupon::lock(transaction, &writer.scope(), id).await;
    named("id", id, problems, lock).await
}

/// What webhooks are told of a new coupon.
pub(super) fn created(coupon: &Coupon) -> OutboxEvent {
    OutboxEvent {
        event_type: WebhookEventType::CouponCreated,
        object: coupon.id.uuid(),
        at: coupon.created_at,
        detail: None,
    }
}
