//! Partnership requests.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, shared};
use auth::Scope;
use domain::partnership_request::PartnershipRequest;
use store::{Store, partnership_request};

/// Partnership requests by id.
pub struct PartnershipRequestById;

impl Fetch for PartnershipRequestById {
    type Key = Uuid;
    type Value = Arc<PartnershipRequest>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(partnership_request::by_ids(store.reader(), scope, ids).await?))
    }
}
