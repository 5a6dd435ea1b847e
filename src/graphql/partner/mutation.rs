//! Creating and changing partners, and moving partnerships through their statuses.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::input::{CreatePartnerInput, UpdatePartnerInput};
use super::object::Partner;
use super::status_input::{ActivatePartnerInput, ReinstatePartnerInput, RevokePartnerInput, SuspendPartnerInput};
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::DeleteInput;
use crate::graphql::scalar::DateTime;
use crate::graphql::user_error::{DeletePayload, UserError, answer, payload, shown_once};
use domain::partner::PartnerTransitionKind;
use service::deletion::delete_partner;
use service::partner::{change_status, create, join_campaign, update};
use service::token::issue_for_partner;

/// A partner, and the campaign to which to add it.
#[derive(InputObject)]
pub struct AddPartnerToCampaignInput {
    /// The partner.
    pub partner_id: ID,
    /// The campaign.
    pub campaign_id: ID,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// A partner token to issue.
#[derive(InputObject)]
pub struct IssuePartnerTokenInput {
    /// The partner.
    pub partner_id: ID,
    /// Its scopes, which the caller must have: read scopes, by default all of these that partners may have, and
    /// `links:write`.
    pub scopes: Option<Vec<String>>,
    /// Its lifetime in seconds, 1 to 86400.
    #[graphql(default = 3600)]
    pub ttl_seconds: i32,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

payload! {
    /// The result of creating or changing a partner.
    PartnerPayload {
        /// The partner as it is now; null if nothing was changed.
        partner: Partner, Partners
    }
}

/// The result of issuing a partner token.
#[derive(SimpleObject)]
pub struct IssuePartnerTokenPayload {
    /// The token, for the header "Authorization: Bearer"; null if none was issued, or if the call repeats an
    /// idempotency key.
    pub token: Option<String>,
    /// When the token expires; null if none was issued.
    pub expires_at: Option<DateTime>,
    /// Problems with the input; empty if the mutation succeeded.
    pub user_errors: Vec<UserError>,
}

async fn change_partner_status(
    ctx: &Context<'_>,
    id: ID,
    transition: PartnerTransitionKind,
    reason: Option<String>,
) -> Nullable<PartnerPayload> {
    let request = mutation(ctx).await;
    Some(
        PartnerPayload::of(
            &request,
            change_status(&request.app, &request.caller, &id, transition, reason.as_deref()),
        )
        .await,
    )
}

#[derive(Default)]
pub struct PartnerMutation;

#[Object]
impl PartnerMutation {
    /// Creates a partner. Needs `partners:write`.
    async fn create_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new partner.")] input: CreatePartnerInput,
    ) -> Nullable<PartnerPayload> {
        let request = mutation(ctx).await;
        Some(PartnerPayload::of(&request, create(&request.app, &request.caller, input.into())).await)
    }

    /// Changes a partner. Needs `partners:write`.
    async fn update_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdatePartnerInput,
    ) -> Nullable<PartnerPayload> {
        let request = mutation(ctx).await;
        Some(PartnerPayload::of(&request, update(&request.app, &request.caller, input.into())).await)
    }

    /// Activates an invited or suspended partner. Needs `partners:write`.
    async fn activate_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner.")] input: ActivatePartnerInput,
    ) -> Nullable<PartnerPayload> {
        change_partner_status(ctx, input.id, PartnerTransitionKind::Activate, None).await
    }

    /// Suspends a partner: new events earn nothing, and its tokens are no longer accepted. Needs `partners:write`.
    async fn suspend_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner and the reason.")] input: SuspendPartnerInput,
    ) -> Nullable<PartnerPayload> {
        change_partner_status(ctx, input.id, PartnerTransitionKind::Suspend, Some(input.reason)).await
    }

    /// Revokes a partnership: new events earn nothing, and the partner's tokens are no longer accepted. Needs
    /// `partners:write`.
    async fn revoke_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner and the reason.")] input: RevokePartnerInput,
    ) -> Nullable<PartnerPayload> {
        change_partner_status(ctx, input.id, PartnerTransitionKind::Revoke, Some(input.reason)).await
    }

    /// Reinstates a revoked partner. Its earlier tokens remain invalid. Needs `partners:write`.
    async fn reinstate_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner.")] input: ReinstatePartnerInput,
    ) -> Nullable<PartnerPayload> {
        change_partner_status(ctx, input.id, PartnerTransitionKind::Reinstate, None).await
    }

    /// Deletes a partner without events, commissions, payouts, deals, snapshots, customers or requests, to which no
    /// rule or tier refers, else IN_USE. Its status history, memberships, API keys and tokens are deleted, too. Needs
    /// `partners:write`.
    async fn delete_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete_partner(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted))
    }

    /// Adds a partner to a campaign, which decides where it is listed, never what pays. Needs `partners:write`.
    async fn add_partner_to_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner and the campaign.")] input: AddPartnerToCampaignInput,
    ) -> Nullable<PartnerPayload> {
        let request = mutation(ctx).await;
        let joined = join_campaign(&request.app, &request.caller, &input.partner_id, &input.campaign_id);
        Some(PartnerPayload::of(&request, joined).await)
    }

    /// Issues a short-lived token that reads only one partner's data, so that a portal needs no other identity service.
    /// Its scopes must be scopes of the caller. Needs `partners:write`.
    async fn issue_partner_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner and the token's scopes.")] input: IssuePartnerTokenInput,
    ) -> Nullable<IssuePartnerTokenPayload> {
        let request = mutation(ctx).await;
        let (scopes, ttl) = (input.scopes.as_deref(), input.ttl_seconds);
        let issued = issue_for_partner(&request.app, &request.caller, &input.partner_id, scopes, ttl);
        let issued = request.answered(issued).await;
        Some(answer(issued).map(|(issued, mut user_errors)| {
            let (token, expires_at) = issued.map(|issued| (issued.token, DateTime(issued.expires_at))).unzip();
            IssuePartnerTokenPayload {
                token: shown_once(token, "the token", &mut user_errors),
                expires_at,
                user_errors,
            }
        }))
    }
}
