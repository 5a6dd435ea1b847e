//! Lists as files. An export reads its list through the schema, as a caller of the gateway would: a fixed document, page by
//! page, and all pages of one moment. So what a caller sees of which field, and how values are spelt, is decided where it is
//! decided for everybody, and the list's filter is the schema's.
//!
//! - `list`: which exports there are, and their columns;
//! - `parameters`: the filter, from the names and texts of an address or a command line;
//! - `selection`, `cells`: from columns to a document, and from its answer back to columns;
//! - `sheet`: rows as text.

mod cells;
mod list;
mod parameters;
mod selection;
mod sheet;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::registry::{MetaField, MetaType, Registry};
use async_graphql::{Name, Request, ServerError, Value, Variables};
use futures::FutureExt;

use crate::app::App;
use crate::auth::{Caller, Denied};
use crate::graphql::{MAX_PAGE, RequestContext, Schema, query_types, text};
use crate::store::StoreError;
pub use list::{LISTS, List};
use parameters::Parameters;
use selection::Selection;
pub use sheet::{Format, Heading, Row, Sheet};

/// Why nothing, or nothing more, is exported. Its text is for the log.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// What was asked for is wrong. Each text says what to mend.
    #[error("{}", .0.join("; "))]
    Wrong(Vec<String>),
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The schema's own answer.
    #[error("{}", causes(.0))]
    Answered(Vec<ServerError>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is behind the errors of an answer.
fn causes(errors: &[ServerError]) -> String {
    let cause = |error: &ServerError| match error.source::<StoreError>() {
        Some(cause) => cause.to_string(),
        None => error.message.clone(),
    };
    errors.iter().map(cause).collect::<Vec<_>>().join("; ")
}

/// What all exports of a program share.
pub struct Exports {
    /// Executes documents that need no validation.
    schema: Schema,
    types: Registry,
}

/// An export that may be made.
pub struct Order {
    pub list: &'static List,
    pub headings: Vec<Heading>,
    caller: Caller,
    filter: Value,
    selection: Selection,
    document: ExecutableDocument,
    counting: ExecutableDocument,
}

/// An export under way. It holds a connection, which sees one moment, until it is dropped.
pub struct Export {
    exports: Arc<Exports>,
    order: Order,
    /// The program as it was at that moment.
    app: App,
    /// Where the next page begins.
    after: Option<String>,
}

impl Exports {
    pub fn new(schema: Schema) -> Self {
        let types = query_types();
        Self { schema, types }
    }

    /// The export of this name.
    pub fn list(name: &str) -> Option<&'static List> {
        LISTS.iter().find(|list| list.name == name)
    }

    /// Looks at what is asked for, and at who asks; reads nothing. `given` are the names of the filter's fields, with texts.
    pub fn order<'p>(
        &self,
        list: &'static List,
        caller: Caller,
        given: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<Order, ExportError> {
        caller.read(list.resource)?;
        let field = self.field("Query", list.field);
        let filter = field.args["filter"].ty.as_str();
        let parameters = Parameters::of_input(&self.types, filter).expect("filters are input objects");
        let value = parameters.read(given).map_err(ExportError::Wrong)?;
        let may_see = |column: &list::Column| column.needs.is_none_or(|needs| caller.read_linked(needs).is_ok());
        let selection = Selection::of(list.columns, may_see);
        let mut nodes = String::new();
        selection.write(&mut nodes);
        let name = list.field;
        let page = format!(
            "query($first: Int, $after: String, $filter: {filter}) {{ page: {name}(first: $first, after: $after, filter: \
             $filter) {{ nodes {nodes} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let count = format!("query($filter: {filter}) {{ page: {name}(filter: $filter) {{ totalCount }} }}");
        let row = self.row_type(&field.ty);
        let headings = list.columns.iter().map(|column| Heading {
            name: column.name,
            is_free_text: self.is_free_text(row, column.path),
        });
        Ok(Order {
            list,
            headings: headings.collect(),
            caller,
            filter: value,
            selection,
            document: parsed(&page),
            counting: parsed(&count),
        })
    }

    fn field(&self, ty: &str, name: &str) -> &MetaField {
        let known = self.types.types.get(named(ty)).and_then(|ty| ty.field_by_name(name));
        known.unwrap_or_else(|| panic!("{ty} has no field {name}"))
    }

    /// The type of a connection's rows.
    fn row_type(&self, connection: &str) -> &str {
        named(&self.field(connection, "nodes").ty)
    }

    /// Whether callers choose what stands in the field to which `path` leads.
    fn is_free_text(&self, row: &str, path: &str) -> bool {
        let path = path.split(' ').next().unwrap_or(path);
        let ty = path.split('.').fold(row, |ty, name| named(&self.field(ty, name).ty));
        let is_scalar = matches!(
            self.types.types.get(ty),
            Some(MetaType::Scalar { .. } | MetaType::Enum { .. })
        );
        !is_scalar || ["String", "JSON"].contains(&ty)
    }

    async fn answer(
        &self,
        app: &App,
        caller: &Caller,
        document: &ExecutableDocument,
        variables: Variables,
    ) -> Result<Value, ExportError> {
        let context = RequestContext::new(app, caller.clone());
        let mut request = Request::new("").variables(variables).data(context);
        request.set_parsed_query(document.clone());
        // Boxed: it would be large in every future around it.
        let response = self.schema.execute(request).boxed().await;
        if !response.errors.is_empty() {
            return Err(ExportError::Answered(response.errors));
        }
        Ok(match response.data {
            Value::Object(mut fields) => fields.swap_remove("page").unwrap_or_default(),
            other => other,
        })
    }
}

/// The name inside lists and non-null marks.
fn named(ty: &str) -> &str {
    ty.trim_matches(|letter| "[]!".contains(letter))
}

fn parsed(text: &str) -> ExecutableDocument {
    parse_query(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

impl Order {
    /// Takes a connection, whose view of the database stands still from now on. Nothing may be read from it for `pause`, or
    /// for any time.
    pub async fn begin(self, exports: Arc<Exports>, app: &App, pause: Option<Duration>) -> Result<Export, ExportError> {
        let store = app.store.at_one_moment(pause).await?;
        Ok(Export {
            exports,
            order: self,
            app: App { store, ..app.clone() },
            after: None,
        })
    }

    fn variables(&self) -> Variables {
        let mut variables = Variables::default();
        variables.insert(Name::new("filter"), self.filter.clone());
        variables
    }
}

impl Export {
    /// How many rows it has in all.
    pub async fn count(&self) -> Result<u64, ExportError> {
        let Order { caller, counting, .. } = &self.order;
        let answer = self.exports.answer(&self.app, caller, counting, self.order.variables());
        let json = text(&answer.await?);
        let count: serde_json::Value = serde_json::from_str(&json).map_err(unreadable)?;
        Ok(count["totalCount"].as_u64().unwrap_or_default())
    }

    /// Calls `each` with the rows of the next page. Returns how many it has, and whether there are more.
    pub async fn next(&mut self, mut each: impl FnMut(&Row<'_>) + Send) -> Result<(u64, bool), ExportError> {
        let Order {
            list,
            caller,
            selection,
            document,
            ..
        } = &self.order;
        let mut variables = self.order.variables();
        variables.insert(Name::new("first"), Value::from(MAX_PAGE));
        if let Some(after) = &self.after {
            variables.insert(Name::new("after"), Value::from(after.as_str()));
        }
        let page = self.exports.answer(&self.app, caller, document, variables).await?;
        let json = match page {
            Value::Binary(json) => json,
            other => text(&other).into(),
        };
        let (mut rows, width) = (0, list.columns.len());
        let info = cells::read(&json, selection, width, &mut |row| {
            rows += 1;
            each(row);
        });
        let info = info.map_err(unreadable)?;
        self.after = info.end_cursor;
        Ok((rows, info.has_next_page))
    }
}

/// Of what we wrote ourselves.
fn unreadable(error: serde_json::Error) -> ExportError {
    ExportError::Store(StoreError::Corrupt {
        table: "export",
        column: "page",
        value: error.to_string(),
    })
}
