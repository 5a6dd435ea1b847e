//! Amending the terms promised to partners.

use async_graphql::{Context, ID, InputObject, Object};

use super::snapshot::CommissionSnapshot;
use super::term::CommissionTermInput;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::each;
use crate::graphql::user_error::payload;
use service::snapshot::{SnapshotDraft, amend};

/// Terms to store as a snapshot.
#[derive(Clone, InputObject)]
pub struct CommissionSnapshotInput {
    /// The campaign for which they hold, to which the partner is then added; if absent, every campaign without a
    /// snapshot of its own.
    pub campaign_id: Option<ID>,
    /// 1 to 10 components.
    pub terms: Vec<CommissionTermInput>,
    /// How many days a commission waits before it may be approved, 0 to 365; if absent, the campaign's holdback
    /// applies.
    pub holdback_days: Option<i32>,
}

impl From<CommissionSnapshotInput> for SnapshotDraft {
    fn from(input: CommissionSnapshotInput) -> Self {
        let (campaign_id, terms) = (input.campaign_id.map(Into::into), each(input.terms));
        Self {
            campaign_id,
            terms,
            holdback_days: input.holdback_days,
        }
    }
}

/// New terms for a partner, in place of those that it was promised.
#[derive(InputObject)]
pub struct AmendCommissionSnapshotInput {
    /// The partner.
    pub partner_id: ID,
    /// The campaign for which they hold; if absent, every campaign without a snapshot of its own.
    pub campaign_id: Option<ID>,
    /// 1 to 10 components.
    pub terms: Vec<CommissionTermInput>,
    /// How many days a commission waits before it may be approved, 0 to 365; if absent, the campaign's holdback
    /// applies.
    pub holdback_days: Option<i32>,
    /// The reason.
    pub reason: String,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

payload! {
    /// The result of amending a snapshot.
    CommissionSnapshotPayload {
        /// The snapshot that is now in force; null if nothing was changed.
        commission_snapshot: CommissionSnapshot, Partners
    }
}

#[derive(Default)]
pub struct SnapshotMutation;

#[Object]
impl SnapshotMutation {
    /// Overrides what a partner was promised: the new terms apply to what accrues from now on; past commissions stay as
    /// they are. Needs `partners:write`.
    async fn amend_commission_snapshot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner and the new terms.")] input: AmendCommissionSnapshotInput,
    ) -> Nullable<CommissionSnapshotPayload> {
        let request = mutation(ctx).await;
        let draft = SnapshotDraft {
            campaign_id: input.campaign_id.map(Into::into),
            terms: each(input.terms),
            holdback_days: input.holdback_days,
        };
        let snapshot = amend(&request.app, &request.caller, &input.partner_id, draft, &input.reason);
        Some(CommissionSnapshotPayload::of(&request, snapshot).await)
    }
}
