//! Creating, changing and deleting commission rules.

use async_graphql::{Context, Object};

use super::input::{CreateCommissionRuleInput, UpdateCommissionRuleInput};
use super::object::CommissionRule;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::DeleteInput;
use crate::graphql::user_error::{DeletePayload, payload};
use service::commission_rule::{create, delete, update};

payload! {
    /// The result of creating or changing a commission rule.
    CommissionRulePayload {
        /// The rule as it is now; null if nothing was changed.
        commission_rule: CommissionRule, CommissionRules
    }
}

#[derive(Default)]
pub struct CommissionRuleMutation;

#[Object]
impl CommissionRuleMutation {
    /// Creates a commission rule. It applies to deals that enter a stage from now on. Needs `commission_rules:write`.
    async fn create_commission_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new rule.")] input: CreateCommissionRuleInput,
    ) -> Nullable<CommissionRulePayload> {
        let request = mutation(ctx).await;
        let rule = create(&request.app, &request.caller, input.into());
        Some(CommissionRulePayload::of(&request, rule).await)
    }

    /// Changes a commission rule. Entries and lists are replaced as a whole. Recurring parts that have started keep
    /// their version of the rule. Needs `commission_rules:write`.
    async fn update_commission_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateCommissionRuleInput,
    ) -> Nullable<CommissionRulePayload> {
        let request = mutation(ctx).await;
        let rule = update(&request.app, &request.caller, input.into());
        Some(CommissionRulePayload::of(&request, rule).await)
    }

    /// Deletes a commission rule that has never paid. One that has paid is archived instead: it stops, stays readable
    /// by id, and is no longer listed. Needs `commission_rules:write`.
    async fn delete_commission_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted))
    }
}
