//! Entries of the audit log.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::change::{AuditChange, write_changes};
use crate::auth::Resource;
use crate::domain::{audit, id};
use crate::graphql::context::request;
use crate::graphql::error::{Nullable, nullable, nullable_link};
use crate::graphql::identity;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{self, Listing, RowObject, TypeDescription, link, made_of};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::shares;
use crate::graphql::tenant::api_key::{API_KEY, ApiKey};
use crate::store::view;

/// What one transaction changed, and who did it.
#[derive(Clone)]
pub struct AuditEntry(Arc<audit::Entry>);

shares!(AuditEntry, audit::Entry);

impl RowObject for AuditEntry {
    const TYPE: &'static TypeDescription = &AUDIT_ENTRY;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }
}

/// A list of them.
pub(super) fn audit_entries(list: view::List) -> Listing {
    Listing {
        to: &AUDIT_ENTRY,
        connection: "AuditEntryConnection",
        edge: "AuditEntryEdge",
        list,
    }
}

pub static AUDIT_ENTRY: TypeDescription = TypeDescription {
    name: "AuditEntry",
    resource: Resource::Audit,
    identity: &[],
    is_named: false,
    table: &view::AUDIT_ENTRY,
    id: || view::column(view::AuditEntryColumn::Id),
    field: |name| {
        use view::AuditEntryColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "id" => value(Column::Id, view::id::<id::AuditEntry>),
            "at" => value(Column::At, view::moment),
            "actor" => value(Column::Actor, view::text),
            "apiKey" => link(view::column(Column::ApiKeyId), &API_KEY),
            "tokenId" => value(Column::TokenId, view::text),
            "partner" => link(view::column(Column::PartnerId), &PARTNER),
            "operation" => value(Column::Operation, view::text),
            "requestId" => value(Column::RequestId, view::text),
            "count" => value(Column::Count, view::number),
            "changes" => made_of(view::column(Column::Changes), write_changes),
            _ => return None,
        })
    },
};

/// What one transaction changed, and who did it. Entries are written with what they tell of, and never change.
#[Object]
impl AuditEntry {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// When it was done.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Who did it: the subject of a token, the id of an API key, `job:...` or `cli:...`.
    async fn actor(&self) -> &str {
        &self.0.origin.actor
    }

    /// The API key that it was done with; null: none. Needs `api_keys:read`, too.
    async fn api_key(&self, ctx: &Context<'_>) -> Nullable<ApiKey> {
        nullable(async {
            let Some(id) = self.0.origin.api_key_id else {
                return Ok(None);
            };
            request(ctx).caller.read(Resource::ApiKeys)?;
            let found = request(ctx).loaders().api_key.load(id.uuid()).await?;
            Ok(found.map(ApiKey::from))
        })
        .await
    }

    /// What the token calls itself that it was done with (its claim `jti`); null: it does not, or it was none.
    async fn token_id(&self) -> Option<&str> {
        self.0.origin.token_id.as_deref()
    }

    /// Whose token or key it was; null: the staff's.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        nullable_link(self.0.origin.partner_id, |id| identity::partner(ctx, id)).await
    }

    /// What was done: a field of `Mutation`, a command (`import settlements`), an export (`export commissions`) or a job.
    async fn operation(&self) -> &str {
        &self.0.origin.operation
    }

    /// The request's id, as its answer's `x-request-id` and the log have it; null: it was no request.
    async fn request_id(&self) -> Option<&str> {
        self.0.origin.request_id.as_deref()
    }

    /// How many rows it appended or moved that say themselves what they are: events, commissions, payouts, deliveries;
    /// null: none.
    async fn count(&self) -> Option<i32> {
        self.0.count.map(|count| i32::try_from(count).unwrap_or(i32::MAX))
    }

    /// What it changed, field by field; empty: it only appended rows.
    async fn changes(&self) -> Vec<AuditChange> {
        self.0.changes.iter().map(AuditChange::from).collect()
    }
}
