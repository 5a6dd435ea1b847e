//! Approving, reversing and entering commissions.

use async_graphql::{Context, Object};

use super::approve_matching::{
    ApproveMatchingCommissionsInput, ApproveMatchingCommissionsPayload, approve_what_matches,
};
use super::input::{
    ApproveCommissionsInput, AssignCommissionRecipientInput, CreateManualCommissionInput, ReverseCommissionsInput,
};
use super::object::Commission;
use super::result::{CommissionResult, results_of};
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::each;
use crate::graphql::rows::Results;
use crate::graphql::user_error::payload;
use service::ledger::manual::{assign_recipient, create};
use service::ledger::review::{approve, reverse};

payload! {
    /// The result of creating a commission or assigning its recipient.
    CommissionPayload {
        /// The commission as it is now; null if nothing was changed.
        commission: Commission, Commissions
    }
}

#[derive(Default)]
pub struct CommissionMutation;

#[Object]
impl CommissionMutation {
    /// Approves commissions that have matured, with their clawbacks. An invalid entry does not affect the others. Needs
    /// `commissions:write`.
    async fn approve_commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The commissions to approve.")] input: ApproveCommissionsInput,
    ) -> Nullable<Results<CommissionResult>> {
        let request = mutation(ctx).await;
        let (ids, reason) = (each(input.ids), input.override_holdback_reason);
        let answers = Box::pin(approve(&request.app, &request.caller, ids.clone(), reason)).await;
        Some(results_of(&request, ids, answers).await)
    }

    /// Reverses commissions that are not paid, and their adjustments; adjustments that are already paid are clawed
    /// back. An invalid entry does not affect the others. Needs `commissions:write`.
    async fn reverse_commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The commissions and the reason.")] input: ReverseCommissionsInput,
    ) -> Nullable<Results<CommissionResult>> {
        let request = mutation(ctx).await;
        let ids = each(input.ids);
        let answers = Box::pin(reverse(&request.app, &request.caller, ids.clone(), &input.reason)).await;
        Some(results_of(&request, ids, answers).await)
    }

    /// Creates a commission by hand, with a positive or negative amount. It must be approved by hand. Needs
    /// `commissions:write`.
    async fn create_manual_commission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new commission.")] input: CreateManualCommissionInput,
    ) -> Nullable<CommissionPayload> {
        let request = mutation(ctx).await;
        Some(CommissionPayload::of(&request, create(&request.app, &request.caller, input.into())).await)
    }

    /// Assigns the individual to whom a commission is owed; possible only once. Needs `commissions:write`.
    async fn assign_commission_recipient(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The commission and its recipient.")] input: AssignCommissionRecipientInput,
    ) -> Nullable<CommissionPayload> {
        let request = mutation(ctx).await;
        let assigned = assign_recipient(&request.app, &request.caller, &input.id, &input.recipient);
        Some(CommissionPayload::of(&request, assigned).await)
    }

    /// Approves the accrued commissions that match a filter and have matured, with their clawbacks, in the order of
    /// their ids. A call examines at most 10,000 commissions. Needs `commissions:write`.
    async fn approve_matching_commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The commissions to approve.")] input: ApproveMatchingCommissionsInput,
    ) -> Nullable<ApproveMatchingCommissionsPayload> {
        approve_what_matches(&mutation(ctx).await, input).await
    }
}
