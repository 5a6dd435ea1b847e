//! Campaigns, by id and by partner.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, children, shared};
use auth::Scope;
use domain::campaign::Campaign;
use store::{Store, campaign};

/// Campaigns by id.
pub struct CampaignById;

impl Fetch for CampaignById {
    type Key = Uuid;
    type Value = Arc<Campaign>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(campaign::by_ids(store.reader(), scope, ids).await?))
    }
}

/// Campaigns that other rows reference, by id and without the partner's restriction: a partner may have promised terms
/// for campaigns that it does not belong to.
pub struct ReferencedCampaign;

impl Fetch for ReferencedCampaign {
    type Key = Uuid;
    type Value = Arc<Campaign>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        let whole = Scope::tenant_wide(scope.tenant());
        Ok(shared(campaign::by_ids(store.reader(), &whole, ids).await?))
    }
}

children! {
    /// The campaigns that partners belong to, newest first.
    CampaignsOfPartner: Campaign, "partner.campaigns", campaigns_of_partner, campaign_count_of_partner =
        campaign::list_of_partners;
}
