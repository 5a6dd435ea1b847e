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
use crate::graphql::input::{id_text, id_texts};
use crate::graphql::rows::Results;
use crate::graphql::user_error::payload;
use service::ledger::manual::{NewManualCommission, assign_recipient, create};
use service::ledger::review::{approve, reverse};

payload! {
    /// What writing or assigning a commission did.
    CommissionPayload {
        /// The commission as it is now; null if nothing was changed.
        commission: Commission, Commissions
    }
}

#[derive(Default)]
pub struct CommissionMutation;

#[Object]
impl CommissionMutation {
    /// Approves commissions that have matured, with their clawbacks. One bad id does not spoil the rest. Needs
    /// `commissions:write`.
    async fn approve_commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] input: ApproveCommissionsInput,
    ) -> Nullable<Results<CommissionResult>> {
        let request = mutation(ctx).await;
        let (ids, reason) = (id_texts(input.ids), input.override_holdback_reason);
        let answers = Box::pin(approve(&request.app, &request.caller, ids.clone(), reason)).await;
        Some(results_of(&request, ids, answers).await)
    }

    /// Reverses commissions that are not paid, with what adjusts them; what was paid of that is clawed back. One bad id
    /// does not spoil the rest. Needs `commissions:write`.
    async fn reverse_commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones, and why.")] input: ReverseCommissionsInput,
    ) -> Nullable<Results<CommissionResult>> {
        let request = mutation(ctx).await;
        let ids = id_texts(input.ids);
        let answers = Box::pin(reverse(&request.app, &request.caller, ids.clone(), &input.reason)).await;
        Some(results_of(&request, ids, answers).await)
    }

    /// Writes a commission of either sign by hand. It is approved by hand, too. Needs `commissions:write`.
    async fn create_manual_commission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The commission.")] input: CreateManualCommissionInput,
    ) -> Nullable<CommissionPayload> {
        let request = mutation(ctx).await;
        let commission = NewManualCommission {
            partner_id: id_text(input.partner_id),
            amount: (input.amount.amount.0, input.amount.currency.0),
            reason: input.reason,
            note: input.note,
            campaign_id: input.campaign_id.map(id_text),
            adjusts_id: input.adjusts_id.map(id_text),
        };
        Some(CommissionPayload::of(&request, create(&request.app, &request.caller, commission)).await)
    }

    /// Names the individual to whom a commission is owed; once. Needs `commissions:write`.
    async fn assign_commission_recipient(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which commission, and to whom.")] input: AssignCommissionRecipientInput,
    ) -> Nullable<CommissionPayload> {
        let request = mutation(ctx).await;
        let assigned = assign_recipient(&request.app, &request.caller, &input.id, &input.recipient);
        Some(CommissionPayload::of(&request, assigned).await)
    }

    /// Approves the accrued commissions that a filter lets through, in the order of their ids, as far as they have matured,
    /// with their clawbacks; at most 10,000 are looked at a call. Needs `commissions:write`.
    async fn approve_matching_commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] input: ApproveMatchingCommissionsInput,
    ) -> Nullable<ApproveMatchingCommissionsPayload> {
        approve_what_matches(&mutation(ctx).await, input).await
    }
}
