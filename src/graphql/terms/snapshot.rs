//! Commission snapshots.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};

use super::term::{CommissionTerm, CommissionTermInput, drafts, write_terms};
use crate::auth::Resource;
use crate::domain::id;
use crate::domain::id::{SnapshotId, TenantId};
use crate::domain::snapshot;
use crate::graphql::campaign::object::CAMPAIGN;
use crate::graphql::campaign::object::Campaign;
use crate::graphql::context::{mutation, request};
use crate::graphql::error::{ApiError, Nullable, nullable_link};
use crate::graphql::identity;
use crate::graphql::input::id_text;
use crate::graphql::partner::object::PARTNER;
use crate::graphql::partner::object::Partner;
use crate::graphql::rows::{self, Described, Partners, Type, link, made_of, required};
use crate::graphql::scalar::DateTime;
use crate::graphql::user_error::payload;
use crate::service::snapshot::{SnapshotDraft, amend};
use crate::store;
use crate::store::StoreError;
use crate::store::view;
use uuid::Uuid;

/// Why terms were stamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "snapshot::SnapshotSource")]
pub enum SnapshotSource {
    /// A partnership request was approved.
    RequestApproval,
    /// The partner was created directly, with terms.
    Invite,
    /// Staff overrode what was promised.
    Amendment,
}

/// What a partner was promised.
#[derive(Clone)]
pub struct CommissionSnapshot(Arc<snapshot::CommissionSnapshot>);

impl From<Arc<snapshot::CommissionSnapshot>> for CommissionSnapshot {
    fn from(snapshot: Arc<snapshot::CommissionSnapshot>) -> Self {
        Self(snapshot)
    }
}

impl From<snapshot::CommissionSnapshot> for CommissionSnapshot {
    fn from(snapshot: snapshot::CommissionSnapshot) -> Self {
        Self(Arc::new(snapshot))
    }
}

impl CommissionSnapshot {
    pub async fn load(ctx: &Context<'_>, id: SnapshotId) -> Result<Option<Self>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Partners)?;
        Ok(request.loaders().snapshot.load(id.uuid()).await?.map(Self))
    }
}

impl Described for CommissionSnapshot {
    const TYPE: &'static Type = &COMMISSION_SNAPSHOT;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::snapshot::at_hand(tenant, &self.0)
    }
}

pub static COMMISSION_SNAPSHOT: Type = Type {
    name: "CommissionSnapshot",
    resource: Resource::Partners,
    identity: &[],
    is_named: false,
    table: &view::COMMISSION_SNAPSHOT,
    id: || view::column(view::CommissionSnapshotColumn::Id),
    field: |name| {
        use view::CommissionSnapshotColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "id" => value(Column::Id, view::id::<id::Snapshot>),
            "partner" => required(view::column(Column::PartnerId), &PARTNER),
            "campaign" => link(view::column(Column::CampaignId), &CAMPAIGN),
            "terms" => made_of(view::column(Column::Terms), write_terms),
            "holdbackDays" => value(Column::HoldbackDays, view::number),
            "source" => value(Column::Source, view::word!(snapshot::SnapshotSource)),
            "reason" => value(Column::Reason, view::text).for_partners(Partners::Null),
            "version" => value(Column::Version, view::number),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "supersededAt" => rows::value(store::snapshot::superseded_at(), view::moment),
            _ => return None,
        })
    },
};

/// What a partner was promised: terms stamped once and never edited. A newer one replaces it for what accrues from
/// then on.
#[Object]
impl CommissionSnapshot {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Whom it was promised to.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        let partner = identity::partner(ctx, self.0.partner_id).await?;
        Ok(partner.ok_or(StoreError::Corrupt {
            table: "commission_snapshot",
            column: "partner_id",
            value: self.0.partner_id.to_string(),
        })?)
    }

    /// The campaign it holds for; null: for every campaign without a snapshot of its own.
    async fn campaign(&self, ctx: &Context<'_>) -> Nullable<Campaign> {
        nullable_link(self.0.campaign_id, |id| identity::campaign(ctx, id)).await
    }

    /// The terms.
    async fn terms(&self) -> Vec<CommissionTerm> {
        self.0.terms.iter().map(CommissionTerm::from).collect()
    }

    /// How many days a commission waits before it may be approved; null: the campaign's holdback counts.
    async fn holdback_days(&self) -> Option<u32> {
        self.0.holdback_days
    }

    /// Why it was stamped.
    async fn source(&self) -> SnapshotSource {
        self.0.source.into()
    }

    /// The reason of an amendment, for staff; null for the other sources.
    async fn reason(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.reason.as_deref().filter(|_| !request(ctx).is_partner())
    }

    /// Counts from 1 for the partner and campaign.
    async fn version(&self) -> u32 {
        self.0.version
    }

    /// When it was stamped.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When the next version took its place; null: it is in force.
    async fn superseded_at(&self) -> Option<DateTime> {
        self.0.superseded_at.map(DateTime)
    }
}

/// Terms to stamp for a new partner.
#[derive(Clone, InputObject)]
pub struct CommissionSnapshotInput {
    /// The campaign that they are for, to which the partner then belongs; none: for every campaign.
    pub campaign_id: Option<ID>,
    /// 1 to 10 components.
    pub terms: Vec<CommissionTermInput>,
    /// How many days a commission waits before it may be approved, 0 to 365; none: the campaign's holdback counts.
    pub holdback_days: Option<i32>,
}

impl From<CommissionSnapshotInput> for SnapshotDraft {
    fn from(input: CommissionSnapshotInput) -> Self {
        let (campaign_id, terms) = (input.campaign_id.map(id_text), drafts(input.terms));
        Self {
            campaign_id,
            terms,
            holdback_days: input.holdback_days,
        }
    }
}

/// New terms for a partner, instead of those it was promised.
#[derive(InputObject)]
pub struct AmendCommissionSnapshotInput {
    /// The partner.
    pub partner_id: ID,
    /// The campaign that they are for; none: for every campaign without a snapshot of its own.
    pub campaign_id: Option<ID>,
    /// 1 to 10 components.
    pub terms: Vec<CommissionTermInput>,
    /// How many days a commission waits before it may be approved, 0 to 365; none: the campaign's holdback counts.
    pub holdback_days: Option<i32>,
    /// Why, for the record.
    pub reason: String,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

payload! {
    /// What amending did.
    CommissionSnapshotPayload {
        /// The snapshot that is in force now; null if nothing was changed.
        commission_snapshot: CommissionSnapshot, Partners
    }
}

#[derive(Default)]
pub struct SnapshotMutation;

#[Object]
impl SnapshotMutation {
    /// Overrides what a partner was promised: what accrues from now on follows the new terms, past commissions stay as
    /// they are. Needs `partners:write`.
    async fn amend_commission_snapshot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner and the new terms.")] input: AmendCommissionSnapshotInput,
    ) -> Nullable<CommissionSnapshotPayload> {
        let request = mutation(ctx).await;
        let draft = SnapshotDraft {
            campaign_id: input.campaign_id.map(id_text),
            terms: drafts(input.terms),
            holdback_days: input.holdback_days,
        };
        let snapshot = amend(&request.app, &request.caller, &input.partner_id, draft, &input.reason);
        Some(CommissionSnapshotPayload::of(&request, snapshot).await)
    }
}
