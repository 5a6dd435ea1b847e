//! `GET /export/{list}`: a list as a file, filtered by the query string. What is found wrong before the answer's head
//! is reported there; a later failure cuts the answer off. HEAD gets the same head, and begins no export.

mod floor;
mod format;
mod seat;
mod stream;

use std::convert::Infallible;
use std::time::Instant;

use async_graphql::Response as GraphqlResponse;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream::empty;
use url::form_urlencoded;

use super::admission::{self, Requester};
use super::authentication::{authorization, identify};
use super::errors::{self, refusal};
use super::guard::DocumentProblem;
use super::negotiate::MediaType;
use super::request_id::RequestId;
use super::reset::ResetSwitch;
use super::response;
use super::{HttpState, cost, response_notes};
use crate::export::{ExportError, ExportKind, write_down};
use crate::http::access_check::AccessCheck;
use crate::http::codes;
pub use format::media_types;
use seat::seat;
use stream::RunningExport;

pub async fn get(
    State(state): State<HttpState>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    reset: Option<Extension<ResetSwitch>>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let caller = match identify(&state, &headers, &request_id).await {
        Ok(caller) => caller,
        Err(response) => return response,
    };
    let requester = Requester::confirmed(caller, request_id);
    let query = query.unwrap_or_default();
    let look = cost::of_refusal(query.len());
    if let Err(refused) = admission::charge(&state, &admission::payer(&requester), look) {
        return response::refusal_of(refused, MediaType::Json, &requester.request_id);
    }
    let turns = state.turns_of(requester.caller.tenant());
    let began = begin(
        &state,
        &requester,
        &name,
        &query,
        (&method, &headers),
        reset.map(|Extension(reset)| reset),
    );
    match turns.take(began).await {
        Ok(response) | Err(response) => response,
    }
}

pub async fn method_not_allowed(Extension(RequestId(request_id)): Extension<RequestId>) -> Response {
    let message = "exports are requested with GET";
    let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, codes::BAD_REQUEST, message, &request_id);
    let allow = HeaderValue::from_static("GET, HEAD");
    response.headers_mut().insert(header::ALLOW, allow);
    response
}

/// Begins an export, which then continues in its own task; the error is the answer that says what is wrong.
async fn begin(
    state: &HttpState,
    requester: &Requester,
    name: &str,
    query: &str,
    (method, headers): (&Method, &HeaderMap),
    reset: Option<ResetSwitch>,
) -> Result<Response, Response> {
    let request_id = requester.request_id.as_str();
    let kind = ExportKind::named(name).ok_or_else(|| {
        let names: Vec<_> = ExportKind::names().collect();
        let message = format!("unknown export {name:?}: the exports are {}", names.join(", "));
        refusal(StatusCode::NOT_FOUND, codes::BAD_REQUEST, message, request_id)
    })?;
    let (forms, given): (Vec<_>, Vec<_>) =
        form_urlencoded::parse(query.as_bytes()).partition(|(name, _)| name == "format");
    let forms: Vec<_> = forms.iter().map(|(_, form)| form.as_ref()).collect();
    let (form, media_type) = format::of(kind, &forms, headers).map_err(|(status, message)| {
        let code = format::code(status);
        refusal(status, code, message, request_id)
    })?;
    let given: Vec<_> = given
        .iter()
        .map(|(name, text)| (name.as_ref(), text.as_ref()))
        .collect();
    let asked = state
        .exports
        .ask((kind, form), &requester.caller, given.iter().copied());
    let asked = asked.map_err(|error| refused(state, error, request_id))?;
    let day = state.app.clock.now().format("%Y-%m-%d");
    let file = format!("attachment; filename=\"{name}-{day}.{}\"", form.ending());
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::try_from(file).expect("a name of ours and a day"),
        ),
    ];
    if method == Method::HEAD {
        // Of unknown length, as the export is.
        let nothing = response::streamed(empty::<Result<Bytes, Infallible>>());
        return Ok((head, nothing).into_response());
    }
    let payer = admission::payer(requester);
    admission::charge(state, &payer, cost::EXPORT)
        .map_err(|refused| response::refusal_of(refused, MediaType::Json, request_id))?;
    let seat = seat(state, requester).inspect_err(|_| {
        state.throttle.give_back(&payer, cost::EXPORT, Instant::now());
    })?;
    let limits = &state.options.exports;
    // After this long without a read the database aborts a transaction: no earlier than the export ends, since a slow
    // reader may take long over one page.
    let pause = limits.whole();
    let begun = async {
        let mut document = asked.begin(state.exports.clone(), &state.app, Some(pause)).await?;
        let first = document.next().await?;
        let caller = requester.caller.in_request(request_id);
        write_down(&state.app, &caller, (kind, form), &given).await?;
        Ok((document, first))
    };
    let begun = tokio::time::timeout(limits.whole(), begun).await.map_err(|_| {
        let message = "the export took too long to start: request less, or try again later";
        refusal(StatusCode::GATEWAY_TIMEOUT, codes::TIMEOUT, message, request_id)
    })?;
    let (document, first) = begun.map_err(|error| refused(state, error, request_id))?;
    let running = RunningExport {
        state: state.clone(),
        tenant: requester.caller.tenant(),
        document,
        access: AccessCheck::new(authorization(headers).unwrap_or_default().to_owned()),
        reset,
        _seat: seat,
        _counted: state.app.metrics.export(),
    };
    Ok((head, running.body(first)).into_response())
}

/// The answer to an export that does not begin.
fn refused(state: &HttpState, error: ExportError, request_id: &str) -> Response {
    match error {
        ExportError::Wrong(texts) => {
            let problems: Vec<_> = texts
                .into_iter()
                .map(|text| DocumentProblem::new(codes::BAD_USER_INPUT, text))
                .collect();
            let most = state.options.limits.errors;
            errors::refusals(
                StatusCode::BAD_REQUEST,
                &problems[..problems.len().min(most)],
                request_id,
            )
        }
        ExportError::Denied(denied) => refusal(StatusCode::FORBIDDEN, codes::FORBIDDEN, denied.to_string(), request_id),
        ExportError::Answered(errors) => {
            let mut response = GraphqlResponse::from_errors(errors);
            errors::finish(&mut response, request_id, state.options.limits.errors);
            let codes = response_notes::codes(&response.errors);
            let status = codes
                .first()
                .map_or(StatusCode::INTERNAL_SERVER_ERROR, |code| errors::status_of(code));
            response_notes::refused(codes);
            let body = serde_json::json!({ "errors": response.errors });
            errors::with_status((status, Json(body)).into_response(), &response)
        }
        ExportError::Store(cause) => {
            tracing::error!(request_id, %cause, "an export did not begin");
            errors::failed(&cause, request_id)
        }
        ExportError::Workbook(cause) => {
            tracing::error!(request_id, cause, "an export did not begin");
            refusal(
                StatusCode::INTERNAL_SERVER_ERROR,
                codes::INTERNAL,
                "the workbook cannot be written".to_owned(),
                request_id,
            )
        }
    }
}
