//! Exports of every kind, from the request to the text of the file.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::chunk::ExportChunk;
use super::kind::{ExportKind, FileFormat};
use super::payout_file::{FileRequest, PayoutFile};
use super::personal_data::{PersonalDataExport, PersonalDataRequest};
use super::sheet::{RowFormat, Sheet};
use super::style;
use super::workbook::WorkbookExport;
use super::{ExportError, Exports, ListExport, ListRequest};
use auth::Caller;
use domain::tenant::Tenant;
use service::app::App;
use store::StoreError;

/// A checked request for an export that the caller may make.
pub enum ExportRequest {
    List(ListRequest, RowFormat),
    /// A list as a workbook.
    Workbook(ListRequest),
    PayoutFile(FileRequest),
    PersonalData(PersonalDataRequest),
}

/// An export in progress. It holds a database connection with a fixed snapshot until it is dropped.
pub enum ExportFile {
    List { export: ListExport, sheet: Sheet },
    Workbook(WorkbookExport),
    PayoutFile(PayoutFile),
    PersonalData(PersonalDataExport),
}

impl Exports {
    /// Checks the parameters and the caller's permissions. `given` are parameters by name.
    pub fn ask<'p>(
        &self,
        (kind, form): (ExportKind, FileFormat),
        caller: &Caller,
        given: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<ExportRequest, ExportError> {
        Ok(match kind {
            ExportKind::List(list) => {
                let (format, given) = style::split(form, given).map_err(ExportError::Wrong)?;
                let order = self.order(list, caller.clone(), given)?;
                match form {
                    FileFormat::Xlsx => ExportRequest::Workbook(order),
                    _ => ExportRequest::List(order, format),
                }
            }
            ExportKind::PayoutFile => ExportRequest::PayoutFile(self.payout_file(form.payments(), caller, given)?),
            ExportKind::PersonalData => ExportRequest::PersonalData(self.personal_data(caller, given)?),
        })
    }
}

impl ExportRequest {
    /// Takes a database connection, and fixes its snapshot from now on. The connection may stay idle for `pause`
    /// between reads; `None`: for any time.
    pub async fn begin(
        self,
        exports: Arc<Exports>,
        app: &App,
        pause: Option<Duration>,
    ) -> Result<ExportFile, ExportError> {
        Ok(match self {
            Self::Workbook(order) => ExportFile::Workbook(WorkbookExport::begin(order, exports, app, pause).await?),
            Self::List(order, format) => {
                let sheet = Sheet::new(format, order.headings());
                let export = order.begin(exports, app, pause).await?;
                ExportFile::List { export, sheet }
            }
            Self::PayoutFile(order) => ExportFile::PayoutFile(order.begin(exports, app, pause).await?),
            Self::PersonalData(request) => ExportFile::PersonalData(request.begin(app, pause).await?),
        })
    }
}

/// Writes an audit entry for an export: its kind, its format and its parameters.
pub async fn write_down(
    app: &App,
    caller: &Caller,
    (kind, form): (ExportKind, FileFormat),
    given: &[(&str, &str)],
) -> Result<(), StoreError> {
    let (tenant, caller) = (caller.tenant(), caller.doing(&format!("export {}", kind.name())));
    let given: BTreeMap<_, _> = given
        .iter()
        .copied()
        .filter(|(name, _)| kind.is_audited(name))
        .collect();
    let transaction = app.store.begin(app.trail(tenant, caller.origin())).await?;
    let told = json!({ "format": form.word(), "filter": given });
    transaction.noted_of::<Tenant>(tenant, "export", told);
    transaction.commit().await
}

impl ExportFile {
    /// The total number of rows.
    pub async fn count(&self) -> Result<u64, ExportError> {
        match self {
            Self::List { export, .. } => export.count().await,
            Self::Workbook(workbook) => workbook.count().await,
            Self::PayoutFile(file) => Ok(file.count()),
            // Nobody knows before all places are read.
            Self::PersonalData(_) => Ok(0),
        }
    }

    /// What was requested and is not in the file, and why.
    pub fn left_out(&self) -> &[String] {
        match self {
            Self::List { .. } | Self::Workbook(_) | Self::PersonalData(_) => &[],
            Self::PayoutFile(file) => file.left_out(),
        }
    }

    /// Reads the next rows.
    pub async fn next(&mut self) -> Result<ExportChunk, ExportError> {
        match self {
            Self::List { export, sheet } => {
                let (rows, goes_on) = export.next(|row| sheet.row(row)).await?;
                let text = sheet.take();
                Ok(ExportChunk { text, rows, goes_on })
            }
            Self::Workbook(workbook) => workbook.next().await,
            Self::PayoutFile(file) => {
                let mut text = Vec::new();
                let (rows, goes_on) = file.next(&mut text).await?;
                Ok(ExportChunk { text, rows, goes_on })
            }
            Self::PersonalData(export) => export.next().await,
        }
    }
}
