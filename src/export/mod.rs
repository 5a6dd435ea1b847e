//! Lists as files. An export reads its list through the schema, as a caller of the gateway would: a fixed document, page by
//! page, and all pages of one moment. So what a caller sees of which field, and how values are spelt, is decided where it is
//! decided for everybody, and the list's filter is the schema's.
//!
//! - `list`: which lists there are, and their columns;
//! - `parameters`: the filter, from the names and texts of an address or a command line;
//! - `selection`, `cells`: from columns to a document, and from its answer back to columns;
//! - `sheet`: rows as text;
//! - `pace`: how much is read at a time, and how others go first;
//! - `payout_file`: a run's payouts, as payment services take them;
//! - `form`, `document`: all of it, for whoever sends or writes it.

mod cells;
mod document;
mod form;
mod list;
mod pace;
mod parameters;
mod payout_file;
mod selection;
mod sheet;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::registry::{MetaField, MetaType, Registry};
use async_graphql::{Name, Request, ServerError, Value, Variables};
use futures::FutureExt;
use serde_json::value::RawValue;
use tokio::task::JoinSet;
use tracing::Instrument;

use crate::app::App;
use crate::auth::{Caller, Denied};
use crate::graphql::{RequestContext, Schema, query_types, text};
use crate::store::StoreError;
use crate::task::joined;
pub use document::{Asked, Document, Piece, write_down};
pub use form::{Form, Kind};
use list::{AskedBy, List};
use pace::{Pace, Step};
use parameters::Parameters;
use selection::Selection;
use sheet::{Heading, Row};

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

/// A list that may be exported.
pub struct Order {
    list: &'static List,
    headings: Vec<Heading>,
    caller: Caller,
    variables: IndexMap<Name, Value>,
    selection: Selection,
    page: ExecutableDocument,
    count: ExecutableDocument,
    /// Asks for what stands at both ends, if anything does.
    ends: Option<ExecutableDocument>,
}

/// A list that is being exported.
pub struct Export {
    exports: Arc<Exports>,
    order: Order,
    /// The program as it was at that moment.
    app: App,
    /// Where the next page begins.
    after: Option<String>,
    pace: Pace,
    /// That page, on its way; it is given up with the export.
    ahead: JoinSet<Result<PageRead, ExportError>>,
    /// What stands before the first row, if it was not written yet, and behind the last.
    ends: Option<Ends>,
}

/// A page of how many rows at most, and how long it took.
struct PageRead {
    found: Value,
    rows: usize,
    took: Duration,
}

/// The balance of a statement when its range began and when it ended.
struct Ends {
    first: Option<Vec<Option<Box<RawValue>>>>,
    last: Vec<Option<Box<RawValue>>>,
}

impl Exports {
    pub fn new(schema: Schema) -> Self {
        let types = query_types();
        Self { schema, types }
    }

    /// Looks at what is asked for, and at who asks; reads nothing.
    fn order<'p>(
        &self,
        list: &'static List,
        caller: Caller,
        given: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<Order, ExportError> {
        caller.read(list.resource)?;
        let field = self.field("Query", list.field);
        let arguments = field.args.values();
        let arguments: Vec<_> = arguments
            .map(|argument| (argument.name.as_str(), argument.ty.as_str()))
            .collect();
        let filter = field.args.get("filter").map_or("", |filter| filter.ty.as_str());
        let (parameters, arguments) = match list.asked {
            AskedBy::Filter => (Parameters::of_input(&self.types, filter), vec![("filter", filter)]),
            AskedBy::Arguments(_) => (Parameters::of(&self.types, &arguments), arguments),
        };
        let read = parameters.read(given).map_err(ExportError::Wrong)?;
        let variables = match list.asked {
            AskedBy::Filter => IndexMap::from([(Name::new("filter"), Value::Object(read))]),
            AskedBy::Arguments(_) => read,
        };
        let may_see = |column: &list::Column| column.needs.is_none_or(|needs| caller.read_linked(needs).is_ok());
        let selection = Selection::of(list.columns, may_see);
        let row = self.row_type(list, &field.ty);
        let headings = list.columns.iter().map(|column| Heading {
            name: column.name,
            is_free_text: self.is_free_text(row, column.path),
        });
        let documents = Documents { list, arguments };
        Ok(Order {
            headings: headings.collect(),
            page: documents.page(&selection),
            count: documents.count(),
            ends: documents.ends(),
            list,
            caller,
            variables,
            selection,
        })
    }

