//! Partners by id, by group and by campaign, and their status changes.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, children, shared};
use auth::Scope;
use domain::partner::{Partner, PartnerTransition};
use store::{Store, partner};

/// Partners by id.
pub struct PartnerById;

impl Fetch for PartnerById {
    type Key = Uuid;
    type Value = Arc<Partner>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(partner::by_ids(store.reader(), scope, ids).await?))
    }
}

/// The status changes of partners, oldest first.
pub struct TransitionsOfPartner;

impl Fetch for TransitionsOfPartner {
    type Key = Uuid;
    type Value = Arc<Vec<PartnerTransition>>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(partner::transitions_of(store.reader(), scope, ids).await?))
    }
}

children! {
    /// The partners of groups, newest first.
    PartnersOfGroup: Partner, "group.partners", partners_of_group, partner_count_of_group =
        partner::list_of_groups;
    /// The partners of campaigns, newest first.
    PartnersOfCampaign: Partner, "campaign.partners", partners_of_campaign, partner_count_of_campaign =
        partner::list_of_campaigns;
}
