//! No secret is anywhere but in the one answer that shows it: in no table, log, export or metric, in no other answer, and in
//! nothing that the command line says.

use std::io::{Read, Seek};
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::both_databases;
use crate::support::program::Program;
use crate::webhooks::{How, Receiver};

const PASSWORD: &str = "password0of0the0database";
const WEBHOOK_KEY: [u8; 32] = *b"what encrypts secrets of webhook";

/// Texts to look through, and what must be in none of them.
#[derive(Default)]
struct Search {
    texts: Vec<(String, String)>,
    secrets: Vec<(String, String)>,
}

impl Search {
    fn text(&mut self, whose: impl Into<String>, text: &str) {
        self.texts.push((whose.into(), text.to_lowercase()));
    }

    fn secret(&mut self, what: &str, secret: &str) {
        assert!(secret.len() >= 16, "{what} is long enough to be found for certain");
        self.secrets.push((what.to_owned(), secret.to_lowercase()));
    }

    /// The same as a text in base64 and as bytes, however they are written.
    fn bytes(&mut self, what: &str, bytes: &[u8]) {
        self.secret(what, &STANDARD.encode(bytes));
        self.secret(what, STANDARD.encode(bytes).trim_end_matches('='));
        self.secret(
            what,
            &bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
        );
        self.secret(what, &bytes.iter().map(|byte| format!("{byte}, ")).collect::<String>());
    }

    fn finds_nothing(&self) {
        for (what, secret) in &self.secrets {
            for (whose, text) in &self.texts {
                assert!(!text.contains(secret), "{what} is in {whose}");
            }
        }
        assert_eq!((self.secrets.len(), self.texts.len() > 60), (18, true));
    }
}

/// What the command line says, to either stream.
fn said(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    let output = command
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .join("\n")
}

