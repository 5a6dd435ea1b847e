//! Whether what a request asks for may run: find or read the document, guard it, charge for it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Request, Variables};
use async_graphql_value::Extensions;

use super::documents::{self, Hash, ParsedDocument};
use super::guard::{Admitted, DocumentProblem};
use super::listen::resume;
use super::persisted::{self, RequestedDocument};
use super::request::GraphqlRequest;
use super::{HttpState, cost, errors};
use crate::graphql::subscription;
use auth::{Caller, Permission};
use store::LogPosition;

/// Who asks, and what the request is called.
pub struct Requester {
    pub caller: Caller,
    pub request_id: String,
}

/// A document that is ready to run.
struct ReadyDocument {
    hash: Hash,
    text_bytes: usize,
    document: Arc<ParsedDocument>,
    /// It was validated strictly before, so that only what depends on the request is still to be looked at.
    validated: bool,
    /// The caller wants to name it by its hash from now on.
    is_new: bool,
}

/// An operation that may run: guarded, validated and paid for.
pub struct Admission {
    pub(super) document: Arc<ParsedDocument>,
    /// The operation with every field once.
    merged: Arc<ExecutableDocument>,
    pub(super) admitted: Admitted,
    pub(super) operation_name: Option<String>,
    /// Whose bucket of cost it came out of.
    pub(super) subject: String,
    /// The document's text.
    hash: Hash,
    /// The cursor of the last event that was heard of a subscription, where the request names one.
    pub(super) last_event: Option<String>,
    /// What the caller says to have written last.
    pub(super) position: Option<LogPosition>,
}

impl Admission {
    /// What is asked for.
    pub fn operation(&self) -> OperationType {
        self.admitted.operation
    }

    /// The SHA-256 of the document's text.
    pub fn document_hash(&self) -> Hash {
        self.hash
    }

    /// A subscription is run as a query on the schema of events.
    pub(super) fn request(&self, front: &HttpState) -> Request {
        let mut document = ExecutableDocument::clone(&self.merged);
        front.guard.strip(&mut document, &self.admitted);
        if self.operation() == OperationType::Subscription {
            subscription::as_query(&mut document);
        }
        let mut request = Request::new("").variables(self.admitted.variables.clone());
        request.set_parsed_query(document);
        request
    }

    /// Tells it from operations that ask for something else: the same of another caller with the same rights is the same.
    pub fn fingerprint(&self) -> Hash {
        let Self {
            admitted,
            operation_name,
            ..
        } = self;
        let mut variables = admitted.variables.clone();
        if let Some(place) = resume::variable(&self.merged).filter(|_| self.operation() == OperationType::Subscription)
        {
            variables.remove(place);
        }
        let variables = serde_json::json!([operation_name, variables]).to_string();
        let mut whole = self.hash.to_vec();
        whole.extend(variables.as_bytes());
        documents::digest(&whole)
    }

    /// Pays for what is done after [`admit`] has charged for the first time; an error says how long it takes until it can.
    pub fn charge(&self, front: &HttpState, cost: u64) -> Result<(), Duration> {
        let taken = front.throttle.take(&self.subject, cost, Instant::now());
        taken.map_err(|empty| empty.0)
    }
}

