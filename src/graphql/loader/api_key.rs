//! API keys.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, shared};
use auth::{ApiKey, Scope};
use store::{Store, StoreError, api_key};

/// API keys by id.
pub struct ApiKeyById;

impl Fetch for ApiKeyById {
    type Key = Uuid;
    type Value = Arc<ApiKey>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, StoreError> {
        Ok(shared(api_key::by_ids(store.reader(), scope, ids).await?))
    }
}
