//! Commission snapshots: what partners are promised.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use uuid::Uuid;

use super::term::{CommissionTerm, write_terms};
use crate::auth::Resource;
use crate::domain::id::{self, CampaignId, PartnerId, SnapshotId, TenantId};
use crate::domain::snapshot;
use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, existing, nullable_link};
use crate::graphql::identity;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{self, PartnerVisibility, RowObject, TypeDescription, link, made_of, required};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::shares;
use crate::store::{self, view};

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

shares!(CommissionSnapshot, snapshot::CommissionSnapshot);

impl CommissionSnapshot {
    pub async fn load(ctx: &Context<'_>, id: SnapshotId) -> Result<Option<Self>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Partners)?;
        Ok(request.loaders().snapshot.load(id.uuid()).await?.map(Self))
    }

    /// What pays a partner now: its newest snapshot for the campaign, or else its newest partner-wide one.
    pub async fn in_force(
        ctx: &Context<'_>,
        partner: PartnerId,
        campaign: Option<CampaignId>,
    ) -> Result<Option<Self>, ApiError> {
        let snapshots = &request(ctx).loaders().snapshots_of_partner;
        let snapshots = snapshots.load(partner.uuid()).await?.unwrap_or_default();
        Ok(snapshot::in_force(&snapshots, campaign).cloned().map(Self::from))
    }
}

impl RowObject for CommissionSnapshot {
    const TYPE: &'static TypeDescription = &COMMISSION_SNAPSHOT;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::snapshot::at_hand(tenant, &self.0)
    }
}

pub static COMMISSION_SNAPSHOT: TypeDescription = TypeDescription {
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
            "reason" => value(Column::Reason, view::text).for_partners(PartnerVisibility::Null),
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
        existing(partner, "commission_snapshot", "partner_id", self.0.partner_id)
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
