//! Campaigns as output types.

use async_graphql::{ComplexObject, Enum};

use super::description::CAMPAIGN;
use crate::graphql::shared::row;
use domain::campaign;

/// Whether the events of a campaign earn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "campaign::CampaignStatus")]
pub enum CampaignStatus {
    /// Its events earn, within its window.
    Active,
    /// Its events keep their attribution and earn nothing.
    Paused,
    /// It has ended: its window ended when it got this status.
    Ended,
}

row! {
    /// An offer that partners promote.
    pub struct Campaign(campaign::Campaign): CAMPAIGN, store::campaign;
}

#[ComplexObject]
impl Campaign {}
