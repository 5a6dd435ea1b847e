//! Partners, by id and by what they belong to.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, PageKey, pages, shared};
use crate::auth::Scope;
use crate::domain::partner::{Partner, PartnerTransition};
use crate::store::page::{Page, PageRequest};
use crate::store::{Store, StoreError, partner};

/// Partners by id.
pub struct PartnerById;

impl Fetch for PartnerById {
    type Key = Uuid;
    type Value = Arc<Partner>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, StoreError> {
        Ok(shared(partner::by_ids(store.reader(), scope, ids).await?))
    }
}

/// The status changes of partners, oldest first.
pub struct TransitionsOfPartner;

impl Fetch for TransitionsOfPartner {
    type Key = Uuid;
    type Value = Arc<Vec<PartnerTransition>>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, StoreError> {
        Ok(shared(partner::transitions_of(store.reader(), scope, ids).await?))
    }
}

/// Pages of the partners of groups.
pub struct PartnersOfGroup;

impl Fetch for PartnersOfGroup {
    type Key = PageKey;
    type Value = Page<Arc<Partner>>;

    async fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[PageKey],
    ) -> Result<HashMap<PageKey, Self::Value>, StoreError> {
        let read = async |parents: Vec<Uuid>, request: PageRequest| {
            partner::pages_of_groups(store.reader(), scope, &parents, &request).await
        };
        pages(keys, read).await
    }
}

/// How many partners groups have.
pub struct PartnerCountOfGroup;

impl Fetch for PartnerCountOfGroup {
    type Key = Uuid;
    type Value = u64;

    async fn fetch(store: &Store, scope: &Scope, parents: &[Uuid]) -> Result<HashMap<Uuid, u64>, StoreError> {
        partner::counts_of_groups(store.reader(), scope, parents).await
    }
}

/// Pages of the partners of campaigns.
pub struct PartnersOfCampaign;

impl Fetch for PartnersOfCampaign {
    type Key = PageKey;
    type Value = Page<Arc<Partner>>;

    async fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[PageKey],
    ) -> Result<HashMap<PageKey, Self::Value>, StoreError> {
        let read = async |parents: Vec<Uuid>, request: PageRequest| {
            partner::pages_of_campaigns(store.reader(), scope, &parents, &request).await
        };
        pages(keys, read).await
    }
}

/// How many partners campaigns have.
pub struct PartnerCountOfCampaign;

impl Fetch for PartnerCountOfCampaign {
    type Key = Uuid;
    type Value = u64;

    async fn fetch(store: &Store, scope: &Scope, parents: &[Uuid]) -> Result<HashMap<Uuid, u64>, StoreError> {
        partner::counts_of_campaigns(store.reader(), scope, parents).await
    }
}
