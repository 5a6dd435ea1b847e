//! Whether a request may run: finds or reads its document, guards it, and charges for it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Request, Variables};
use async_graphql_value::Extensions;

use super::documents::{self, Hash, ParsedDocument};
use super::guard::{CheckedOperation, DocumentProblem};
use super::in_flight::NoPlace;
use super::listen::resume;
use super::permits::ConcurrencyPermit;
use super::persisted::{self, RequestedDocument};
use super::request::GraphqlRequest;
use super::stream_end::StreamEnd;
use super::throttle::{BucketEmpty, BucketHolder, Payer};
use super::{HttpState, codes, cost, errors};
use crate::graphql::subscription;
use auth::{Caller, Permission};
use service::authentication::{AuthError, SignIn};
use store::LogPosition;

/// The caller, and the request's id.
pub struct Requester {
    pub caller: Caller,
    pub request_id: String,
    /// Must be confirmed before anything but a query runs, and before a query is answered; `None`: nothing remains to
    /// be confirmed.
    pub sign_in: Option<Arc<SignIn>>,
}

impl Requester {
    /// A caller whose sign-in needs no further confirmation.
    pub fn confirmed(caller: Caller, request_id: String) -> Self {
        Self {
            caller,
            request_id,
            sign_in: None,
        }
    }

    /// The error says that the credentials are not valid.
    pub async fn confirm(&self, state: &HttpState) -> Result<(), AuthError> {
        match &self.sign_in {
            Some(sign_in) => sign_in.confirm(&state.app).await,
            None => Ok(()),
        }
    }
}

/// A document that is ready to run.
struct ReadyDocument {
    hash: Hash,
    text_bytes: usize,
    document: Arc<ParsedDocument>,
    /// It was fully validated before, so that only what depends on the request is still to be checked.
    validated: bool,
    /// The caller wants to refer to it by its hash from now on.
    is_new: bool,
}

/// An operation that may run: guarded, validated and paid for.
pub struct Admission {
    pub(super) document: Arc<ParsedDocument>,
    /// The merged operation, with every field once.
    merged: Arc<ExecutableDocument>,
    pub(super) admitted: CheckedOperation,
    pub(super) operation_name: Option<String>,
    /// Whose buckets paid for it.
    pub(super) payer: Payer,
    /// The hash of the document's text.
    hash: Hash,
    /// The cursor of the last event received of a subscription, if the request names one.
    pub(super) last_event: Option<String>,
    /// The log position of the caller's last write, as the caller reports it.
    pub(super) position: Option<LogPosition>,
    /// Its place among the requests in flight.
    _place: Option<ConcurrencyPermit>,
}

impl Admission {
    /// The same for as long as a subscription lasts, which has a place of another kind.
    pub fn subscribed(self) -> Self {
        Self { _place: None, ..self }
    }

    /// The kind of operation.
    pub fn operation(&self) -> OperationType {
        self.admitted.operation
    }

    /// The SHA-256 of the document's text.
    pub fn document_hash(&self) -> Hash {
        self.hash
    }

    /// A subscription is run as a query on the schema of events.
    pub(super) fn request(&self, state: &HttpState) -> Request {
        let mut document = ExecutableDocument::clone(&self.merged);
        state.guard.strip(&mut document, &self.admitted);
        if self.operation() == OperationType::Subscription {
            subscription::as_query(&mut document);
        }
        let mut request = Request::new("").variables(self.admitted.variables.clone());
        request.set_parsed_query(document);
        request
    }

    /// Identifies what the operation asks for, regardless of the caller and of where a subscription resumes.
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

    /// Charges for work after the first charge by [`admit`]; the error says how long until the bucket has enough.
    pub fn charge(&self, state: &HttpState, cost: u64) -> Result<(), Duration> {
        let taken = state.throttle.take(&self.payer, cost, Instant::now());
        taken.map_err(|empty| empty.wait)
    }
}