    fn field(&self, ty: &str, name: &str) -> &MetaField {
        let known = self.types.types.get(named(ty)).and_then(|ty| ty.field_by_name(name));
        known.unwrap_or_else(|| panic!("{ty} has no field {name}"))
    }

    /// The type of a list's rows; the list's field is of the type `ty`.
    fn row_type(&self, list: &List, ty: &str) -> &str {
        let connection = match list.asked {
            AskedBy::Filter => ty,
            AskedBy::Arguments(within) => &self.field(ty, within).ty,
        };
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

/// The documents that read a list.
struct Documents<'a> {
    list: &'static List,
    /// The names and types of the field's arguments.
    arguments: Vec<(&'a str, &'a str)>,
}

impl Documents<'_> {
    fn page(&self, selection: &Selection) -> ExecutableDocument {
        let mut nodes = String::new();
        selection.write(&mut nodes);
        let page = format!("pageInfo {{ hasNextPage endCursor }} nodes {nodes}");
        self.document(", $first: Int, $after: String", "first: $first, after: $after", &page)
    }

    fn count(&self) -> ExecutableDocument {
        self.document("", "", "totalCount")
    }

    /// A document that selects this of the list.
    fn document(&self, declared: &str, arguments: &str, selected: &str) -> ExecutableDocument {
        let (own, passed) = (self.declared(), self.passed());
        let field = self.list.field;
        let text = match self.list.asked {
            AskedBy::Filter => {
                format!("query({own}{declared}) {{ page: {field}({passed}, {arguments}) {{ {selected} }} }}")
            }
            AskedBy::Arguments(within) => {
                let arguments = match arguments {
                    "" => String::new(),
                    arguments => format!("({arguments})"),
                };
                format!(
                    "query({own}{declared}) {{ page: {field}({passed}) {{ page: {within}{arguments} {{ {selected} }} }} }}"
                )
            }
        };
        parsed(&text)
    }

    fn ends(&self) -> Option<ExecutableDocument> {
        let AskedBy::Arguments(_) = self.list.asked else {
            return None;
        };
        let (own, passed, field) = (self.declared(), self.passed(), self.list.field);
        let selected = "from to opening { amount currency } closing { amount currency }";
        Some(parsed(&format!(
            "query({own}) {{ page: {field}({passed}) {{ {selected} }} }}"
        )))
    }

    fn declared(&self) -> String {
        let declared = self.arguments.iter().map(|(name, ty)| format!("${name}: {ty}"));
        declared.collect::<Vec<_>>().join(", ")
    }

    fn passed(&self) -> String {
        let passed = self.arguments.iter().map(|(name, _)| format!("{name}: ${name}"));
        passed.collect::<Vec<_>>().join(", ")
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
    pub fn headings(&self) -> Vec<Heading> {
        self.headings.clone()
    }

    async fn begin(self, exports: Arc<Exports>, app: &App, pause: Option<Duration>) -> Result<Export, ExportError> {
        // Before the moment: it waits for those who write what the statement says, which never changes then.
        let ends = match &self.ends {
            Some(document) => Some(self.read_ends(&exports, app, document).await?),
            None => None,
        };
        let store = app.store.at_one_moment(pause).await?;
        Ok(Export {
            exports,
            order: self,
            app: App { store, ..app.clone() },
            after: None,
            pace: Pace::new(),
            ahead: JoinSet::new(),
            ends,
        })
    }

    fn variables(&self) -> Variables {
        let mut variables = Variables::default();
        for (name, value) in &self.variables {
            variables.insert(name.clone(), value.clone());
        }
        variables
    }

    async fn read_ends(
        &self,
        exports: &Exports,
        app: &App,
        document: &ExecutableDocument,
    ) -> Result<Ends, ExportError> {
        let found = exports
            .answer(app, &self.caller, document.clone(), self.variables())
            .await?;
        if found == Value::Null {
            return Err(ExportError::Wrong(vec!["partnerId does not exist".to_owned()]));
        }
        let json: serde_json::Value = serde_json::from_str(&text(&found)).map_err(unreadable)?;
        let end = |at: &str, owed: &str| {
            let cells = self.list.columns.iter().map(|column| {
                let value = match column.name {
                    "at" => &json[at],
                    "currency" => &json[owed]["currency"],
                    "balance" => &json[owed]["amount"],
                    _ => return Ok(None),
                };
                serde_json::value::to_raw_value(value).map(Some)
            });
            cells.collect::<Result<Vec<_>, _>>().map_err(unreadable)
        };
        Ok(Ends {
            first: Some(end("from", "opening")?),
            last: end("to", "closing")?,
        })
    }
}

impl Export {
    /// How many rows it has in all.
    async fn count(&self) -> Result<u64, ExportError> {
        let Order { caller, count, .. } = &self.order;
        let answer = self
            .exports
            .answer(&self.app, caller, count.clone(), self.order.variables());
        let json = text(&answer.await?);
        let count: serde_json::Value = serde_json::from_str(&json).map_err(unreadable)?;
        Ok(count["totalCount"].as_u64().unwrap_or_default())
    }

