//! Asking the gateway, and looking at its answers.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use tower::ServiceExt;

#[derive(Clone)]
pub struct Client {
    router: Router,
    token: Option<String>,
}

/// An answer of the gateway.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    text: String,
}

impl Client {
    pub fn new(router: Router, token: Option<String>) -> Self {
        Self { router, token }
    }

    /// Sends a document without variables.
    pub async fn ask(&self, document: &str) -> Answer {
        self.ask_with(document, json!({})).await
    }

    pub async fn ask_with(&self, document: &str, variables: Value) -> Answer {
        self.ask_once(document, &variables).await
    }

    async fn ask_once(&self, document: &str, variables: &Value) -> Answer {
        let body = json!({ "query": document, "variables": variables });
        // Boxed: programmes ask a hundred times, and a test's stack is small.
        Box::pin(send(&self.router, self.post(&body, None))).await
    }

    /// The client's request with this body, for an answer of this media type.
    pub fn post(&self, body: &Value, accept: Option<&str>) -> Request<Body> {
        let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
        if let Some(accept) = accept {
            request = request.header(header::ACCEPT, accept);
        }
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        request.body(Body::from(body.to_string())).unwrap()
    }

    /// Sends any request. An empty or plain text body reads as null or a string.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        send(&self.router, request).await
    }

    /// What the client is told at a path.
    pub async fn at_path(&self, method: Method, path: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends any request whose answer is no text.
    pub async fn raw(&self, request: Request<Body>) -> (HeaderMap, Vec<u8>) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let headers = response.headers().clone();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (headers, bytes.to_vec())
    }

    /// Begins to ask for a file; its body is read by whoever gets it.
    pub async fn begin(&self, path: &str, headers: &[(header::HeaderName, &str)]) -> Response {
        let mut request = Request::get(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        Box::pin(self.router.clone().oneshot(request)).await.unwrap()
    }

    /// The same client of another front of the same program.
    pub fn at(&self, router: Router) -> Self {
        Self { router, ..self.clone() }
    }

    /// The data of a document that must succeed.
    pub async fn data(&self, document: &str) -> Value {
        self.ask(document).await.data()
    }

    pub async fn data_with(&self, document: &str, variables: Value) -> Value {
        self.ask_with(document, variables).await.data()
    }

    /// Runs the mutation `field(input: <type>!)` and gives its payload. `selection` is what to read beside userErrors.
    pub async fn mutate(&self, field: &str, input: Value, selection: &str) -> Value {
        self.try_mutate(field, input, selection).await.data()[field].clone()
    }

    /// Runs a mutation that may be refused altogether.
    pub async fn try_mutate(&self, field: &str, input: Value, selection: &str) -> Answer {
        let name = format!("{}{}", field[..1].to_uppercase(), &field[1..]);
        // Deleting shares one input type, and a preview that of what it previews.
        let kind = if field.starts_with("delete") || field == "revokeApiKey" {
            "Delete".to_owned()
        } else if field == "previewPayoutRun" {
            "CreatePayoutRun".to_owned()
        } else if field == "previewReassignCustomer" {
            "ReassignCustomer".to_owned()
        } else {
            name
        };
        let document = format!(
            "mutation($input: {kind}Input!) {{ {field}(input: $input) {{ {selection} userErrors {{ code message field }} }} }}"
        );
        self.ask_with(&document, json!({ "input": input })).await
    }

    /// A mutation that must find nothing to mend.
    pub async fn done(&self, field: &str, input: Value, selection: &str) -> Value {
        let payload = self.mutate(field, input, selection).await;
        assert_eq!(payload["userErrors"], json!([]), "{field}: {payload}");
        payload
    }

    /// The problems of a mutation, each as "CODE path.to.value", sorted. What it would have made, which `selection` begins
    /// with ("partner { id }", or "partner" for short), must be null.
    pub async fn problems(&self, field: &str, input: Value, selection: &str) -> Vec<String> {
        let short = format!("{selection} {{ id }}");
        let is_short = !selection.contains(' ') && !["deletedId", "token", "count"].contains(&selection);
        let selection = if is_short { &short } else { selection };
        let payload = self.mutate(field, input.clone(), selection).await;
        let made = selection.split(' ').next().expect("a field");
        assert_eq!(
            payload[made],
            Value::Null,
            "{field} {input} must make nothing: {payload}"
        );
        let errors = payload["userErrors"].as_array().expect("a list").iter();
        let mut problems: Vec<String> = errors
            .map(|error| {
                assert!(error["message"].as_str().expect("a text").len() > 10, "{error}");
                let path: Vec<_> = error["field"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                format!("{} {}", error["code"].as_str().expect("a code"), path.join("."))
                    .trim()
                    .to_owned()
            })
            .collect();
        problems.sort();
        problems
    }
}

async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = Box::pin(router.clone().oneshot(request)).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).expect("answers are UTF-8");
    let body = serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.clone()));
    Answer {
        status,
        headers,
        body,
        text,
    }
}

impl Answer {
    /// The body as text, without what differs from request to request.
    pub fn comparable(&self) -> String {
        let mut body = self.body.clone();
        if let Some(errors) = body["errors"].as_array_mut() {
            for error in errors.iter_mut() {
                error["extensions"]["requestId"].take();
            }
            // Fields that fail side by side have no order.
            errors.sort_by_key(Value::to_string);
        }
        body.to_string()
    }

    pub fn data(self) -> Value {
        assert!(self.body.get("errors").is_none(), "unexpected errors: {}", self.body);
        self.body["data"].clone()
    }

    /// The body as it was sent.
    pub fn sent(&self) -> &str {
        &self.text
    }

    /// The codes of the top-level errors.
    pub fn codes(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors
            .iter()
            .map(|error| error["extensions"]["code"].as_str().expect("every error has a code"))
            .collect()
    }
}
