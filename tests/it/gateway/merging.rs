//! Equal response keys are one field: it runs once, and its answer has what each of them asked for.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::programme::{LEDGER, Programme, made_by, made_id};
use crate::support::{Answer, Sdl, TestApp, both_databases};

/// What the mutations of the ledger and their neighbours need beside a programme.
pub struct Ledger {
    /// Accrued rows of partner A.
    accrued: Vec<String>,
    /// The event and the customer of the first.
    event: String,
    customer: String,
    /// A row that waits for an individual.
    unassigned: String,
    /// Inputs that succeed, of mutations for which the programme has nothing that is free.
    pub spare: Vec<(&'static str, Value)>,
}

impl Ledger {
    pub async fn new(p: &Programme) -> Self {
        let mut accrued = Vec::new();
        let mut events = Vec::new();
        for number in 0..3 {
            let event = json!({
                "externalId": format!("charge {number}"), "kind": "CHARGE", "partnerId": p.a, "campaignId": p.campaign,
                "amount": { "amount": "100", "currency": "USD" }, "customerExternalId": "merged",
            });
            let recorded = p
                .staff
                .done("recordEvent", event, "event { id customer { id } } commissions { id }")
                .await;
            events.push(recorded["event"].clone());
            accrued.push(text(&recorded["commissions"][0]["id"]));
        }
        let stage = json!({ "label": "Handed over", "position": 9 });
        let stage = p.staff.done("createPaymentStage", stage, "paymentStage { id }").await;
        let stage = &stage["paymentStage"]["id"];
        let rule = json!({
            "label": "For a person", "partnerType": "AFFILIATE", "partnerIds": [p.a], "paymentTarget": "INDIVIDUAL",
            "entries": [{ "paymentStageId": stage, "oneOff": { "valueType": "FIXED", "value": "7" } }],
        });
        p.staff
            .done("createCommissionRule", rule, "commissionRule { id }")
            .await;
        let deal = json!({
            "name": "Deal", "partnerId": p.a, "value": { "amount": "1", "currency": "USD" }, "stageId": stage,
        });
        let made = p.staff.done("createDeal", deal, "commissions { id }").await;
        Self {
            accrued,
            event: text(&events[0]["id"]),
            customer: text(&events[0]["customer"]["id"]),
            unassigned: text(&made["commissions"][0]["id"]),
            spare: Self::spare(p).await,
        }
    }

    async fn spare(p: &Programme) -> Vec<(&'static str, Value)> {
        let make =
            async |field: &str, made: &str, input: Value| json!({ "id": made_id(&p.staff, field, made, input).await });
        let (labelled, named) = (json!({ "label": "Free" }), json!({ "name": "Free" }));
        let stage = json!({ "label": "Free", "position": 10 });
        let partner = |name: &str| json!({ "name": name, "email": format!("{name}@free.example") });
        let deal = json!({ "name": "Free", "partnerId": p.a, "value": { "amount": "1", "currency": "USD" } });
        let suspended = make("createPartner", "partner", partner("suspended")).await;
        p.staff
            .done(
                "suspendPartner",
                json!({ "id": suspended["id"], "reason": "agreed" }),
                "partner { id }",
            )
            .await;
        let revoked = make("createPartner", "partner", partner("revoked")).await;
        p.staff
            .done(
                "revokePartner",
                json!({ "id": revoked["id"], "reason": "agreed" }),
                "partner { id }",
            )
            .await;
        vec![
            ("activatePartner", suspended),
            (
                "deleteAdvertiser",
                make("createAdvertiser", "advertiser", named.clone()).await,
            ),
            ("deleteCampaign", make("createCampaign", "campaign", named).await),
            (
                "deleteCustomField",
                make(
                    "createCustomField",
                    "customField",
                    json!({ "label": "Free", "options": [{ "label": "One" }] }),
                )
                .await,
            ),
            ("deleteDeal", make("createDeal", "deal", deal).await),
            ("deletePartner", make("createPartner", "partner", partner("gone")).await),
            (
                "deletePartnerCategory",
                make("createPartnerCategory", "partnerCategory", labelled.clone()).await,
            ),
            (
                "deletePartnerTier",
                make("createPartnerTier", "partnerTier", labelled).await,
            ),
            (
                "deletePaymentStage",
                make("createPaymentStage", "paymentStage", stage).await,
            ),
            ("reinstatePartner", revoked),
        ]
    }

