//! API keys as they are read.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use crate::auth::{self, Permission, Resource};
use crate::domain::id;
use crate::graphql::error::{Nullable, nullable_link};
use crate::graphql::identity;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{self, Listing, RowObject, TypeDescription, link, resolver};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::shares;
use crate::store::{self, view};

/// A key that a program calls with.
#[derive(Clone)]
pub struct ApiKey(Arc<auth::ApiKey>);

shares!(ApiKey, auth::ApiKey);

impl RowObject for ApiKey {
    const TYPE: &'static TypeDescription = &API_KEY;

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

pub static API_KEY: TypeDescription = TypeDescription {
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