#[apply(both_databases)]
async fn no_secret_is_anywhere(app: TestApp) {
    app.tenant("acme").await;
    let receiver = Receiver::start().await;
    receiver.answer([How::Status(500)]);
    let url = app
        .database_url()
        .replace("postgres@", &format!("postgres:{PASSWORD}@"));
    let key = format!("first:{}", STANDARD.encode(WEBHOOK_KEY));
    let settings = format!("webhook_keys = {key:?}\n[webhooks]\nallowed_networks = [\"127.0.0.0/8\"]\n");
    let mut log = tempfile::tempfile().unwrap();
    let program = Program::over(
        &url,
        &settings,
        "127.0.0.1:0",
        &["--log", "trace"],
        log.try_clone().unwrap(),
    );
    let mut search = Search::default();
    search.secret("the database's password", PASSWORD);
    search.secret("the secret that signs tokens", &"\u{7}".repeat(16));
    search.bytes("the key of webhooks' secrets", &WEBHOOK_KEY);
    let signature = |token: &str| token.rsplit('.').next().unwrap().to_owned();
    search.secret("the admin's token", &signature(&program.token));
    let ask = |document: &str, input: Value| -> Value {
        let reply = program.send(&program.asking(document, &json!({ "input": input })));
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    };
    let mutate = |field: &str, input: Value, selection: &str| -> Value {
        let kind = format!("{}{}Input!", field[..1].to_uppercase(), &field[1..]);
        let document = format!("mutation($input: {kind}) {{ {field}(input: $input) {{ {selection} }} }}");
        let answer = ask(&document, input);
        answer["data"][field].clone()
    };
    let text = |value: &Value| {
        value
            .as_str()
            .unwrap_or_else(|| panic!("a text, not {value}"))
            .to_owned()
    };

    let partner = json!({ "name": "Ann", "email": "ann@example.com" });
    let partner = text(&mutate("createPartner", partner, "partner { id }")["partner"]["id"]);
    let input = json!({ "name": "k", "scopes": ["partners:read"], "idempotencyKey": "once" });
    let made = mutate("createApiKey", input.clone(), "key apiKey { id }");
    let (api_key, id) = (text(&made["key"]), made["apiKey"]["id"].clone());
    search.text(
        "the repeated answer of createApiKey",
        &mutate("createApiKey", input, "key apiKey { id prefix } userErrors { message }").to_string(),
    );
    search.secret("an API key", api_key.rsplit('_').next().unwrap());
    let viewer = json!({ "query": "{ viewer { subject } partners(first: 1) { nodes { id } } }" }).to_string();
    search.text(
        "an answer to an API key",
        &program.send(&program.request_of(&api_key, &viewer)).body,
    );
    let wrong = format!("{}0123456789abcdef", &api_key[..api_key.len() - 16]);
    let refused = program.send(&program.request_of(&wrong, &viewer));
    search.secret("a wrong API key", wrong.rsplit('_').next().unwrap());
    search.text(
        "the answer to a wrong API key",
        &format!("{}{}", refused.headers, refused.body),
    );
    let revoked = ask(
        "mutation($input: DeleteInput!) { revokeApiKey(input: $input) { deletedId } }",
        json!({ "id": id }),
    );
    assert_eq!(revoked["data"]["revokeApiKey"]["deletedId"], id);
    search.text(
        "the answer to a revoked API key",
        &program.send(&program.request_of(&api_key, &viewer)).body,
    );

    let input = json!({ "url": receiver.url(), "idempotencyKey": "once" });
    let made = mutate("createWebhookEndpoint", input.clone(), "secret webhookEndpoint { id }");
    let again = mutate(
        "createWebhookEndpoint",
        input,
        "secret webhookEndpoint { id url } userErrors { message }",
    );
    search.text("the repeated answer of createWebhookEndpoint", &again.to_string());
    let rotate = json!({ "id": made["webhookEndpoint"]["id"], "idempotencyKey": "once" });
    let rotated = mutate("rotateWebhookSecret", rotate.clone(), "secret");
    search.text(
        "the repeated answer of rotateWebhookSecret",
        &mutate("rotateWebhookSecret", rotate, "secret userErrors { message }").to_string(),
    );
    for shown in [made, rotated] {
        let secret = text(&shown["secret"]);
        let bytes = STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap();
        search.bytes("a secret of a webhook", &bytes);
    }
    let issue = json!({ "partnerId": partner, "idempotencyKey": "once" });
    let token = text(&mutate("issuePartnerToken", issue.clone(), "token")["token"]);
    search.text(
        "the repeated answer of issuePartnerToken",
        &mutate("issuePartnerToken", issue, "token userErrors { message }").to_string(),
    );
    search.secret("a partner's token", &signature(&token));
    search.text(
        "an answer to a partner",
        &program.send(&program.request_of(&token, &viewer)).body,
    );
    search.text(
        "the answer to a forged token",
        &program.send(&program.request_of(&format!("{token}x"), &viewer)).body,
    );
    let row = json!({ "partnerId": partner, "amount": { "amount": "5", "currency": "EUR" }, "reason": "agreed" });
    mutate("createManualCommission", row, "commission { id }");
    let told = async {
        while receiver.count() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), told)
        .await
        .expect("it is told");

    for list in ["commissions", "payouts", "events", "partners", "customers"] {
        for format in ["csv", "jsonl"] {
            let answer = program.send(&program.request(
                &format!("GET /export/{list}?format={format}"),
                "accept-encoding: identity\r\nconnection: close\r\n",
                b"",
            ));
            assert_eq!(answer.status, 200, "{list} {format}: {}", answer.body);
            search.text(format!("the export of {list} as {format}"), &answer.body);
        }
    }
    search.text(
        "the metrics",
        &program.send(&program.request("GET /metrics", "", b"")).body,
    );
    for document in [
        "{ apiKeys(first: 50) { nodes { id name prefix scopes } } }",
        "{ webhookEndpoints { id url description secretRotatedAt disabledReason } }",
        "{ webhookDeliveries(first: 50) { nodes { id payload attempts { error answer statusCode } } } }",
        "{ auditLog(first: 40) { nodes { actor tokenId operation requestId changes { objectId field before after } } } }",
    ] {
        let answer = ask(document, Value::Null);
        assert!(answer["errors"].is_null(), "{answer}");
        search.text(document, &answer.to_string());
    }
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    let mut logged = String::new();
    log.rewind().unwrap();
    log.read_to_string(&mut logged).unwrap();
    assert!(logged.contains("answered"), "{logged}");
    search.text("the log", &logged);
    for (table, rows) in app.rows().await {
        search.text(format!("the table {table}"), &rows.join("\n"));
    }
    // That of a database that is not there tells most.
    let nowhere = format!("postgres://ann:{PASSWORD}@127.0.0.1:1/none");
    for database in [url.as_str(), nowhere.as_str()] {
        for command in ["doctor", "serve"] {
            if (command, database) != ("serve", url.as_str()) {
                let given = [
                    "--log",
                    "trace",
                    "--database-url",
                    database,
                    "--webhook-keys",
                    &key,
                    command,
                ];
                search.text(format!("what `{command}` says"), &said(&given));
            }
        }
    }
    search.text("what `--help` says", &said(&["--help"]));
    search.finds_nothing();
}
