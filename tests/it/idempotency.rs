//! Calls with an idempotency key: done once, answered as often as they are asked.

use serde_json::{Value, json};

use crate::support::programme::{Programme, made_by, made_id, unknown};
use crate::support::{Client, Sdl, TestApp, both_databases};

/// Mutations that write, but for deletions, which leave nothing to repeat, and touches, which are recognised by their
/// external ids.
pub fn writing(sdl: &Sdl) -> Vec<(String, String)> {
    let writes = |name: &str| {
        !["simulate", "preview", "recordTouches"]
            .iter()
            .any(|word| name.starts_with(word))
    };
    let mutations = sdl.fields("Mutation").iter().filter(|field| writes(&field.name));
    let inputs = mutations.map(|field| (field.name.clone(), field.arguments[0].type_name.clone()));
    inputs.filter(|(_, input)| input != "DeleteInput").collect()
}

#[test]
fn every_mutation_that_writes_takes_a_key() {
    let sdl = Sdl::read();
    let without = writing(&sdl).into_iter().filter(|(_, input)| {
        let mut fields = sdl.fields(input).iter();
        !fields.any(|field| field.name == "idempotencyKey" && field.type_name == "String")
    });
    assert_eq!(without.map(|(mutation, _)| mutation).collect::<Vec<_>>(), [""; 0]);
}

/// A programme, and what it takes to call any mutation once.
pub struct Stage {
    pub p: Programme,
    /// Accrued to an individual who is not named yet, and to a partner.
    individual: String,
    row: String,
}

impl Stage {
    pub async fn new(app: &TestApp, number: usize) -> Self {
        let p = Programme::new(app, &format!("tenant-{number}"), "alpha", "bravo").await;
        let stage = json!({ "label": "individual", "position": 9 });
        let stage = made_id(&p.staff, "createPaymentStage", "paymentStage", stage).await;
        let rule = json!({
            "label": "individual", "partnerType": "AFFILIATE", "paymentTarget": "INDIVIDUAL",
            "entries": [{ "paymentStageId": stage, "oneOff": { "valueType": "FIXED", "value": "1" } }],
        });
        made_id(&p.staff, "createCommissionRule", "commissionRule", rule).await;
        let deal = json!({
            "name": "individual", "partnerId": p.b, "stageId": stage, "value": { "amount": "1", "currency": "USD" },
        });
        let made = p.staff.done("createDeal", deal, "commissions { id }").await;
        let individual = made["commissions"][0]["id"].as_str().expect("a row").to_owned();
        let row = json!({ "partnerId": p.b, "amount": { "amount": "5", "currency": "USD" }, "reason": "agreed" });
        let row = made_id(&p.staff, "createManualCommission", "commission", row).await;
        Self { p, individual, row }
    }

    /// An input that is fine, once whatever it needs has been done.
    pub async fn input(&self, mutation: &str) -> Value {
        let p = &self.p;
        match mutation {
            "activatePartner" => {
                let suspended = json!({ "id": p.b, "reason": "check" });
                p.staff.mutate("suspendPartner", suspended, "partner { id }").await;
            }
            "reinstatePartner" => {
                let revoked = json!({ "id": p.b, "reason": "check" });
                p.staff.mutate("revokePartner", revoked, "partner { id }").await;
            }
            "returnPayout" => {
                let paid = json!({ "id": p.payout, "status": "PAID" });
                p.staff.mutate("settlePayout", paid, "payout { id }").await;
            }
            _ => {}
        }
        let event = json!({
            "externalId": "wrong", "kind": "CHARGE", "amount": { "amount": "10", "currency": "USD" },
            "partnerId": p.a, "campaignId": p.campaign, "customerExternalId": "moved",
        });
        let recorded = match mutation {
            "attributeEvent" | "reassignCustomer" => {
                p.staff.done("recordEvent", event, "event { id customer { id } }").await
            }
            _ => Value::Null,
        };
        match mutation {
            "attributeEvent" => {
                json!({ "eventId": recorded["event"]["id"], "partnerId": p.b, "campaignId": p.campaign, "reason": "agreed" })
            }
            "reassignCustomer" => json!({
                "customerId": recorded["event"]["customer"]["id"], "partnerId": p.b, "campaignId": p.campaign,
                "from": "2000-01-01T00:00:00Z", "reason": "agreed",
            }),
            "approveCommissions" => json!({ "ids": [self.row, unknown(&self.row)] }),
            "approveMatchingCommissions" => json!({ "filter": { "partnerId": p.b }, "after": self.row }),
            "assignCommissionRecipient" => json!({ "id": self.individual, "recipient": "ben" }),
            "createManualCommission" => {
                json!({ "partnerId": p.a, "amount": { "amount": "5.0", "currency": "USD" }, "reason": "agreed" })
            }
            "createPayoutRun" => json!({ "partnerIds": [p.a] }),
            "recordEvent" => json!({
                "externalId": "once", "kind": "CHARGE", "amount": { "amount": "10", "currency": "USD" },
                "partnerId": p.a, "campaignId": p.campaign,
            }),
            "returnPayout" => json!({ "id": p.payout, "reason": "account closed" }),
            "reverseCommissions" => json!({ "ids": [self.row, unknown(&self.row)], "reason": "mistake" }),
            "settlePayout" => json!({ "id": p.payout, "status": "PAID", "reference": "wire" }),
            "settlePayouts" => json!({ "what": { "settlements": [{ "id": p.other_payout, "status": "PAID" }] } }),
            _ => {
                let mut inputs = p.inputs().into_iter();
                inputs.find(|(name, _)| *name == mutation).expect("an input").1
            }
        }
    }
}

