//! Partner groups.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, shared};
use auth::Scope;
use domain::partner_group::PartnerGroup;
use store::{Store, partner_group};

/// Partner groups by id.
pub struct PartnerGroupById;

impl Fetch for PartnerGroupById {
    type Key = Uuid;
    type Value = Arc<PartnerGroup>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(partner_group::by_ids(store.reader(), scope, ids).await?))
    }
}
