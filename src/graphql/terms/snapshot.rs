//! Commission snapshots: the terms promised to partners.

use async_graphql::{ComplexObject, Context, Enum, ID};

use super::term::CommissionTerm;
use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{PartnerVisibility, declare, link, made_of, required, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use auth::Resource;
use domain::id::{self, CampaignId, PartnerId};
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
    /// The partner to which it was promised.
    "partner": Partner = required(Column::PartnerId, &PARTNER);
    /// The campaign for which it holds; null: every campaign without a snapshot of its own.
    "campaign": Option<Campaign> = link(Column::CampaignId, &CAMPAIGN);
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
    /// When the next version replaced it; null if it is in force.
    "supersededAt": Option<DateTime> = value(store::snapshot::superseded_at(), view::moment);
}

#[ComplexObject]
impl CommissionSnapshot {}