pub fn selection(mutation: &str) -> &'static str {
    match mutation {
        "approveCommissions" | "reverseCommissions" => "id commission { id status }",
        "approveMatchingCommissions" => "approved refusedCount refused { id } next",
        "attributeEvent" | "reassignCustomer" => {
            "customer { id } event { id } remaining rows { nodes { outcome before { id status } after { amount { amount } } commission { id } } }"
        }
        "settlePayouts" => "settled remaining results { id payout { id status } }",
        "assignCommissionRecipient" => "commission { id recipient }",
        "createManualCommission" => "commission { id amount { amount } }",
        "createPayoutRun" => "payoutRun { id payouts { nodes { id amount { amount } } } }",
        "settlePayout" => "payout { id status reference }",
        "returnPayout" => "payout { id status returnReason }",
        "recordEvent" => "event { id } commissions { id amount { amount } } adjustmentCount",
        "createApiKey" => "key apiKey { id name }",
        "createWebhookEndpoint" | "rotateWebhookSecret" => "secret webhookEndpoint { id url }",
        "issuePartnerToken" => "token expiresAt",
        "createDeal" | "updateDeal" | "moveDeal" | "recordDealRenewal" => {
            "deal { id name stage { id } } commissions { id }"
        }
        other => made_by(other),
    }
}

/// Another input of the same form, which would be refused if it were looked at.
fn altered(input: &Value) -> Value {
    let mut input = input.clone();
    if let Some(id) = input.pointer_mut("/what/settlements/0/id") {
        *id = json!(unknown(id.as_str().unwrap()));
        return input;
    }
    if let Some(id) = input.pointer_mut("/subject/partnerId") {
        *id = json!(unknown(id.as_str().unwrap()));
        return input;
    }
    if let Some(id) = input.pointer_mut("/what/since/endpointId") {
        *id = json!(unknown(id.as_str().unwrap()));
        return input;
    }
    let fields = [
        "id",
        "endpointId",
        "url",
        "after",
        "partnerId",
        "ids",
        "partnerIds",
        "externalId",
        "name",
        "label",
        "email",
        "customerExternalId",
    ];
    let field = fields
        .into_iter()
        .find(|field| input.get(field).is_some())
        .expect("a field to alter");
    input[field] = match &input[field] {
        Value::Array(ids) => json!([unknown(ids[0].as_str().unwrap())]),
        Value::String(text) if ["id", "after", "partnerId", "endpointId"].contains(&field) => json!(unknown(text)),
        text => json!(format!("{} altered", text.as_str().unwrap())),
    };
    input
}