/// Why a request is refused before any of it runs.
pub enum RequestRefusal {
    Document(Vec<DocumentProblem>),
    /// This kind of operation is not allowed over this transport or method. The text is for the caller.
    Operation(&'static str),
    /// Too much was requested by the subject, or by all of its tenant.
    Throttled(BucketEmpty),
    NoPlace(NoPlace),
    /// The partner that the token names may not sign in, or this could not be determined.
    Unauthenticated(AuthError),
}

impl RequestRefusal {
    /// The errors as they appear in answers without data.
    pub fn errors(self, request_id: &str) -> Vec<serde_json::Value> {
        match self {
            Self::Document(problems) => errors::listed(&problems, request_id),
            Self::Operation(message) => {
                errors::listed(&[DocumentProblem::new(codes::BAD_REQUEST, message)], request_id)
            }
            Self::Throttled(empty) => {
                errors::listed(&[DocumentProblem::new(codes::THROTTLED, throttled(empty))], request_id)
            }
            Self::NoPlace(full) => errors::listed(&[full.problem()], request_id),
            Self::Unauthenticated(AuthError::Store(cause)) => {
                StreamEnd::of(&cause, request_id, "authentication").errors(request_id)
            }
            Self::Unauthenticated(AuthError::Missing | AuthError::Invalid) => {
                StreamEnd::Unauthenticated.errors(request_id)
            }
        }
    }
}

/// Finds or reads the document, guards and validates it, and charges for it. `allow` says which kinds of operations may
/// be requested this way. A refused request is charged for its examination. After admission, only a query's sign-in may
/// remain unconfirmed.
pub async fn admit(
    state: &HttpState,
    requester: &Requester,
    ask: GraphqlRequest,
    allow: impl Fn(OperationType) -> Result<(), &'static str>,
) -> Result<Admission, RequestRefusal> {
    let payer = payer(requester);
    let look = cost::of_refusal(ask.bytes);
    charge(state, &payer, look)?;
    let place = state.in_flight.enter(requester.caller.tenant());
    let place = place.map_err(RequestRefusal::NoPlace)?;
    let operation_name = ask.operation_name.clone();
    let (last_event, position) = (ask.last_event.clone(), ask.position);
    let (ready, merged, admitted) = examine(state, requester, ask, allow)?;
    if admitted.operation != OperationType::Query {
        requester
            .confirm(state)
            .await
            .map_err(RequestRefusal::Unauthenticated)?;
    }
    let taken = state.throttle.exchange(&payer, look, admitted.cost, Instant::now());
    taken.map_err(RequestRefusal::Throttled)?;
    Ok(Admission {
        document: ready.document,
        merged,
        admitted,
        operation_name,
        payer,
        hash: ready.hash,
        last_event,
        position,
        _place: Some(place),
    })
}

/// Whose buckets pay for a request.
pub fn payer(requester: &Requester) -> Payer {
    let tenant = requester.caller.tenant().to_string();
    let subject = format!("{tenant}/{}", requester.caller.subject());
    Payer { tenant, subject }
}

/// Charges `cost` to the buckets of a subject and its tenant.
pub fn charge(state: &HttpState, payer: &Payer, cost: u64) -> Result<(), RequestRefusal> {
    let taken = state.throttle.take(payer, cost, Instant::now());
    taken.map_err(RequestRefusal::Throttled)
}

/// When to ask again, in whole seconds.
pub fn retry_after(empty: BucketEmpty) -> u64 {
    empty.wait.as_secs().saturating_add(1)
}

/// Examines a document once its sender has paid for that: whether it may run.
fn examine(
    state: &HttpState,
    requester: &Requester,
    ask: GraphqlRequest,
    allow: impl Fn(OperationType) -> Result<(), &'static str>,
) -> Result<(ReadyDocument, Arc<ExecutableDocument>, CheckedOperation), RequestRefusal> {
    let (ready, admitted) = prepare(
        state,
        requester,
        ask.query,
        ask.operation_name.as_deref(),
        ask.variables,
        &ask.extensions,
    )
    .map_err(RequestRefusal::Document)?;
    allow(admitted.operation).map_err(RequestRefusal::Operation)?;
    if !ready.validated {
        let problems = state.guard.validate(&ready.document.parsed);
        if !problems.is_empty() {
            return Err(RequestRefusal::Document(problems));
        }
    }
    let merge = |document: &_| state.guard.merge(document, ask.operation_name.as_deref(), &admitted);
    let merged = ready.document.merged(merge).map_err(RequestRefusal::Document)?;
    if !ready.validated {
        state
            .documents
            .insert(ready.hash, ready.document.clone(), ready.text_bytes);
    }
    if ready.is_new {
        state
            .persisted
            .register(&requester.caller.tenant().to_string(), ready.hash);
    }
    Ok((ready, merged, admitted))
}

fn prepare(
    state: &HttpState,
    requester: &Requester,
    query: Option<String>,
    operation_name: Option<&str>,
    variables: Variables,
    extensions: &Extensions,
) -> Result<(ReadyDocument, CheckedOperation), Vec<DocumentProblem>> {
    let tenant = requester.caller.tenant().to_string();
    let named = state.persisted.resolve(&tenant, query, extensions).map_err(one)?;
    let is_new = matches!(named, RequestedDocument::New(..));
    let (hash, text) = match named {
        RequestedDocument::Text(hash, text) | RequestedDocument::New(hash, text) => (hash, Some(text)),
        RequestedDocument::Before(hash) => (hash, None),
    };
    state.persisted.permit(&hash, &requester.request_id).map_err(one)?;
    let text_bytes = text.as_ref().map_or(0, String::len);
    let (document, validated) = match (state.documents.find(&hash), text) {
        (Some(document), _) => (document, true),
        (None, Some(text)) => {
            let parsed = state.guard.parse(&text).map_err(one)?;
            (Arc::new(ParsedDocument::new(parsed)), false)
        }
        (None, None) => return Err(vec![persisted::not_found()]),
    };
    let admitted = state.guard.admit(&document.parsed, operation_name, variables)?;
    if admitted.introspects && !may_introspect(state, requester) {
        let message = "introspection needs a token with the scope admin";
        return Err(one(DocumentProblem::new(codes::FORBIDDEN, message)));
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

/// Whether somebody may learn what the API offers.
pub fn may_introspect(state: &HttpState, requester: &Requester) -> bool {
    !state.options.production || requester.caller.permissions().allow(Permission::Admin)
}

fn one(problem: DocumentProblem) -> Vec<DocumentProblem> {
    vec![problem]
}

fn throttled(empty: BucketEmpty) -> String {
    let seconds = retry_after(empty);
    let whose = match empty.holder {
        BucketHolder::Subject => "the rate limit of this token is exceeded",
        BucketHolder::Tenant => "the rate limit of this tenant is exceeded",
    };
    format!("{whose}: try again in {seconds} seconds")
}
