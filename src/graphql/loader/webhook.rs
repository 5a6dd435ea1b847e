//! Webhook endpoints.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, shared};
use auth::Scope;
use domain::webhook;
use store::webhook::endpoint;
use store::{Store, StoreError};

/// Endpoints by id, including deleted ones.
pub struct WebhookEndpointById;

impl Fetch for WebhookEndpointById {
    type Key = Uuid;
    type Value = Arc<webhook::WebhookEndpoint>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>, StoreError> {
        Ok(shared(endpoint::by_ids(store.reader(), scope, ids).await?))
    }
}