    fn reassignment(&self, p: &Programme) -> Value {
        json!({ "customerId": self.customer, "partnerId": p.b, "campaignId": p.campaign, "from": "2000-01-01T00:00:00Z", "reason": "agreed" })
    }

    /// For each mutation of the ledger an input that succeeds once the ones before have.
    pub fn inputs(&self, p: &Programme) -> Vec<(&'static str, Value)> {
        let money = json!({ "amount": "5", "currency": "USD" });
        let event = |name: &str| {
            json!({
                "externalId": name, "kind": "CHARGE", "partnerId": p.a, "campaignId": p.campaign, "amount": money,
                "customerExternalId": "merged",
            })
        };
        let terms = json!([{ "basis": "PERCENT", "value": "12" }]);
        let happened = json!([{ "occurredAt": "2026-03-01T00:00:00Z", "amount": money }]);
        vec![
            (
                "approveCommissions",
                json!({ "ids": [self.accrued[0]], "overrideHoldbackReason": "agreed" }),
            ),
            (
                "approveMatchingCommissions",
                json!({ "filter": { "partnerId": p.a }, "overrideHoldbackReason": "agreed" }),
            ),
            (
                "assignCommissionRecipient",
                json!({ "id": self.unassigned, "recipient": "Ann" }),
            ),
            (
                "attributeEvent",
                json!({ "eventId": self.event, "partnerId": p.b, "campaignId": p.campaign, "reason": "agreed" }),
            ),
            (
                "createManualCommission",
                json!({ "partnerId": p.a, "amount": money, "reason": "agreed" }),
            ),
            ("createPayoutRun", json!({})),
            ("previewPayoutRun", json!({})),
            ("previewReassignCustomer", self.reassignment(p)),
            ("reassignCustomer", self.reassignment(p)),
            ("recordEvent", event("one")),
            ("recordEvents", json!([event("two"), event("three")])),
            (
                "recordTouches",
                json!([{ "externalId": "touch", "visitorId": "visitor-0", "partnerId": p.a, "campaignId": p.campaign }]),
            ),
            (
                "reverseCommissions",
                json!({ "ids": [self.accrued[1], self.accrued[2]], "reason": "agreed" }),
            ),
            ("settlePayout", json!({ "id": p.payout, "status": "PAID" })),
            ("returnPayout", json!({ "id": p.payout, "reason": "account closed" })),
            (
                "settlePayouts",
                json!({ "what": { "settlements": [{ "id": p.other_payout, "status": "PAID" }] } }),
            ),
            ("simulateCampaignTerms", json!({ "terms": terms, "events": happened })),
        ]
    }
}

pub fn made_by_any(mutation: &str) -> &'static str {
    match mutation {
        "approveCommissions" | "reverseCommissions" => "commission { status }",
        "assignCommissionRecipient" | "createManualCommission" => "commission { status }",
        "createPayoutRun" => "payoutRun { payouts { nodes { status } } }",
        "recordEvent" => "event { kind } commissions { status }",
        "recordEvents" => "event { kind }",
        "recordTouches" => "touch { kind }",
        "settlePayout" | "returnPayout" => "payout { status }",
        "settlePayouts" => "settled results { payout { status } }",
        "previewPayoutRun" => "totals { count }",
        "attributeEvent" | "previewReassignCustomer" | "reassignCustomer" => {
            "remaining rows { nodes { outcome before { status } } }"
        }
        "approveMatchingCommissions" => "approved refusedCount",
        "simulateCampaignTerms" => "commissions { amount { amount } }",
        _ => made_by(mutation),
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The data of an answer as it was sent, in the order of its keys.
fn data(answer: &Answer) -> &str {
    assert!(answer.codes().is_empty(), "{}", answer.body);
    let (data, _) = answer.sent().split_once(r#","extensions":"#).expect("a cost");
    data
}

/// The type of a mutation's input, as a variable's.
pub fn input_type(sdl: &Sdl, mutation: &str) -> String {
    let field = sdl.fields("Mutation").iter().find(|field| field.name == mutation);
    let input = &field.expect("a mutation").arguments[0];
    match input.is_list {
        true => format!("[{}!]!", input.type_name),
        false => format!("{}!", input.type_name),
    }
}

/// How many rows each table has.
async fn counts(app: &TestApp) -> BTreeMap<String, usize> {
    let rows = app.rows().await;
    rows.into_iter().map(|(table, rows)| (table, rows.len())).collect()
}

/// By how much tables have grown, without those that have not.
fn grown(before: &BTreeMap<String, usize>, after: &BTreeMap<String, usize>) -> BTreeMap<String, i64> {
    let by = |(table, rows): (&String, &usize)| {
        (
            table.clone(),
            i64::try_from(*rows).unwrap() - i64::try_from(before[table]).unwrap(),
        )
    };
    after.iter().map(by).filter(|(_, by)| *by != 0).collect()
}

/// What an operation did, and what it answered.
struct Done {
    grown: BTreeMap<String, i64>,
    statements: usize,
    payload: Value,
    /// The keys of the answer, at every level.
    keys: Vec<String>,
}

async fn run(app: &TestApp, p: &Programme, document: &str, (mutation, input): (&str, &Value)) -> Done {
    let before = counts(app).await;
    app.reset_statements();
    let answer = p.staff.ask_with(document, json!({ "input": input, "yes": true })).await;
    let statements = app.statements().len();
    assert!(answer.codes().is_empty(), "{document} {input}: {}", answer.body);
    let keys = data(&answer)
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|text| text.chars().all(char::is_alphabetic));
    let keys = keys.map(str::to_owned).collect();
    Done {
        keys,
        grown: grown(&before, &counts(app).await),
        statements,
        payload: answer.data()[mutation].clone(),
    }
}

fn is_refused(payload: &Value) -> bool {
    let first = if payload.is_array() { &payload[0] } else { payload };
    first["userErrors"].as_array().is_none_or(|errors| !errors.is_empty())
}

#[apply(both_databases)]
async fn every_mutation_written_in_parts_is_done_once(app: TestApp) {
    let sdl = Sdl::read();
    let mut left: Vec<usize> = Vec::new();
    let mut round = 0;
    let mut names_of = Vec::new();
    loop {
        // Once in one part, and in another tenant in five. What the mutations before have spoilt waits for the next
        // pair of tenants.
        let (slug, other_slug) = (format!("whole-{round}"), format!("parts-{round}"));
        let whole = Programme::new(&app, &slug, &slug, &format!("other-{slug}")).await;
        let parts = Programme::new(&app, &other_slug, &other_slug, &format!("other-{other_slug}")).await;
        let mut inputs = Vec::new();
        for p in [&whole, &parts] {
            let ledger = Ledger::new(p).await;
            let mut all = ledger.inputs(p);
            all.extend(p.inputs());
            // Nobody sends deliveries here, and one that is to be sent anyhow is not sent again.
            all.retain(|(_, input)| input["what"]["deliveryId"].is_null());
            for (mutation, input) in ledger.spare {
                let place = all.iter_mut().find(|(name, _)| *name == mutation);
                place.expect("a mutation").1 = input;
            }
            inputs.push(all);
        }
        if round == 0 {
            left = (0..inputs[0].len()).collect();
            names_of = inputs[0].iter().map(|(name, _)| *name).collect();
        }
        let before = left.len();
        let mut refused = Vec::new();
        for index in left {
            let (mutation, input) = &inputs[0][index];
            let (other, own) = &inputs[1][index];
            assert_eq!(mutation, other);
            let (kind, made) = (input_type(&sdl, mutation), made_by_any(mutation));
            let once = format!(
                "mutation($input: {kind}) {{ {mutation}(input: $input) {{ userErrors {{ code field message }} {made} __typename }} }}"
            );
            let done = run(&app, &whole, &once, (mutation, input)).await;
            if is_refused(&done.payload) {
                assert_eq!(done.grown, BTreeMap::new(), "{mutation}: {}", done.payload);
                refused.push((index, done.payload));
                continue;
            }
            let in_parts = format!(
                "mutation($input: {kind}, $yes: Boolean!) {{
                        {mutation}(input: $input) {{ userErrors {{ code }} }}
                        {mutation}: {mutation}(input: $input) @include(if: $yes) {{ userErrors {{ field }} }}
                        ...Made
                        ... on Mutation @skip(if: false) {{ ...Made ...Type }}
                        ...Type @skip(if: $yes)
                    }}
                    fragment Made on Mutation {{ {mutation}(input: $input) {{ userErrors {{ message }} {made} }} }}
                    fragment Type on Mutation {{ ... {{ {mutation}(input: $input) {{ ... @include(if: $yes) {{ __typename }} }} }} }}"
            );
            let again = run(&app, &parts, &in_parts, (mutation, own)).await;
            assert!(!is_refused(&again.payload), "{mutation}: {}", again.payload);
            assert_eq!(again.grown, done.grown, "{mutation}");
            assert_eq!(again.statements, done.statements, "{mutation}");
            assert_eq!(again.keys, done.keys, "{mutation}");
        }
        left = refused.iter().map(|(index, _)| *index).collect();
        if left.is_empty() {
            break;
        }
        assert!(left.len() < before, "never succeed: {refused:?}");
        round += 1;
    }
    names_of.sort_unstable();
    names_of.dedup();
    assert_eq!(names_of, sdl.names("Mutation"));
    assert!(LEDGER.iter().all(|name| names_of.contains(name)));
}