/// "CODE field" of everything to mend, in the answer of any mutation.
pub fn problems(answer: &Value) -> Vec<String> {
    let payloads = answer.as_array().cloned().unwrap_or_else(|| vec![answer.clone()]);
    let errors = payloads
        .iter()
        .flat_map(|payload| payload["userErrors"].as_array().expect("a list").clone());
    errors
        .map(|error| {
            let path = error["field"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            let path = path.collect::<Vec<_>>().join(".");
            format!("{} {path}", error["code"].as_str().unwrap())
        })
        .collect()
}

/// Mutations whose answer shows something that no later one does.
const SHOWN_ONCE: [&str; 4] = [
    "createApiKey",
    "issuePartnerToken",
    "createWebhookEndpoint",
    "rotateWebhookSecret",
];

/// The same with what only the first answer shows taken out.
fn without_secrets(mutation: &str, answer: &Value) -> Value {
    let mut answer = answer.clone();
    for secret in ["key", "token", "secret"] {
        if answer.get(secret).is_some() && SHOWN_ONCE.contains(&mutation) {
            answer[secret] = Value::Null;
            answer["userErrors"] = Value::Null;
        }
    }
    answer
}

async fn all_kept(client: &Client, mutation: &str, input: &Value, first: &Value) {
    let again = client.mutate(mutation, input.clone(), selection(mutation)).await;
    assert_eq!(
        without_secrets(mutation, &again),
        without_secrets(mutation, first),
        "{mutation}"
    );
    if SHOWN_ONCE.contains(&mutation) {
        assert_eq!(problems(&again), ["CONFLICT idempotencyKey"], "{again}");
        assert!(again.to_string().contains("shown once"), "{again}");
        assert!(
            ["key", "token", "secret"].iter().all(|secret| again[secret].is_null()),
            "{again}"
        );
    }
}

#[apply(both_databases)]
async fn every_mutation_does_once_what_is_asked_with_one_key(app: TestApp) {
    let (mut stages, mut stage) = (1, Stage::new(&app, 0).await);
    for (mutation, _) in writing(&Sdl::read()) {
        if mutation == "recordEvents" {
            continue; // A list of inputs with keys of their own, tried below.
        }
        let fresh = |mut input: Value| {
            input["idempotencyKey"] = json!(format!(" key of {mutation} "));
            input
        };
        let mut input = fresh(stage.input(&mutation).await);
        let mut first = stage
            .p
            .staff
            .mutate(&mutation, input.clone(), selection(&mutation))
            .await;
        let is_done = |answer: &Value| {
            problems(answer)
                .iter()
                .all(|problem| problem.starts_with("NOT_FOUND ids.1"))
        };
        if !is_done(&first) {
            // A mutation before was in its way.
            stage = Stage::new(&app, stages).await;
            stages += 1;
            input = fresh(stage.input(&mutation).await);
            first = stage
                .p
                .staff
                .mutate(&mutation, input.clone(), selection(&mutation))
                .await;
            assert!(is_done(&first), "{mutation}: {first}");
        }
        let staff = &stage.p.staff;
        let rows = app.rows().await;
        all_kept(staff, &mutation, &input, &first).await;
        let spelled = json!(input["idempotencyKey"].as_str().unwrap().trim());
        let mut same_key = input.clone();
        same_key["idempotencyKey"] = spelled;
        all_kept(staff, &mutation, &same_key, &first).await;
        let other = staff.mutate(&mutation, altered(&input), selection(&mutation)).await;
        let conflicts = problems(&other);
        assert!(
            !conflicts.is_empty() && conflicts.iter().all(|problem| problem == "CONFLICT idempotencyKey"),
            "{mutation}: {other}"
        );
        assert_eq!(app.rows().await, rows, "{mutation}");
        // Somebody else's key is another key.
        let bob = app.staff_called("bob", &stage.p.tenant, "admin");
        let his = bob.mutate(&mutation, altered(&input), selection(&mutation)).await;
        assert!(
            problems(&his)
                .iter()
                .all(|problem| !problem.ends_with("idempotencyKey")),
            "{mutation}: {his}"
        );
        all_kept(staff, &mutation, &input, &first).await;
    }
    assert!(stages < 20, "{stages}");
}

#[apply(both_databases)]
async fn events_of_a_list_have_keys_of_their_own(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let event = |id: &str, amount: &str, key: Value| {
        json!({
            "externalId": id, "kind": "CHARGE", "amount": { "amount": amount, "currency": "USD" },
            "partnerId": p.a, "campaignId": p.campaign, "idempotencyKey": key,
        })
    };
    let document = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) {
            duplicate event { id } commissions { id } userErrors { code field } } }";
    let record = async |events: Vec<Value>| {
        p.staff.data_with(document, json!({ "input": events })).await["recordEvents"].clone()
    };
    let codes = |answers: &Value| -> Vec<String> {
        let answers = answers.as_array().unwrap().iter();
        answers.map(|answer| problems(answer).join(" ")).collect()
    };
    // The third is refused, so that its key is free for the fourth; the fifth has another content under a key of the list.
    let events = vec![
        event("1", "1", json!("a")),
        event("2", "2", json!(" b ")),
        event("3", "-1", json!("c")),
        event("4", "4", json!("c")),
        event("5", "5", json!("b")),
        event("6", "6", Value::Null),
        event("7", "7", json!("a\u{1}")),
    ];
    let first = record(events.clone()).await;
    assert_eq!(
        codes(&first),
        [
            "",
            "",
            "INVALID amount.amount",
            "",
            "CONFLICT idempotencyKey",
            "",
            "INVALID idempotencyKey"
        ]
    );
    let rows = app.rows().await;
    let again = record(events.clone()).await;
    assert_eq!(app.rows().await, rows);
    for (index, (answer, before)) in again
        .as_array()
        .unwrap()
        .iter()
        .zip(first.as_array().unwrap())
        .enumerate()
    {
        assert_eq!(answer["event"], before["event"], "{index}");
        assert_eq!(answer["commissions"], before["commissions"], "{index}");
        assert_eq!(answer["duplicate"], json!(before["event"].is_object()), "{index}");
    }
    // Alone, too; and what is refused for its key is refused before anything is recorded.
    let other = p
        .staff
        .mutate("recordEvent", event("8", "8", json!("a")), "event { id }")
        .await;
    assert_eq!(problems(&other), ["CONFLICT idempotencyKey"]);
    assert_eq!(app.rows().await, rows);
    let bob = app.staff_called("bob", &p.tenant, "admin");
    bob.done("recordEvent", event("8", "8", json!("a")), "event { id }")
        .await;
}

