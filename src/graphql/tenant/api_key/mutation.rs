//! Creating and revoking API keys. A key's text is only in the payload of its creation.

use async_graphql::{Context, ID, InputObject, Object};

use super::object::ApiKey;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::{DeleteInput, id_text};
use crate::graphql::rows::Projected;
use crate::graphql::scalar::DateTime;
use crate::graphql::user_error::{DeletePayload, UserError, answer, projected, shown_once};
use auth::Resource;
use service::api_key::{ApiKeyDraft, create, revoke};

/// A new key.
#[derive(InputObject)]
pub struct CreateApiKeyInput {
    /// What it is called.
    pub name: String,
    /// What it opens, at least one scope; none that the caller lacks.
    pub scopes: Vec<String>,
    /// The partner to bind it to: then it only reads, and takes only the read scopes that are for partners.
    pub partner_id: Option<ID>,
    /// When it ends by itself, in the future; without: never.
    pub expires_at: Option<DateTime>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// What creating an API key did.
pub struct CreateApiKeyPayload {
    api_key: Option<ApiKey>,
    key: Option<String>,
    user_errors: Vec<UserError>,
}

/// What creating an API key did.
#[Object]
impl CreateApiKeyPayload {
    /// The key's description; null if none was made.
    async fn api_key(&self, ctx: &Context<'_>) -> Nullable<Projected<ApiKey>> {
        projected(ctx, Resource::ApiKeys, self.api_key.as_ref())
    }

    /// The key itself, which cannot be read again; null if none was made, or if the call is repeated by its
    /// idempotency key.
    async fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// What to mend; empty: it is done.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

#[derive(Default)]
pub struct ApiKeyMutation;

#[Object]
impl ApiKeyMutation {
    /// Makes an API key, and shows it this once. Needs `api_keys:write`.
    async fn create_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new key.")] input: CreateApiKeyInput,
    ) -> Nullable<CreateApiKeyPayload> {
        let request = mutation(ctx).await;
        let draft = ApiKeyDraft {
            name: input.name,
            scopes: input.scopes,
            partner_id: input.partner_id.map(id_text),
            expires_at: input.expires_at.map(|moment| moment.0),
        };
        let created = request.answered(create(&request.app, &request.caller, draft)).await;
        Some(answer(created).map(|(created, mut user_errors)| {
            let (api_key, key) = created.map(|created| (created.api_key.into(), created.text)).unzip();
            if matches!(key, Some(None)) {
                user_errors.push(shown_once("the key"));
            }
            CreateApiKeyPayload {
                api_key,
                key: key.flatten(),
                user_errors,
            }
        }))
    }

    /// Ends an API key for good, at once on every replica; it stays in the list. Needs `api_keys:write`.
    async fn revoke_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which key.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let revoked = revoke(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(revoked.map(|id| id.to_string())))
    }
}