/// Why nothing of a request runs.
pub enum RequestRefusal {
    Document(Vec<DocumentProblem>),
    /// Its kind of operation is not for this way of asking. The text is for the caller.
    Operation(&'static str),
    /// Too much was asked for; again in so many seconds.
    Throttled(u64),
}

impl RequestRefusal {
    /// The errors, as answers without data have them.
    pub fn errors(self, request_id: &str) -> Vec<serde_json::Value> {
        match self {
            Self::Document(problems) => errors::listed(&problems, request_id),
            Self::Operation(message) => errors::listed(&[DocumentProblem::new("BAD_REQUEST", message)], request_id),
            Self::Throttled(seconds) => {
                errors::listed(&[DocumentProblem::new("THROTTLED", throttled(seconds))], request_id)
            }
        }
    }
}

/// Finds or reads the document, guards and validates it, and charges for it. `allow` says which kinds of operations may
/// be asked for in this way. What is refused is charged for the look that was taken at it.
pub async fn admit(
    front: &HttpState,
    asker: &Requester,
    ask: GraphqlRequest,
    allow: impl Fn(OperationType) -> Result<(), &'static str>,
) -> Result<Admission, RequestRefusal> {
    let subject = subject(asker);
    let look = cost::of_refusal(ask.bytes);
    charge(front, &subject, look)?;
    let operation_name = ask.operation_name.clone();
    let (last_event, position) = (ask.last_event.clone(), ask.position);
    let (ready, merged, admitted) = examine(front, asker, ask, allow)?;
    front.throttle.give_back(&subject, look, Instant::now());
    charge(front, &subject, admitted.cost)?;
    Ok(Admission {
        document: ready.document,
        merged,
        admitted,
        operation_name,
        subject,
        hash: ready.hash,
        last_event,
        position,
    })
}

/// Whose bucket of cost a request is paid from.
pub fn subject(asker: &Requester) -> String {
    format!("{}/{}", asker.caller.tenant(), asker.caller.subject())
}

/// Charges for something that is done.
pub fn charge(front: &HttpState, subject: &str, cost: u64) -> Result<(), RequestRefusal> {
    let taken = front.throttle.take(subject, cost, Instant::now());
    taken.map_err(|empty| RequestRefusal::Throttled(empty.0.as_secs().saturating_add(1)))
}

/// Whether a document may run that is within what its sender has left.
fn examine(
    front: &HttpState,
    asker: &Requester,
    ask: GraphqlRequest,
    allow: impl Fn(OperationType) -> Result<(), &'static str>,
) -> Result<(ReadyDocument, Arc<ExecutableDocument>, Admitted), RequestRefusal> {
    let (ready, admitted) = prepare(
        front,
        asker,
        ask.query,
        ask.operation_name.as_deref(),
        ask.variables,
        &ask.extensions,
    )
    .map_err(RequestRefusal::Document)?;
    allow(admitted.operation).map_err(RequestRefusal::Operation)?;
    if !ready.validated {
        let problems = front.guard.validate(&ready.document.parsed);
        if !problems.is_empty() {
            return Err(RequestRefusal::Document(problems));
        }
    }
    let merge = |document: &_| front.guard.merge(document, ask.operation_name.as_deref(), &admitted);
    let merged = ready.document.merged(merge).map_err(RequestRefusal::Document)?;
    if !ready.validated {
        front
            .documents
            .keep(ready.hash, ready.document.clone(), ready.text_bytes);
    }
    if ready.is_new {
        front.persisted.register(&asker.caller.tenant().to_string(), ready.hash);
    }
    Ok((ready, merged, admitted))
}

fn prepare(
    front: &HttpState,
    asker: &Requester,
    query: Option<String>,
    operation_name: Option<&str>,
    variables: Variables,
    extensions: &Extensions,
) -> Result<(ReadyDocument, Admitted), Vec<DocumentProblem>> {
    let tenant = asker.caller.tenant().to_string();
    let named = front.persisted.resolve(&tenant, query, extensions).map_err(one)?;
    let is_new = matches!(named, RequestedDocument::New(..));
    let (hash, text) = match named {
        RequestedDocument::Text(hash, text) | RequestedDocument::New(hash, text) => (hash, Some(text)),
        RequestedDocument::Before(hash) => (hash, None),
    };
    front.persisted.permit(&hash, &asker.request_id).map_err(one)?;
    let text_bytes = text.as_ref().map_or(0, String::len);
    let (document, validated) = match (front.documents.find(&hash), text) {
        (Some(document), _) => (document, true),
        (None, Some(text)) => {
            let parsed = front.guard.parse(&text).map_err(one)?;
            (Arc::new(ParsedDocument::new(parsed)), false)
        }
        (None, None) => return Err(vec![persisted::not_found()]),
    };
    let admitted = front.guard.admit(&document.parsed, operation_name, variables)?;
    let may_introspect = !front.options.production || asker.caller.permissions().allow(Permission::Admin);
    if admitted.introspects && !may_introspect {
        let message = "only a token with the scope admin may ask about the schema itself";
        return Err(one(DocumentProblem::new("FORBIDDEN", message)));
    }
    let ready = ReadyDocument {
        hash,
        text_bytes,
        document,
        validated,
        is_new,
    };
    Ok((ready, admitted))
}

fn one(problem: DocumentProblem) -> Vec<DocumentProblem> {
    vec![problem]
}

fn throttled(seconds: u64) -> String {
    format!("too much was asked for in a short time: ask again in {seconds} seconds")
}
