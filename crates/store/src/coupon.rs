//! Coupons.

use std::collections::HashMap;
use std::sync::Arc;

use entity::coupon::{self, Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, IntoActiveModel, QueryFilter, QueryTrait, Select};

use super::filter::{contains_key, one_of_ids, one_of_words};
use super::promoted::{self as standing, Standing};
use super::references::references;
use super::scope::visible;
use super::writes::{Conflict, Writes};
use super::{Connection, StoreError, view};
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use auth::Scope;
use domain::Timestamp;
use domain::coupon::{Coupon, CouponStatus};
use domain::id::{CampaignId, CouponId, PartnerId, TenantId};
use domain::text;

const TABLE: &str = "coupon";

table_functions!(Coupon, CouponId: by_ids, lock, insert, update, delete, at_hand);

/// What to list; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CouponFilter {
    /// Part of the code, in any case.
    pub search: Option<String>,
    /// Any of these values; an empty list matches nothing, here and below.
    pub statuses: Option<Vec<CouponStatus>>,
    pub partners: Option<Vec<PartnerId>>,
    pub campaigns: Option<Vec<CampaignId>>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}

/// The coupons that match the filter.
pub fn list(filter: Arc<CouponFilter>) -> view::List {
    let kept = (*filter == CouponFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::COUPON, kept, select)
}

/// The coupons of partners.
pub fn list_of_partners() -> view::List {
    let select = |_, scope: &Scope, partner: Expr| {
        let of_partner = Expr::col(Column::PartnerId.as_column_ref()).eq(partner);
        visible::<Entity>(scope).filter(of_partner).into_query()
    };
    view::List::new(&view::COUPON, Some("partner".to_owned()), select)
}

fn filtered(scope: &Scope, filter: &CouponFilter) -> Select<Entity> {
    let search = filter.search.as_deref();
    let wanted = Condition::all()
        .add_option(search.map(|search| Column::CodeKey.like(contains_key(&text::coupon_key(search)))))
        .add_option(one_of_words(
            Column::Status,
            filter.statuses.as_deref(),
            CouponStatus::as_str,
        ))
        .add_option(one_of_ids(Column::PartnerId, filter.partners.as_deref()))
        .add_option(one_of_ids(Column::CampaignId, filter.campaigns.as_deref()))
        .add_option(filter.created_from.map(|from| Column::CreatedAt.gte(from)))
        .add_option(filter.created_to.map(|to| Column::CreatedAt.lt(to)));
    visible::<Entity>(scope).filter(wanted)
}

/// The coupon with a code, however that is written.
pub async fn find_by_code(database: &Connection, scope: &Scope, code: &str) -> Result<Option<Coupon>, StoreError> {
    let select = visible::<Entity>(scope).filter(Column::CodeKey.eq(text::coupon_key(code)));
    select.one(database).await?.map(from_row).transpose()
}

/// The coupons with these keys (see [`text::coupon_key`]), by key, each with what decides whom it credits.
pub async fn by_keys(
    database: &Connection,
    scope: &Scope,
    keys: &[String],
) -> Result<HashMap<String, (Coupon, Standing)>, StoreError> {
    let select = visible::<Entity>(scope).filter(Column::CodeKey.is_in(keys));
    let found = match keys.is_empty() {
        true => Vec::new(),
        false => standing::with(database, scope, select, Column::PartnerId, Column::CampaignId).await?,
    };
    let found = found.into_iter().map(|(row, standing): (coupon::Model, _)| {
        let key = row.code_key.clone();
        Ok((key, (from_row(row)?, standing)))
    });
    found.collect()
}

/// Writes new coupons.
pub fn add(writes: &mut Writes, tenant: TenantId, coupons: &[Coupon]) {
    let rows = coupons.iter().map(|coupon| to_row(tenant, coupon).into_active_model());
    writes.add(rows, Conflict::Fail);
}

/// How many rows refer to the coupon, and what they are.
pub async fn count_references(
    database: &Connection,
    scope: &Scope,
    id: CouponId,
) -> Result<Vec<(u64, &'static str)>, StoreError> {
    Ok(references!(database, scope, id; "events": attribution where CouponId))
}

mapped! {
    fn (row: coupon::Model, coupon: Coupon) of TABLE;
    both: id, partner_id, campaign_id, code, status, starts_at, ends_at, customer_benefit, created_at, updated_at;
    written: {
        code_key: text::coupon_key(&coupon.code),
    }
}
