//! API keys.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, shared};
use auth::{ApiKey, Scope};
use store::{Store, api_key};

/// API keys by id.
pub struct ApiKeyById;

impl Fetch for ApiKeyById {
    type Key = Uuid;
    type Value = Arc<ApiKey>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(api_key::by_ids(store.reader(), scope, ids).await?))
    }
}
