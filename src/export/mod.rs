//! Lists as files. An export reads its list through the schema, as a caller of the gateway would: a fixed document, page by
//! page, and all pages of one moment. So what a caller sees of which field, and how values are spelt, is decided where it is
//! decided for everybody, and the list's filter is the schema's.
//!
//! - `list`: which lists there are, and their columns;
//! - `parameters`: the filter, from the names and texts of an address or a command line;
//! - `selection`, `cells`: from columns to a document, and from its answer back to columns;
//! - `sheet`: rows as text;
//! - `request`, `query`: a list that may be exported, and the GraphQL documents that read it;
//! - `pages`: an export under way, page by page;
//! - `pace`: how much is read at a time, and how others go first;
//! - `payout_file`: a run's payouts, as payment services take them;
//! - `form`, `document`: all of it, for whoever sends or writes it.

mod cells;
mod document;
mod error;
mod form;
mod list;
mod pace;
mod pages;
mod parameters;
mod payout_file;
mod query;
mod request;
mod selection;
mod sheet;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::registry::Registry;
use async_graphql::{Request, Value, Variables};
use futures::FutureExt;

use crate::graphql::{RequestContext, Schema, query_types};
use auth::Caller;
pub use document::{ExportChunk, ExportFile, ExportRequest, write_down};
pub use error::ExportError;
pub use form::{ExportKind, FileFormat};
pub use pages::ListExport;
pub use request::ListRequest;
use service::app::App;

/// What all exports of a program share.
pub struct Exports {
    /// Executes documents that need no validation.
    schema: Schema,
    types: Registry,
}

impl Exports {
    pub fn new(schema: Schema) -> Self {
        let types = query_types();
        Self { schema, types }
    }

    /// What a document says for `page`, and for `page` within.
    async fn answer(
        &self,
        app: &App,
        caller: &Caller,
        document: ExecutableDocument,
        variables: Variables,
    ) -> Result<Value, ExportError> {
        let context = RequestContext::new(app, caller.clone());
        let mut request = Request::new("").variables(variables).data(context);
        request.set_parsed_query(document);
        // Boxed: it would be large in every future around it.
        let response = self.schema.execute(request).boxed().await;
        if !response.errors.is_empty() {
            return Err(ExportError::Answered(response.errors));
        }
        let mut found = response.data;
        while let Value::Object(fields) = &mut found {
            match fields.swap_remove("page") {
                Some(within) => found = within,
                None => break,
            }
        }
        Ok(found)
    }
}
