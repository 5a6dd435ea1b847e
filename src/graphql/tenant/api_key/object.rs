//! API keys as output types.

use async_graphql::{ComplexObject, ID};

use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{declare, link, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use auth::{Permission, Resource};
use domain::id;
use store::view;
use store::view::ApiKeyColumn as Column;

row! {
    /// A key that a program authenticates with.
    pub struct ApiKey(auth::ApiKey): API_KEY, store::api_key;
    computed: store::api_key::whole;
}

declare! {
    /// A key with which a program authenticates, in the header "Authorization: Bearer" or "Authorization: Api-Key". Not
    /// visible to partners.
    pub static API_KEY: ApiKey = TypeDescription {
        resource: Resource::ApiKeys,
        identity: &[],
        is_named: false,
        table: &view::API_KEY,
        id: || view::column(Column::Id),
    };

    /// Its id, which is the actor in the histories of what is done with it.
    "id": ID = value(Column::Id, view::id::<id::ApiKey>);
    /// Its name.
    "name": String = value(Column::Name, view::text);
    /// The beginning of the key's text, by which its holder can recognise it; not secret.
    "prefix": String = value(Column::Prefix, view::text);
    "scopes" = ApiKey::computed();
    /// The partner to which it is bound: it only reads, and only this partner's data. Null for a key of staff.
    "partner": Option<Partner> = link(Column::PartnerId, &PARTNER);
    /// When it was created.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it expires; null: never.
    "expiresAt": Option<DateTime> = value(Column::ExpiresAt, view::moment);
    /// When it was last used, updated with a delay of some seconds; null: never used.
    "lastUsedAt": Option<DateTime> = value(Column::LastUsedAt, view::moment);
    /// When it was revoked, or its partner suspended or revoked; null if it was not.
    "revokedAt": Option<DateTime> = value(Column::RevokedAt, view::moment);
}

#[ComplexObject]
impl ApiKey {
    /// Its scopes.
    async fn scopes(&self) -> Vec<String> {
        self.0.permissions.list().iter().map(Permission::to_string).collect()
    }
}
