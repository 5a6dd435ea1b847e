//! Who may change the ledger: nobody with a partner's token, and nobody without the scope.

use serde_json::{Value, json};

use crate::support::both_databases;
use crate::support::programme::{LEDGER, Programme};

/// For each mutation of the ledger a document that would succeed, its variables, and the scope that it needs.
fn documents(p: &Programme) -> Vec<(&'static str, String, Value, &'static str)> {
    let event = json!({ "externalId": "new", "kind": "CONVERSION", "partnerId": p.a });
    let manual = json!({ "partnerId": p.a, "amount": { "amount": "1", "currency": "USD" }, "reason": "agreed" });
    let terms = json!({ "terms": [{ "basis": "PERCENT", "value": "1" }], "events": [{ "occurredAt": "2026-03-01T00:00:00Z" }] });
    let document = |field: &str, kind: &str, selection: &str| {
        format!("mutation($input: {kind}) {{ {field}(input: $input) {{ {selection} }} }}")
    };
    let plain = |field: &'static str, input: Value, scope: &'static str| {
        let kind = format!("{}{}Input!", field[..1].to_uppercase(), &field[1..]);
        (
            field,
            document(field, &kind, "userErrors { code field message }"),
            input,
            scope,
        )
    };
    let events = document("recordEvents", "[RecordEventInput!]!", "userErrors { code }");
    vec![
        plain(
            "approveCommissions",
            json!({ "ids": [p.commission] }),
            "commissions:write",
        ),
        plain(
            "approveMatchingCommissions",
            json!({ "filter": { "partnerId": p.a } }),
            "commissions:write",
        ),
        plain(
            "assignCommissionRecipient",
            json!({ "id": p.commission, "recipient": "Ann" }),
            "commissions:write",
        ),
        plain(
            "attributeEvent",
            json!({ "eventId": p.event, "partnerId": p.b, "reason": "agreed" }),
            "events:write commissions:write",
        ),
        plain("createManualCommission", manual, "commissions:write"),
        plain("createPayoutRun", json!({}), "payouts:write"),
        (
            "previewPayoutRun",
            document("previewPayoutRun", "CreatePayoutRunInput!", "userErrors { code }"),
            json!({ "partnerIds": [p.a] }),
            "payouts:write",
        ),
        (
            "previewReassignCustomer",
            document(
                "previewReassignCustomer",
                "ReassignCustomerInput!",
                "userErrors { code }",
            ),
            json!({ "customerId": p.customer, "partnerId": p.b, "reason": "agreed" }),
            "events:write commissions:write",
        ),
        plain(
            "reassignCustomer",
            json!({ "customerId": p.customer, "partnerId": p.b, "reason": "agreed" }),
            "events:write commissions:write",
        ),
        plain("recordEvent", event.clone(), "events:write"),
        ("recordEvents", events, json!([event]), "events:write"),
        (
            "recordTouches",
            document("recordTouches", "[RecordTouchInput!]!", "userErrors { code }"),
            json!([{ "externalId": "new", "visitorId": "visitor-1", "partnerId": p.a, "campaignId": p.campaign }]),
            "events:write",
        ),
        plain(
            "returnPayout",
            json!({ "id": p.payout, "reason": "account closed" }),
            "payouts:write",
        ),
        plain(
            "reverseCommissions",
            json!({ "ids": [p.commission], "reason": "agreed" }),
            "commissions:write",
        ),
        plain(
            "settlePayout",
            json!({ "id": p.payout, "status": "PAID" }),
            "payouts:write",
        ),
        plain(
            "settlePayouts",
            json!({ "what": { "run": { "runId": p.payout_run, "status": "PAID" } } }),
            "payouts:write",
        ),
        plain("simulateCampaignTerms", terms, "campaigns:write"),
    ]
}

#[apply(both_databases)]
async fn a_partner_changes_nothing_in_the_ledger(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let a = app.partner(&p.tenant, &p.a);
    let before = app.rows().await;
    let documents = documents(&p);
    assert_eq!(documents.iter().map(|(field, ..)| *field).collect::<Vec<_>>(), LEDGER);
    for (field, document, input, _) in documents {
        let answer = a.ask_with(&document, json!({ "input": input })).await;
        assert_eq!(answer.codes(), ["FORBIDDEN"], "{field}: {}", answer.body);
        assert_eq!(answer.body["data"], json!({ field: null }));
    }
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn each_mutation_of_the_ledger_needs_its_scope(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    for (field, document, input, scope) in documents(&p) {
        let without = app.staff(
            &p.tenant,
            "partners:write partner_groups:write events:read commissions:read payouts:read",
        );
        let answer = without.ask_with(&document, json!({ "input": input })).await;
        assert_eq!(answer.codes(), ["FORBIDDEN"], "{field}: {}", answer.body);
        assert_eq!(
            answer.body["errors"][0]["message"],
            format!("this needs the scope {}", scope.split(' ').next().unwrap()),
            "{field}"
        );
        let with = app.staff(&p.tenant, scope);
        assert!(
            with.ask_with(&document, json!({ "input": input }))
                .await
                .codes()
                .is_empty(),
            "{field}"
        );
    }
    let early =
        "mutation($id: ID!) { approveCommissions(input: { ids: [$id], overrideHoldbackReason: \"now\" }) { id } }";
    let clerk = app.staff(&p.tenant, "commissions:write");
    let answer = clerk.ask_with(early, json!({ "id": p.commission })).await;
    assert_eq!(answer.body["errors"][0]["message"], "this needs the scope admin");
}

#[apply(both_databases)]
async fn what_another_tenant_has_does_not_exist(app: TestApp) {
    let foreign = Programme::new(&app, "zulu", "zulu", "yankee").await;
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let before = app.rows().await;
    for (field, document, input, _) in documents(&foreign) {
        if ["approveMatchingCommissions", "createPayoutRun", "simulateCampaignTerms"].contains(&field) {
            continue;
        }
        let answer = p.staff.ask_with(&document, json!({ "input": input })).await;
        let payload = &answer.body["data"][field];
        let payload = if payload.is_array() { &payload[0] } else { payload };
        assert_eq!(
            payload["userErrors"][0]["code"], "NOT_FOUND",
            "{field}: {}",
            answer.body
        );
    }
    let run = json!({ "partnerIds": [foreign.a] });
    let problems = p.staff.problems("createPayoutRun", run, "payoutRun").await;
    assert_eq!(problems, ["NOT_FOUND partnerIds.0"]);
    assert_eq!(app.rows().await, before);
}
