//! Webhook endpoints.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, shared};
use auth::Scope;
use domain::webhook;
use store::Store;
use store::webhook::endpoint;

/// Endpoints by id, including deleted ones.
pub struct WebhookEndpointById;

impl Fetch for WebhookEndpointById {
    type Key = Uuid;
    type Value = Arc<webhook::WebhookEndpoint>;

    async fn fetch(store: &Store, scope: &Scope, ids: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(endpoint::by_ids(store.reader(), scope, ids).await?))
    }
}
