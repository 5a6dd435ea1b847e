//! Partner groups.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, shared};
use auth::Scope;
use domain::partner_group::PartnerGroup;
use store::{Store, StoreError, partner_group};

/// Partner groups by id.
pub struct PartnerGroupById;

impl Fetch for PartnerGroupById {
    type Key = Uuid;
    type Value = Arc<PartnerGroup>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, StoreError> {
        Ok(shared(partner_group::by_ids(store.reader(), scope, ids).await?))
    }
}