    /// Begins at the first row again, of this currency alone.
    fn begin_again(&mut self, currency: Option<&String>) {
        self.after = None;
        if let (Some(Value::Object(filter)), Some(currency)) = (self.order.variables.get_mut("filter"), currency) {
            filter.insert(Name::new("currency"), Value::from(currency.as_str()));
        }
    }

    /// Begins to read the next page, while the one before becomes text.
    fn read_ahead(&mut self) {
        let Order { caller, page, .. } = &self.order;
        let (exports, app) = (self.exports.clone(), self.app.clone());
        let (caller, page, mut variables) = (caller.clone(), page.clone(), self.order.variables());
        let Step { rest, rows } = self.pace.next(app.metrics.is_busy());
        variables.insert(Name::new("first"), Value::from(rows));
        if let Some(after) = &self.after {
            variables.insert(Name::new("after"), Value::from(after.as_str()));
        }
        let reading = async move {
            tokio::time::sleep(rest).await;
            let begun = Instant::now();
            let found = exports.answer(&app, &caller, page, variables).await?;
            let took = begun.elapsed();
            Ok(PageRead { found, rows, took })
        };
        self.ahead.spawn(reading.in_current_span());
    }

    /// Calls `each` with the rows of the next page. Returns how many it has, and whether there are more.
    async fn next(&mut self, mut each: impl FnMut(&Row<'_>) + Send) -> Result<(u64, bool), ExportError> {
        if self.ahead.is_empty() {
            self.read_ahead();
        }
        let read = self.ahead.join_next().await.expect("a page is on its way");
        let PageRead { found, rows, took } = joined(read)?;
        let json = match found {
            Value::Binary(json) => json,
            other => text(&other).into(),
        };
        let info = cells::info(&json).map_err(unreadable)?;
        self.after = info.end_cursor;
        if info.has_next_page {
            self.pace.read(rows, json.len(), took);
            self.read_ahead();
        }
        if let Some(first) = self.ends.as_mut().and_then(|ends| ends.first.take()) {
            each(&borrowed(&first));
        }
        let Order { list, selection, .. } = &self.order;
        let mut rows = 0;
        let read = cells::read(&json, selection, list.columns.len(), &mut |row| {
            rows += 1;
            each(row);
        });
        read.map_err(unreadable)?;
        if let (false, Some(ends)) = (info.has_next_page, &self.ends) {
            each(&borrowed(&ends.last));
        }
        Ok((rows, info.has_next_page))
    }
}

fn borrowed(row: &[Option<Box<RawValue>>]) -> Vec<Option<&RawValue>> {
    row.iter().map(Option::as_deref).collect()
}

/// Of what we wrote ourselves.
fn unreadable(error: serde_json::Error) -> ExportError {
    ExportError::Store(StoreError::Corrupt {
        table: "export",
        column: "page",
        value: error.to_string(),
    })
}
