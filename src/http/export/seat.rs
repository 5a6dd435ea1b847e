//! The places for running exports: so many of a tenant, and so many of all.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::http::admission::Requester;
use crate::http::errors::refusal;
use crate::http::permits::ConcurrencyPermit;
use crate::http::{HttpState, codes};

/// When to retry while the maximum number of exports is running, in seconds.
const RETRY_AFTER_SECONDS: u64 = 5;

/// The places of a running export: its tenant's, and that among all. Released when dropped.
pub struct Seat {
    _of_tenant: ConcurrencyPermit,
    _of_all: ConcurrencyPermit,
}

/// A place for one more export; the error is the answer that says why there is none. A tenant that has one does not get
/// the last one that is free.
#[expect(clippy::result_large_err, reason = "it is the answer, made once and sent")]
pub fn seat(state: &HttpState, requester: &Requester) -> Result<Seat, Response> {
    let (exporting, most) = (&state.exporting, &state.options.exports);
    let at_once = most.at_once as usize;
    let throttled = |message| no_seat(StatusCode::TOO_MANY_REQUESTS, codes::THROTTLED, message, requester);
    let tenant = requester.caller.tenant().to_string();
    let of_tenant = exporting.take([(tenant, most.per_tenant)]).map_err(|_| {
        throttled(format!(
            "this tenant has {} exports running, the maximum: wait until one ends",
            most.per_tenant
        ))
    })?;
    let is_first = of_tenant.is_first();
    let of_all = exporting.take([(String::new(), if is_first { at_once } else { at_once - 1 })]);
    let of_all = of_all.map_err(|_| match is_first {
        true => {
            let message = "too many exports are running: try again in a few seconds".to_owned();
            no_seat(StatusCode::SERVICE_UNAVAILABLE, codes::UNAVAILABLE, message, requester)
        }
        false => throttled(
            "the last export slot is reserved for tenants without a running export: wait until one of yours ends"
                .to_owned(),
        ),
    })?;
    Ok(Seat {
        _of_tenant: of_tenant,
        _of_all: of_all,
    })
}

fn no_seat(status: StatusCode, code: &'static str, message: String, requester: &Requester) -> Response {
    let mut response = refusal(status, code, message, &requester.request_id);
    let again = HeaderValue::from(RETRY_AFTER_SECONDS);
    response.headers_mut().insert(header::RETRY_AFTER, again);
    response
}
