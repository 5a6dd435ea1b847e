//! API keys. A key's text is in the answer of its creation, and nowhere else.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use crate::auth::{self, Permission, Resource};
use crate::domain::id;
use crate::graphql::connection::{Connection, PageArguments, placed};
use crate::graphql::context::{mutation, request};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable_link};
use crate::graphql::identity;
use crate::graphql::input::{DeleteInput, id_text};
use crate::graphql::partner::object::PARTNER;
use crate::graphql::partner::object::Partner;
use crate::graphql::rows::{self, Described, Listing, Pages, Shown, Type, link, resolver};
use crate::graphql::scalar::DateTime;
use crate::graphql::user_error::{DeletePayload, UserError, answer, shown, shown_once};
use crate::service::api_key::{ApiKeyDraft, create, revoke};
use crate::store;
use crate::store::page::Place;
use crate::store::view;
use uuid::Uuid;

/// A key that a program calls with.
#[derive(Clone)]
pub struct ApiKey(Arc<auth::ApiKey>);

impl From<Arc<auth::ApiKey>> for ApiKey {
    fn from(key: Arc<auth::ApiKey>) -> Self {
        Self(key)
    }
}

impl From<auth::ApiKey> for ApiKey {
    fn from(key: auth::ApiKey) -> Self {
        Self(Arc::new(key))
    }
}

impl Described for ApiKey {
    const TYPE: &'static Type = &API_KEY;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }
}

/// A list of them.
pub fn api_keys(list: view::List) -> Listing {
    Listing {
        to: &API_KEY,
        connection: "ApiKeyConnection",
        edge: "ApiKeyEdge",
        list,
    }
}

pub static API_KEY: Type = Type {
    name: "ApiKey",
    resource: Resource::ApiKeys,
    identity: &[],
    is_named: false,
    table: &view::API_KEY,
    id: || view::column(view::ApiKeyColumn::Id),
    field: |name| {
        use view::ApiKeyColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        let ask = || resolver(|row, prefix| Ok(Box::new(ApiKey::from(store::api_key::whole(row, prefix)?))));
        Some(match name {
            "id" => value(Column::Id, view::id::<id::ApiKey>),
            "name" => value(Column::Name, view::text),
            "prefix" => value(Column::Prefix, view::text),
            "scopes" => ask(),
            "partner" => link(view::column(Column::PartnerId), &PARTNER),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "expiresAt" => value(Column::ExpiresAt, view::moment),
            "lastUsedAt" => value(Column::LastUsedAt, view::moment),
            "revokedAt" => value(Column::RevokedAt, view::moment),
            _ => return None,
        })
    },
};

/// A key that a program calls with, in the header "Authorization: Bearer" or "Authorization: Api-Key". Partners see none.
#[Object]
impl ApiKey {
    /// Its id, which histories name as the actor of what is done with it.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The beginning of the key, by which its holder recognises it; no secret.
    async fn prefix(&self) -> &str {
        &self.0.prefix
    }

    /// What it opens.
    async fn scopes(&self) -> Vec<String> {
        self.0.permissions.list().iter().map(Permission::to_string).collect()
    }

    /// The partner that it is bound to: it only reads, and only what is this partner's. Null: it is for staff.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        nullable_link(self.0.partner_id, |id| identity::partner(ctx, id)).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it ends by itself; null: never.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// When it was last used, which is written down some seconds later; null: not yet.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.0.last_used_at.map(DateTime)
    }

    /// When it was revoked, or its partner suspended or revoked; null: it was not.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(DateTime)
    }
}

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
    async fn api_key(&self, ctx: &Context<'_>) -> Nullable<Shown<ApiKey>> {
        shown(ctx, Resource::ApiKeys, self.api_key.as_ref())
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
pub struct ApiKeyQuery;

#[Object]
impl ApiKeyQuery {
    /// The API keys, newest first, revoked and expired ones among them.
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Pages<Connection<ApiKey>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::ApiKeys)?;
        let cursors = Cursors::of((scope, "apiKeys"));
        let page = PageArguments::new(first, after, last, before).read(&cursors)?;
        let asked = api_keys(store::api_key::list()).asked(&page, &cursors);
        let connection = Connection::new(
            cursors,
            move |request| {
                let page = page.clone();
                Box::pin(async move {
                    let page = store::api_key::page(request.store().reader(), &scope, &page).await?;
                    Ok(placed(page, |key| Place::of_id(key.id)))
                })
            },
            move |request| Box::pin(async move { Ok(store::api_key::count(request.store().reader(), &scope).await?) }),
        );
        Ok(Pages::of(asked, connection))
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
