//! The audit log: who changed what. Staff with `audit:read` only.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, ServerResult, SimpleObject};
use uuid::Uuid;

use super::api_key::{API_KEY, ApiKey};
use crate::auth::{Caller, Denied, Resource, Scope};
use crate::domain::audit;
use crate::domain::id;
use crate::graphql::connection::{Connection, PageArguments, children, placed};
use crate::graphql::context::{RequestContext, request};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable, nullable_link};
use crate::graphql::identity;
use crate::graphql::loader::HistoryOfObject;
use crate::graphql::partner::object::{PARTNER, Partner};
use crate::graphql::rows::{
    self, Below, Described, Listing, Pages, PlainObject, Type, Under, link, made_of, pages_under, server_error,
};
use crate::graphql::scalar::{DateTime, Json};
use crate::store::page::Place;
use crate::store::{self, StoreError, view};

/// What became of a field of an object.
#[derive(Clone, Debug, SimpleObject)]
pub struct AuditChange {
    /// The object's id.
    pub object_id: ID,
    /// Its type, as the API calls it.
    pub object_type: String,
    /// The field, as the API calls it, with `Id` where it names an object; null: the object as a whole.
    pub field: Option<String>,
    /// What it was; null: nothing. A value of more than 1 kB of JSON text is `{"sha256": ..., "bytes": ...}`, a secret is
    /// `"changed"`.
    pub before: Option<Json>,
    /// What it is from then on; null: nothing.
    pub after: Option<Json>,
}

impl From<&audit::Change> for AuditChange {
    fn from(change: &audit::Change) -> Self {
        Self {
            object_id: change.object_id.clone().into(),
            object_type: change.object_type.clone(),
            field: change.field.clone(),
            before: change.before.clone().map(Json),
            after: change.after.clone().map(Json),
        }
    }
}

impl PlainObject for AuditChange {
    fn write(&self, field: &str, _: &Below<'_>, json: &mut view::Json) {
        let side = |json: &mut view::Json, side: &Option<Json>| match side {
            Some(Json(value)) => json.number(value),
            None => json.null(),
        };
        match field {
            "objectId" => json.text(&self.object_id),
            "objectType" => json.text(&self.object_type),
            "field" => json.optional_text(self.field.as_deref()),
            "before" => side(json, &self.before),
            "after" => side(json, &self.after),
            _ => json.null(),
        }
    }
}

/// Writes the changes that a column holds.
fn write_changes(
    _: &RequestContext,
    row: &view::Row,
    cells: &[usize],
    below: &Below<'_>,
    json: &mut view::Json,
) -> Result<(), StoreError> {
    let changes = store::audit::changes(row, cells[0])?;
    below.list(&changes.iter().map(AuditChange::from).collect::<Vec<_>>(), json);
    Ok(())
}

/// What one transaction changed, and who did it.
#[derive(Clone)]
pub struct AuditEntry(Arc<audit::Entry>);

impl From<Arc<audit::Entry>> for AuditEntry {
    fn from(entry: Arc<audit::Entry>) -> Self {
        Self(entry)
    }
}

impl From<audit::Entry> for AuditEntry {
    fn from(entry: audit::Entry) -> Self {
        Self(Arc::new(entry))
    }
}

impl Described for AuditEntry {
    const TYPE: &'static Type = &AUDIT_ENTRY;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }
}

/// A list of them.
fn audit_entries(list: view::List) -> Listing {
    Listing {
        to: &AUDIT_ENTRY,
        connection: "AuditEntryConnection",
        edge: "AuditEntryEdge",
        list,
    }
}

pub static AUDIT_ENTRY: Type = Type {
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

/// Which entries to list; everything given must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct AuditFilter {
    /// Who did it, in full.
    pub actor: Option<String>,
    /// What was done, in full.
    pub operation: Option<String>,
    /// Only entries that list changes of this object.
    pub object_id: Option<ID>,
    /// Only what was done at this moment or later.
    pub from: Option<DateTime>,
    /// Only what was done before this moment.
    pub to: Option<DateTime>,
}

impl AuditFilter {
    fn parse(self) -> Result<store::audit::AuditFilter, ApiError> {
        let object = |text: ID| match id::parse_any(&text) {
            Some((_, object)) => Ok(object),
            None => Err(ApiError::bad_user_input(format!("{:?} is not an id", text.as_str()))),
        };
        Ok(store::audit::AuditFilter {
            actor: self.actor.map(|actor| audit::cut(&actor)),
            operation: self.operation,
            object: self.object_id.map(object).transpose()?,
            from: self.from.map(|moment| moment.0),
            to: self.to.map(|moment| moment.0),
        })
    }
}

/// Which entries a caller sees: a partner none, without an error, as it is with all that is the staff's.
fn readable(caller: &Caller) -> Result<Scope, Denied> {
    match caller.partner() {
        Some(_) => Ok(caller.scope()),
        None => caller.read(Resource::Audit),
    }
}

/// The history of an object.
pub fn history(ctx: &Context<'_>, object: Uuid, page: PageArguments) -> Result<Connection<AuditEntry>, ApiError> {
    let scope = readable(&request(ctx).caller)?;
    children::<HistoryOfObject, _>(scope, object, page)
}

/// The histories of the rows of a list.
pub fn histories(ctx: &Context<'_>) -> ServerResult<Under> {
    let scope = readable(&request(ctx).caller).map_err(|denied| server_error(denied.into(), ctx.item))?;
    let cursors = move |object| Cursors::of((scope, "history", object));
    pages_under(
        ctx,
        audit_entries(store::audit::list_of_objects()),
        cursors,
        |request, object| Box::pin(request.loaders().history_count_of_object.load(object)),
    )
}

#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// Who changed what, newest first. Needs `audit:read`; empty for a partner's token.
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which entries; by default all.")] filter: Option<AuditFilter>,
    ) -> Result<Pages<Connection<AuditEntry>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Audit)?;
        let filter = Arc::new(filter.unwrap_or_default().parse()?);
        let cursors = Cursors::of((scope, "auditLog", &filter));
        let arguments = PageArguments::new(first, after, last, before);
        let page = arguments.read(&cursors)?;
        let asked = audit_entries(store::audit::list(filter.clone())).asked(&page, &cursors);
        let counted = filter.clone();
        let connection = Connection::new(
            cursors,
            move |request| {
                let (page, filter) = (page.clone(), filter.clone());
                Box::pin(async move {
                    let page = store::audit::page(request.store().reader(), &scope, &filter, &page).await?;
                    Ok(placed(page, |entry| Place::of_id(entry.id)))
                })
            },
            move |request| {
                let filter = counted.clone();
                Box::pin(async move { Ok(store::audit::count(request.store().reader(), &scope, &filter).await?) })
            },
        );
        Ok(Pages::of(asked, connection))
    }
}
