//! An export in progress: its pages one after the other, all from one snapshot.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Name, Value};
use serde_json::value::RawValue;
use tokio::task::JoinSet;
use tracing::Instrument;

use super::Exports;
use super::cells;
use super::error::{ExportError, unreadable};
use super::pace::{Pace, PageStep};
use super::request::ListRequest;
use super::sheet::SheetRow;
use crate::graphql::text;
use service::app::App;
use store::task::joined;

/// A list that is being exported.
pub struct ListExport {
    pub(super) exports: Arc<Exports>,
    pub(super) order: ListRequest,
    /// The application, with a store that reads from the snapshot.
    pub(super) app: App,
    /// The cursor after which the next page begins.
    pub(super) after: Option<String>,
    pub(super) pace: Pace,
    /// The read of the next page; it is aborted when the export is dropped.
    pub(super) ahead: JoinSet<Result<PageRead, ExportError>>,
    /// The rows before the first row (until it is written) and after the last row.
    pub(super) ends: Option<StatementEnds>,
}

/// The rows with the opening and the closing balance of a statement. `first` is taken when it is written.
pub(super) struct StatementEnds {
    pub(super) first: Option<Vec<Option<Box<RawValue>>>>,
    pub(super) last: Vec<Option<Box<RawValue>>>,
}

/// A page, the maximum number of rows that was requested, and how long reading it took.
pub(super) struct PageRead {
    found: Value,
    rows: usize,
    took: Duration,
}

impl ListRequest {
    /// Takes a database connection, and fixes its snapshot from now on.
    pub(super) async fn begin(
        self,
        exports: Arc<Exports>,
        app: &App,
        pause: Option<Duration>,
    ) -> Result<ListExport, ExportError> {
        // Read before the snapshot is taken: this waits for concurrent writers of the statement, which cannot change
        // after that.
        let ends = match &self.ends {
            Some(document) => Some(self.read_ends(&exports, app, document).await?),
            None => None,
        };
        let store = app.store.on_one_snapshot(pause).await?;
        Ok(ListExport {
            exports,
            order: self,
            app: App { store, ..app.clone() },
            after: None,
            pace: Pace::new(),
            ahead: JoinSet::new(),
            ends,
        })
    }

    async fn read_ends(
        &self,
        exports: &Exports,
        app: &App,
        document: &ExecutableDocument,
    ) -> Result<StatementEnds, ExportError> {
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
        Ok(StatementEnds {
            first: Some(end("from", "opening")?),
            last: end("to", "closing")?,
        })
    }
}

impl ListExport {
    /// The total number of rows.
    pub(super) async fn count(&self) -> Result<u64, ExportError> {
        let ListRequest { caller, count, .. } = &self.order;
        let answer = self
            .exports
            .answer(&self.app, caller, count.clone(), self.order.variables());
        let json = text(&answer.await?);
        let count: serde_json::Value = serde_json::from_str(&json).map_err(unreadable)?;
        Ok(count["totalCount"].as_u64().unwrap_or_default())
    }

    /// Starts again from the first row, restricted to this currency.
    pub(super) fn begin_again(&mut self, currency: Option<&String>) {
        self.after = None;
        if let (Some(Value::Object(filter)), Some(currency)) = (self.order.variables.get_mut("filter"), currency) {
            filter.insert(Name::new("currency"), Value::from(currency.as_str()));
        }
    }

    /// Starts reading the next page while the previous one is written.
    fn read_ahead(&mut self) {
        let ListRequest { caller, page, .. } = &self.order;
        let (exports, app) = (self.exports.clone(), self.app.clone());
        let (caller, page, mut variables) = (caller.clone(), page.clone(), self.order.variables());
        let PageStep { rest, rows } = self.pace.next(app.metrics.operation_load());
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
    pub(super) async fn next(
        &mut self,
        mut each: impl FnMut(&SheetRow<'_>) + Send,
    ) -> Result<(u64, bool), ExportError> {
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
        let ListRequest { list, selection, .. } = &self.order;
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
