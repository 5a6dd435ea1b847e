//! Everything that is held of a person, a line for each value with its place: for who asks what is known of them. Those
//! are the values that an erasure takes away, and those that it leaves for the books.

use std::time::Duration;

use serde_json::json;

use super::chunk::ExportChunk;
use super::parameters::{Parameter, Parameters};
use super::{ExportError, Exports};
use auth::{Caller, Scope};
use domain::erasure::Subject;
use service::ServiceError;
use service::app::App;
use service::erasure::NamedSubject;
use store::erasure::{HeldPosition, read_held};

/// The name of the export in URLs and on the command line.
pub const NAME: &str = "personal-data";

/// The parameters that are names of persons.
pub const NAMES: [&str; 2] = ["recipient", "staffActor"];

/// About how many rows of the database are read at a time.
const PAGE: usize = 500;

pub const PARAMETERS: [Parameter<'static>; 5] = [
    Parameter::new("partnerId", "ID", "A partner, with the requests that it came from."),
    Parameter::new(
        "recipient",
        "String",
        "An individual at the partner, exactly as commissions and deals name it; with partnerId.",
    ),
    Parameter::new("customerId", "ID", "A customer, with its events."),
    Parameter::new("requestId", "ID", "Who asked for a partnership."),
    Parameter::new(
        "staffActor",
        "String",
        "Who works for the tenant, as histories name them.",
    ),
];

/// A checked request of a caller that may make it.
pub struct PersonalDataRequest {
    caller: Caller,
    subject: NamedSubject,
}

/// An export in progress.
pub struct PersonalDataExport {
    /// The application, with a store that reads from the snapshot.
    app: App,
    scope: Scope,
    subject: Subject,
    at: HeldPosition,
}

impl Exports {
    /// Checks the parameters and the caller's permissions.
    pub(super) fn personal_data<'p>(
        &self,
        caller: &Caller,
        given: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<PersonalDataRequest, ExportError> {
        caller.admin()?;
        let given: Vec<_> = given.into_iter().collect();
        let parameters = Parameters::of(&self.types, PARAMETERS.to_vec());
        parameters.read(given.iter().copied()).map_err(ExportError::Wrong)?;
        let text = |name| {
            given
                .iter()
                .find(|(given, _)| *given == name)
                .map(|(_, text)| (*text).to_owned())
        };
        let found = PARAMETERS.map(|parameter| text(parameter.name));
        let subject = match found {
            [Some(partner), None, None, None, None] => NamedSubject::Partner(partner),
            [Some(partner), Some(name), None, None, None] => NamedSubject::Recipient { partner, name },
            [None, None, Some(customer), None, None] => NamedSubject::Customer(customer),
            [None, None, None, Some(request), None] => NamedSubject::Request(request),
            [None, None, None, None, Some(actor)] => NamedSubject::StaffActor(actor),
            _ => {
                let text = "name one person: partnerId, partnerId with recipient, customerId, requestId or staffActor";
                return Err(ExportError::Wrong(vec![text.to_owned()]));
            }
        };
        let caller = caller.clone();
        Ok(PersonalDataRequest { caller, subject })
    }
}

impl PersonalDataRequest {
    /// Finds the person, takes a database connection, and fixes its snapshot from now on.
    pub async fn begin(self, app: &App, pause: Option<Duration>) -> Result<PersonalDataExport, ExportError> {
        let subject = service::erasure::subject(app, &self.caller, self.subject).await;
        let subject = subject.map_err(|error| match error {
            ServiceError::Rejected(problems) => {
                let text = |problem: &domain::problem::Problem| {
                    let field = problem.path.last().map_or("", String::as_str);
                    format!("{field} {}", problem.message)
                };
                ExportError::Wrong(problems.iter().map(text).collect())
            }
            ServiceError::Denied(denied) => denied.into(),
            ServiceError::Store(error) => error.into(),
            ServiceError::Repeated(_) => unreachable!("it was not asked for with a key"),
        })?;
        Ok(PersonalDataExport {
            app: App {
                store: app.store.on_one_snapshot(pause).await?,
                ..app.clone()
            },
            scope: Scope::tenant_wide(self.caller.tenant()),
            subject,
            at: HeldPosition::default(),
        })
    }
}

impl PersonalDataExport {
    /// Reads the next values.
    pub async fn next(&mut self) -> Result<ExportChunk, ExportError> {
        let reader = self.app.store.reader();
        let page = read_held(reader, &self.scope, &self.subject, self.at, PAGE).await?;
        let mut text = Vec::new();
        for held in &page.values {
            let line = json!({ "table": held.table, "column": held.column, "row": held.row, "value": held.value });
            text.extend_from_slice(line.to_string().as_bytes());
            text.push(b'\n');
        }
        if let Some(next) = page.next {
            self.at = next;
        }
        Ok(ExportChunk {
            text,
            rows: page.values.len() as u64,
            goes_on: page.next.is_some(),
        })
    }
}
