//! Campaigns without the restriction of partners.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, shared};
use auth::Scope;
use domain::campaign::Campaign;
use store::{Store, campaign};

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
