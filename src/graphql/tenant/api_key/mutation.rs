//! Creating and revoking API keys. A key's text is only in the payload of its creation.

use async_graphql::{Context, ID, InputObject, Object};

use super::object::ApiKey;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::DeleteInput;
use crate::graphql::rows::Projected;
use crate::graphql::scalar::DateTime;
use crate::graphql::user_error::{DeletePayload, UserError, answer, projected, shown_once};
use auth::Resource;
use service::api_key::{ApiKeyDraft, create, revoke};

/// A new API key.
#[derive(InputObject)]
pub struct CreateApiKeyInput {
    /// Its name.
    pub name: String,
    /// Its scopes, at least one; all of them must be scopes of the caller.
    pub scopes: Vec<String>,
    /// The partner to which it is bound: the key then only reads, and can only have read scopes that partners may have.
    pub partner_id: Option<ID>,
    /// When it expires, in the future; if absent, never.
    pub expires_at: Option<DateTime>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

impl From<CreateApiKeyInput> for ApiKeyDraft {
    fn from(input: CreateApiKeyInput) -> Self {
        Self {
            name: input.name,
            scopes: input.scopes,
            partner_id: input.partner_id.map(Into::into),
            expires_at: input.expires_at.map(Into::into),
        }
    }
}

/// The result of creating an API key.
pub struct CreateApiKeyPayload {
    api_key: Option<ApiKey>,
    key: Option<String>,
    user_errors: Vec<UserError>,
}

/// The result of creating an API key.
#[Object]
impl CreateApiKeyPayload {
    /// The API key; null if none was created.
    async fn api_key(&self, ctx: &Context<'_>) -> Nullable<Projected<ApiKey>> {
        projected(ctx, Resource::ApiKeys, self.api_key.as_ref())
    }

    /// The key's text, which cannot be read again; null if none was created, or if the call repeats an idempotency key.
    async fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Problems with the input; empty if the mutation succeeded.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

#[derive(Default)]
pub struct ApiKeyMutation;

#[Object]
impl ApiKeyMutation {
    /// Creates an API key and returns its text, this once. Needs `api_keys:write`.
    async fn create_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new API key.")] input: CreateApiKeyInput,
    ) -> Nullable<CreateApiKeyPayload> {
        let request = mutation(ctx).await;
        let created = request
            .answered(create(&request.app, &request.caller, input.into()))
            .await;
        Some(answer(created).map(|(created, mut user_errors)| {
            let (api_key, key) = created.map(|created| (created.api_key.into(), created.text)).unzip();
            let key = shown_once(key, "the key", &mut user_errors);
            CreateApiKeyPayload {
                api_key,
                key,
                user_errors,
            }
        }))
    }

    /// Revokes an API key for good, at once on every replica; it stays in the list. Needs `api_keys:write`.
    async fn revoke_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The API key.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let revoked = revoke(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(revoked))
    }
}