#[apply(both_databases)]
async fn what_failed_leaves_its_key_free(app: TestApp) {
    let admin = app.admin().await;
    let partner = |email: &str| json!({ "name": "Ann", "email": email, "idempotencyKey": "k" });
    let rows = app.rows().await;
    assert_eq!(
        admin.problems("createPartner", partner("no"), "partner").await,
        ["INVALID email"]
    );
    assert_eq!(app.rows().await, rows);
    admin
        .done("createPartner", partner("ann@example.com"), "partner { id }")
        .await;
    for (key, code) in [("", "REQUIRED"), ("a\u{1}b", "INVALID"), (&"x".repeat(201), "INVALID")] {
        let input = json!({ "name": "Ben", "email": "ben@example.com", "idempotencyKey": key });
        assert_eq!(
            admin.problems("createPartner", input, "partner").await,
            [format!("{code} idempotencyKey")]
        );
    }
}

#[apply(both_databases)]
async fn a_repeated_call_shows_what_it_made_as_it_is_now(app: TestApp) {
    let admin = app.admin().await;
    let tier = json!({ "label": "Gold", "idempotencyKey": "k" });
    let made = admin
        .done("createPartnerTier", tier.clone(), "partnerTier { id label }")
        .await["partnerTier"]
        .clone();
    admin
        .done(
            "updatePartnerTier",
            json!({ "id": made["id"], "label": "Silver" }),
            "partnerTier { id }",
        )
        .await;
    let again = admin
        .done("createPartnerTier", tier.clone(), "partnerTier { id label }")
        .await;
    assert_eq!(again["partnerTier"], json!({ "id": made["id"], "label": "Silver" }));
    admin
        .done("deletePartnerTier", json!({ "id": made["id"] }), "deletedId")
        .await;
    assert_eq!(
        admin.problems("createPartnerTier", tier, "partnerTier").await,
        ["NOT_FOUND idempotencyKey"]
    );
}

#[apply(both_databases)]
async fn in_updates_null_is_not_what_is_left_out(app: TestApp) {
    let admin = app.admin().await;
    let partner =
        json!({ "name": "Ann", "email": "ann@example.com", "externalId": "x", "tags": null, "idempotencyKey": "k" });
    let id = admin.done("createPartner", partner, "partner { id }").await["partner"]["id"].clone();
    let same = json!({ "email": "ann@example.com", "name": "Ann", "externalId": "x", "idempotencyKey": "k" });
    assert_eq!(
        admin.done("createPartner", same, "partner { id }").await["partner"]["id"],
        id
    );
    admin
        .done(
            "updatePartner",
            json!({ "id": id, "idempotencyKey": "k" }),
            "partner { id }",
        )
        .await;
    let clearing = json!({ "id": id, "externalId": null, "idempotencyKey": "k" });
    assert_eq!(
        admin.problems("updatePartner", clearing, "partner").await,
        ["CONFLICT idempotencyKey"]
    );
}
