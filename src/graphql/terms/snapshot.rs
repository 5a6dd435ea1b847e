//! Commission snapshots: the terms promised to partners.

use async_graphql::{ComplexObject, Context, Enum, ID};

use super::term::CommissionTerm;
use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, existing, nullable_link};
use crate::graphql::identity;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{PartnerVisibility, declare, link, made_of, required, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use auth::Resource;
use domain::id::{self, CampaignId, PartnerId, SnapshotId};
use domain::snapshot;
use store::view;
use store::view::CommissionSnapshotColumn as Column;

/// The origin of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "snapshot::SnapshotSource")]
pub enum SnapshotSource {
    /// A partnership request was approved.
    RequestApproval,
    /// The partner was created directly, with terms.
    Invite,
    /// Staff overrode the promised terms.
    Amendment,
}

row! {
    /// The terms that a partner was promised.
    pub struct CommissionSnapshot(snapshot::CommissionSnapshot): COMMISSION_SNAPSHOT, store::snapshot;
    load: Partners, snapshot, SnapshotId;
}

impl CommissionSnapshot {
    /// The snapshot that pays a partner now: its newest one for the campaign, or else its newest partner-wide one.
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

declare! {
    /// The terms that a partner was promised: stored once and never edited. A newer snapshot replaces it for what
    /// accrues from then on.
    pub static COMMISSION_SNAPSHOT: CommissionSnapshot = TypeDescription {
        resource: Resource::Partners,
        identity: &[],
        is_named: false,
        table: &view::COMMISSION_SNAPSHOT,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Snapshot>);
    "partner" = required(Column::PartnerId, &PARTNER);
    "campaign" = link(Column::CampaignId, &CAMPAIGN);
    /// The terms.
    "terms": Vec<CommissionTerm> = made_of(Column::Terms, |_, row, cells, below, json| {
        below.stored::<CommissionTerm, _>(store::snapshot::terms(row, cells[0]), json)
    });
    /// How many days a commission waits before it may be approved; null: the campaign's holdback applies.
    "holdbackDays": Option<u32> = value(Column::HoldbackDays, view::number);
    /// Its origin.
    "source": SnapshotSource = value(Column::Source, view::word!(snapshot::SnapshotSource));
    /// The reason of an amendment; null for other sources, and for a partner's token.
    "reason": Option<String> = value(Column::Reason, view::text).for_partners(PartnerVisibility::Null);
    /// Its number, from 1, among the snapshots for the same partner and campaign.
    "version": u32 = value(Column::Version, view::number);
    /// When it was created.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    "supersededAt" = value(store::snapshot::superseded_at(), view::moment);
}

#[ComplexObject]
impl CommissionSnapshot {
    /// The partner to which it was promised.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        let partner = identity::partner(ctx, self.0.partner_id).await?;
        existing(partner, "commission_snapshot", "partner_id", self.0.partner_id)
    }

    /// The campaign for which it holds; null: every campaign without a snapshot of its own.
    async fn campaign(&self, ctx: &Context<'_>) -> Nullable<Campaign> {
        nullable_link(self.0.campaign_id, |id| identity::campaign(ctx, id)).await
    }

    /// When the next version replaced it; null if it is in force.
    async fn superseded_at(&self) -> Option<DateTime> {
        self.0.superseded_at.map(DateTime)
    }
}
