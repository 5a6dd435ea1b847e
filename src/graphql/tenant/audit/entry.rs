//! Entries of the audit log.

use async_graphql::{ComplexObject, ID};

use super::change::AuditChange;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{declare, link, made_of, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use crate::graphql::tenant::api_key::{API_KEY, ApiKey};
use auth::Resource;
use domain::{audit, id};
use store::view;
use store::view::AuditEntryColumn as Column;

row! {
    /// What one transaction changed, and who did it.
    pub struct AuditEntry(audit::AuditEntry): AUDIT_ENTRY, store::audit;
}

declare! {
    /// What one transaction changed, and who did it. Entries are written in the same transaction, and never change.
    pub static AUDIT_ENTRY: AuditEntry = TypeDescription {
        resource: Resource::Audit,
        identity: &[],
        is_named: false,
        table: &view::AUDIT_ENTRY,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::AuditEntry>);
    /// When it was done.
    "at": DateTime = value(Column::At, view::moment);
    /// Who did it: the subject of a token (`ISSUER|NAME` if an identity provider issued it), the id of an API key,
    /// `job:...` or `cli:...`.
    "actor": String = value(Column::Actor, view::text);
    /// The API key with which it was done; null if none was used. Needs `api_keys:read`, too.
    "apiKey": Option<ApiKey> = link(Column::ApiKeyId, &API_KEY);
    /// The id of the token with which it was done (its claim `jti`); null if it has none, or if no token was used.
    "tokenId": Option<String> = value(Column::TokenId, view::text);
    /// The partner to which the token or key was bound; null for staff.
    "partner": Option<Partner> = link(Column::PartnerId, &PARTNER);
    /// The operation: a field of `Mutation`, a command (`import settlements`), an export (`export commissions`) or a
    /// job.
    "operation": String = value(Column::Operation, view::text);
    /// The request's id, as in the response header `x-request-id` and in the log; null if it was not done by a request.
    "requestId": Option<String> = value(Column::RequestId, view::text);
    /// The number of rows that it appended or changed and that are not listed in `changes`: events, commissions,
    /// payouts, deliveries; null: none.
    "count": Option<i32> = value(Column::Count, view::number);
    /// The changes, field by field; empty if it only appended rows.
    "changes": Vec<AuditChange> = made_of(Column::Changes, |_, row, cells, below, json| {
        below.stored::<AuditChange, _>(store::audit::changes(row, cells[0]), json)
    });
}

#[ComplexObject]
impl AuditEntry {}
