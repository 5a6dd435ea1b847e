//! Campaigns, by id and by partner.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, PageKey, pages, shared};
use crate::auth::Scope;
use crate::domain::campaign::Campaign;
use crate::store::page::{Page, PageRequest};
use crate::store::{Store, StoreError, campaign};

/// Campaigns by id.
pub struct CampaignById;

impl Fetch for CampaignById {
    type Key = Uuid;
    type Value = Arc<Campaign>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, StoreError> {
        Ok(shared(campaign::by_ids(store.reader(), scope, ids).await?))
    }
}

/// Campaigns that rows name, by id, whoever reads these rows: a partner is promised something for campaigns that it does
/// not belong to.
pub struct NamedCampaign;

impl Fetch for NamedCampaign {
    type Key = Uuid;
    type Value = Arc<Campaign>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, StoreError> {
        let whole = Scope::tenant_wide(scope.tenant());
        Ok(shared(campaign::by_ids(store.reader(), &whole, ids).await?))
    }
}

/// Pages of the campaigns that partners belong to.
pub struct CampaignsOfPartner;

impl Fetch for CampaignsOfPartner {
    type Key = PageKey;
    type Value = Page<Arc<Campaign>>;

    async fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[PageKey],
    ) -> Result<HashMap<PageKey, Self::Value>, StoreError> {
        let read = async |parents: Vec<Uuid>, request: PageRequest| {
            campaign::pages_of_partners(store.reader(), scope, &parents, &request).await
        };
        pages(keys, read).await
    }
}

/// How many campaigns partners belong to.
pub struct CampaignCountOfPartner;

impl Fetch for CampaignCountOfPartner {
    type Key = Uuid;
    type Value = u64;

    async fn fetch(store: &Store, scope: &Scope, parents: &[Uuid]) -> Result<HashMap<Uuid, u64>, StoreError> {
        campaign::counts_of_partners(store.reader(), scope, parents).await
    }
}
