//! Creating, changing and deleting coupons.

use async_graphql::{Context, Object};

use super::input::{CreateCouponInput, UpdateCouponInput};
use super::object::Coupon;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::DeleteInput;
use crate::graphql::user_error::{DeletePayload, payload};
use service::coupon::{create, delete, update};

payload! {
    /// The result of creating or changing a coupon.
    CouponPayload {
        /// The coupon as it is now; null if nothing was changed.
        coupon: Coupon, Coupons
    }
}

#[derive(Default)]
pub struct CouponMutation;

#[Object]
impl CouponMutation {
    /// Creates a coupon. Needs `coupons:write`.
    async fn create_coupon(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new coupon.")] input: CreateCouponInput,
    ) -> Nullable<CouponPayload> {
        let request = mutation(ctx).await;
        Some(CouponPayload::of(&request, create(&request.app, &request.caller, input.into())).await)
    }

    /// Changes a coupon. Needs `coupons:write`.
    async fn update_coupon(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateCouponInput,
    ) -> Nullable<CouponPayload> {
        let request = mutation(ctx).await;
        Some(CouponPayload::of(&request, update(&request.app, &request.caller, input.into())).await)
    }

    /// Deletes a coupon that credited no event, else IN_USE; such a coupon can be disabled instead. Needs
    /// `coupons:write`.
    async fn delete_coupon(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The coupon.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted))
    }
}
