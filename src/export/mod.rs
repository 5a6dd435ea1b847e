//! Lists as files. An export reads its list through the schema, as a caller of the gateway would: with a fixed
//! document, page by page, and all pages from one snapshot. So permissions, the format of values and the list's filter
//! are those of the schema.
//!
//! - `list`: the lists and their columns;
//! - `parameters`: the filter, from the names and texts of a URL or a command line;
//! - `selection`, `cells`: from columns to a document, and from its response back to columns;
//! - `sheet`, `workbook`: rows as text, and as workbooks of spreadsheet programs;
//! - `style`: what of a CSV file callers may choose;
//! - `request`, `query`: a checked request for a list, and the GraphQL documents that read it;
//! - `pages`: an export in progress, page by page;
//! - `pace`: how much is read at a time, and how requests get priority;
//! - `payout_file`: a run's payouts in the formats of payment services;
//! - `personal_data`: everything that is held of a person;
//! - `form`, `document`: all kinds of exports, for code that sends or writes them.

mod cells;
mod chunk;
mod error;
mod file;
mod kind;
mod list;
mod pace;
mod pages;
mod parameters;
mod payout_file;
mod personal_data;
mod query;
mod request;
mod selection;
mod sheet;
mod style;
mod workbook;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::registry::Registry;
use async_graphql::{Request, Value, Variables};
use futures::FutureExt;

use crate::graphql::{RequestContext, Schema, query_types};
use auth::Caller;
pub use chunk::ExportChunk;
pub use error::ExportError;
pub use file::{ExportFile, ExportRequest, write_down};
pub use kind::{ExportKind, FileFormat};
pub use pages::ListExport;
pub use parameters::{Parameter, choice};
pub use request::ListRequest;
use service::app::App;

/// What all exports of the process share.
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

    /// The types of the schema, among them those of parameters.
    pub fn types(&self) -> &Registry {
        &self.types
    }

    /// The parameters that an export takes in a format, besides the format itself.
    pub fn parameters(&self, kind: ExportKind, form: FileFormat) -> Vec<Parameter<'_>> {
        match kind {
            ExportKind::List(list) => {
                let style = style::parameters(form).iter().copied();
                style.chain(self.parameters_of(list).known).collect()
            }
            ExportKind::PayoutFile => payout_file::parameters_of(form.payments()).to_vec(),
            ExportKind::PersonalData => personal_data::PARAMETERS.to_vec(),
        }
    }

    /// Executes a document; returns the value of its field `page`, or of a `page` nested in that.
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
        // Boxed: the future is large, and would enlarge every future around it.
        let response = self.schema.execute(request).boxed().await;
        if !response.errors.is_empty() {
            let mut errors = response.errors;
            for error in &mut errors {
                // The fields of the filter are the parameters of an export.
                if let Some(rest) = error.message.strip_prefix("filter.") {
                    error.message = rest.to_owned();
                }
            }
            return Err(ExportError::Answered(errors));
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