#[apply(both_databases)]
async fn parts_of_answers_are_not_lost(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let input = json!({ "partnerGroupId": p.group, "scenarios": [{ "chargeAmount": "10", "customerMonths": 1 }] });
    for (whole, parts) in [
        // These are written as bytes.
        (
            "results { finalFee { amount currency } effectivePercentage }",
            "results { finalFee { amount } } results { finalFee { currency } effectivePercentage }",
        ),
        (
            "results { finalFee { amount } } userErrors { code }",
            "...F ... on SimulatePartnerGroupPayload { userErrors { code } }",
        ),
    ] {
        let document = |selection: &str| {
            format!(
                "mutation($input: SimulatePartnerGroupInput!) {{ simulatePartnerGroup(input: $input) {{ {selection} }} }} {}",
                match selection.contains("...F") {
                    true => "fragment F on SimulatePartnerGroupPayload { results { finalFee { ... { amount } } } }",
                    false => "",
                }
            )
        };
        let whole = p.staff.ask_with(&document(whole), json!({ "input": input })).await;
        let parts = p.staff.ask_with(&document(parts), json!({ "input": input })).await;
        assert_eq!(data(&whole), data(&parts));
    }
    // Each of a list by its own type.
    let ids = json!({ "ids": [p.a, p.campaign, p.commission, p.group], "no": false });
    let whole = "query($ids: [ID!]!) { nodes(ids: $ids) {
            ... on Partner { name id partnerGroup: group { name rules { description ... on RecurringRule { percentage } } } __typename }
            ... on Campaign { id title: name __typename }
            ... on Commission { id __typename }
            ... on PartnerGroup { id __typename }
        } }";
    let parts = "query($ids: [ID!]!, $no: Boolean!) {
            nodes(ids: $ids) { ... on Partner { name ...P } ...N }
            nodes(ids: $ids) { __typename ... on Partner { name @skip(if: $no) } ... on Node { __typename id } }
        }
        fragment N on Node { id ... on Campaign { title: name } ... on Partner { partnerGroup: group { ...G name } } }
        fragment P on Partner { id email @include(if: $no) partnerGroup: group { name } }
        fragment G on PartnerGroup { rules { ... on PartnerGroupRule { description } ... on RecurringRule { percentage } } }";
    let whole = p.staff.ask_with(whole, json!({ "ids": ids["ids"] })).await;
    let parts = p.staff.ask_with(parts, ids).await;
    assert_eq!(data(&whole), data(&parts));
}
