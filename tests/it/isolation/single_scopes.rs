//! Keys with one scope: whatever is reached with them, through links or as the answer of a mutation, each resource shows
//! itself only to who may read it. Generated from the SDL, so that whatever is added is walked, too.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::scopes::needed;
use crate::idempotency::{Stage, writing};
use crate::support::programme::{Programme, made_by};
use crate::support::{Sdl, both_databases};

/// The types that are a resource, or a part of one with an id of its own.
const RESOURCES: [(&str, &str); 27] = [
    ("Partner", "partners"),
    ("PartnerTier", "partners"),
    ("PartnerCategory", "partners"),
    ("PartnershipRequest", "partners"),
    ("CommissionSnapshot", "partners"),
    ("PartnerGroup", "partner_groups"),
    ("Campaign", "campaigns"),
    ("Advertiser", "campaigns"),
    ("Coupon", "coupons"),
    ("Link", "links"),
    ("Event", "events"),
    ("Customer", "events"),
    ("Attribution", "events"),
    ("Touch", "events"),
    ("Commission", "commissions"),
    ("Backtest", "commissions"),
    ("Payout", "payouts"),
    ("PayoutRun", "payouts"),
    ("CommissionRule", "commission_rules"),
    ("PaymentStage", "deals"),
    ("CustomField", "deals"),
    ("Deal", "deals"),
    ("TieredCommission", "tiered_commissions"),
    ("ApiKey", "api_keys"),
    ("WebhookEndpoint", "webhooks"),
    ("WebhookDelivery", "webhooks"),
    ("AuditEntry", "audit"),
];

/// What a row names belongs to the row as far as it says which one it is.
const NAMES: [(&str, &[&str]); 10] = [
    ("Partner", &["id", "name", "externalId"]),
    ("PartnerGroup", &["id", "name", "externalId"]),
    ("Campaign", &["id", "name", "externalId"]),
    ("Coupon", &["id", "code"]),
    ("Link", &["id", "key"]),
    ("Event", &["id", "externalId"]),
    ("Attribution", &["id"]),
    ("Touch", &["id"]),
    ("PaymentStage", &["id", "label", "externalId"]),
    ("CustomField", &["id", "label", "externalId"]),
];

fn resource(type_name: &str) -> Option<&'static str> {
    let found = RESOURCES.iter().find(|(name, _)| *name == type_name);
    found.map(|(_, resource)| *resource)
}

#[test]
fn every_node_belongs_to_a_resource() {
    let sdl = Sdl::read();
    let nodes: BTreeSet<_> = sdl.members("Node").iter().map(String::as_str).collect();
    let mut known: BTreeSet<_> = RESOURCES.iter().map(|(name, _)| *name).collect();
    known.insert("Tenant");
    assert_eq!(nodes, known);
}

/// Selections that lead from a type to a field of a type of another resource, through whatever belongs to neither.
fn borders(sdl: &Sdl, from: &str, resource_of: &str, depth: usize) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for field in sdl.fields(from) {
        let target = &field.type_name;
        if sdl.fields(target).is_empty() || ["pageInfo", "edges"].contains(&field.name.as_str()) {
            continue;
        }
        match resource(target) {
            Some(same) if same == resource_of => {}
            Some(_) => {
                let shown = NAMES
                    .iter()
                    .find(|(name, _)| name == target)
                    .map_or(&[][..], |(_, names)| names);
                let is_leaf = |name: &str| sdl.fields(name).is_empty() && sdl.members(name).is_empty();
                let leaves = sdl.fields(target).iter().filter(|leaf| is_leaf(&leaf.type_name));
                for leaf in leaves.filter(|leaf| !shown.contains(&leaf.name.as_str())) {
                    found.push((
                        format!("{}{} {{ {} }}", field.name, required(from, &field.name), leaf.name),
                        format!("{target}.{}", leaf.name),
                    ));
                }
            }
            None if depth > 0 => {
                for (below, what) in borders(sdl, target, resource_of, depth - 1) {
                    found.push((
                        format!("{}{} {{ {below} }}", field.name, required(from, &field.name)),
                        what,
                    ));
                }
            }
            None => {}
        }
    }
    found
}

/// The arguments that a field cannot do without.
fn required(of: &str, field: &str) -> &'static str {
    match (of, field) {
        ("Backtest", "campaigns" | "partners") => "(currency: \"USD\")",
        ("Backtest", "event") => "(id: \"evt_01h2xcejqtf2nbrexx3vqjhp41\")",
        _ => "",
    }
}

/// Whether there is a value at the end of any way.
fn shows(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().any(shows),
        Value::Object(fields) => fields.values().any(shows),
        _ => true,
    }
}

/// An id of each type.
async fn examples(p: &Programme) -> Vec<(&'static str, String)> {
    let document = "query($partner: ID!, $commission: ID!, $payout: ID!) {
        partner(id: $partner) { commissionSnapshots { id } }
        commission(id: $commission) { event { id attribution { id } customer { id } } } auditLog { nodes { id } } }";
    let ids = json!({ "partner": p.a, "commission": p.commission, "payout": p.payout });
    let data = p.staff.data_with(&document.replace(", $payout: ID!", ""), ids).await;
    let found = |pointer: &str| data.pointer(pointer).and_then(Value::as_str).expect("an id").to_owned();
    vec![
        ("Partner", p.a.clone()),
        ("PartnershipRequest", p.decided_request.clone()),
        ("CommissionSnapshot", found("/partner/commissionSnapshots/0/id")),
        ("PartnerGroup", p.group.clone()),
        ("Campaign", p.campaign.clone()),
        ("Event", found("/commission/event/id")),
        ("Customer", found("/commission/event/customer/id")),
        ("Attribution", found("/commission/event/attribution/id")),
        ("Commission", p.commission.clone()),
        ("Commission", p.pipeline.commission.clone()),
        ("Payout", p.payout.clone()),
        ("PayoutRun", p.payout_run.clone()),
        ("Backtest", p.backtest.clone()),
        ("CommissionRule", p.pipeline.rule.clone()),
        ("Deal", p.pipeline.deal.clone()),
        ("TieredCommission", p.tiered.clone()),
        ("ApiKey", p.api_key.clone()),
        ("WebhookEndpoint", p.webhook_endpoint.clone()),
        ("WebhookDelivery", p.webhook_delivery.clone()),
        ("AuditEntry", found("/auditLog/nodes/0/id")),
    ]
}

#[apply(both_databases)]
async fn a_key_with_one_read_scope_reads_no_other_resource_through_any_link(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let sdl = Sdl::read();
    // A rule that names a tier and a category, too.
    let filters = json!({ "id": p.pipeline.rule, "tierIds": [p.tier], "categoryIds": [p.category] });
    p.staff
        .done("updateCommissionRule", filters, "commissionRule { id }")
        .await;
    let (mut seen, mut tried) = (BTreeSet::new(), 0);
    for (type_name, id) in examples(&p).await {
        let own = resource(type_name).expect("a resource");
        let key = app.staff(&p.tenant, &format!("{own}:read"));
        let node = |selection: &str| format!("{{ node(id: {id:?}) {{ ... on {type_name} {{ {selection} }} }} }}");
        assert!(shows(&key.data(&node("id")).await), "{type_name}");
        for (selection, what) in borders(&sdl, type_name, own, 4) {
            let document = node(&selection);
            let answer = key.ask(&document).await;
            assert!(!shows(&answer.body["data"]), "{document}: {}", answer.body);
            assert!(
                answer.codes().iter().all(|code| *code == "FORBIDDEN"),
                "{document}: {}",
                answer.body
            );
            // Where there is something to see, not seeing it is said.
            if shows(&p.staff.data(&document).await) {
                assert!(!answer.codes().is_empty(), "{document}: {}", answer.body);
                seen.insert(format!("{type_name} -> {what}"));
            }
            tried += 1;
        }
    }
    // The programme has something behind most links.
    assert!(seen.len() > 150 && tried > 200, "{} of {tried}: {seen:?}", seen.len());
    for border in [
        "CommissionRule -> PartnerTier.label",
        "CommissionRule -> PartnerCategory.label",
        "CommissionRule -> PaymentStage.position",
    ] {
        assert!(seen.contains(border), "{border}: {seen:?}");
    }
}

#[apply(both_databases)]
async fn a_key_with_one_write_scope_writes_and_reads_nothing(app: TestApp) {
    let sdl = Sdl::read();
    let (mut stages, mut stage) = (1, Stage::new(&app, 0).await);
    let payload = |mutation: &str| {
        let fields = sdl.fields("Mutation").iter();
        fields
            .into_iter()
            .find(|field| field.name == mutation)
            .expect("a mutation")
            .type_name
            .clone()
    };
    let mut tried = 0;
    for (mutation, _) in writing(&sdl) {
        let payload = payload(&mutation);
        let links = sdl
            .fields(&payload)
            .iter()
            .filter(|field| resource(&field.type_name).is_some());
        let links: Vec<_> = links.cloned().collect();
        if mutation == "recordEvents" || links.is_empty() {
            continue;
        }
        for link in links {
            if mutation == "reassignCustomer" && link.name == "event" {
                continue; // Of one event only.
            }
            let is_leaf = |name: &str| sdl.fields(name).is_empty() && sdl.members(name).is_empty();
            let mut leaves = sdl
                .fields(&link.type_name)
                .iter()
                .filter(|leaf| is_leaf(&leaf.type_name));
            let leaf = leaves
                .find(|leaf| leaf.name != "id")
                .expect("more than an id")
                .name
                .clone();
            let selection = format!("shown: {} {{ id }} hidden: {} {{ {leaf} }}", link.name, link.name);
            let mut answer = None;
            // A mutation before may be in its way.
            for _ in 0..2 {
                let mut input = stage.input(&mutation).await;
                if mutation == "createApiKey" {
                    // Nobody grants a scope that they lack.
                    input = json!({ "name": "K", "scopes": [needed(&mutation)] });
                }
                // Who has partners told of needs to read them.
                let also = if mutation.contains("Webhook") {
                    " partners:read"
                } else {
                    ""
                };
                let key = app.staff(&stage.p.tenant, &format!("{}{also}", needed(&mutation)));
                let before = app.rows().await;
                let got = key.try_mutate(&mutation, input, &selection).await;
                if app.rows().await != before {
                    answer = Some(got);
                    break;
                }
                stage = Stage::new(&app, stages).await;
                stages += 1;
            }
            let answer = answer.unwrap_or_else(|| panic!("{mutation} writes nothing"));
            let payload = match &answer.body["data"][&mutation] {
                Value::Array(results) => &results[0],
                payload => payload,
            };
            let codes = answer.codes();
            assert!(!shows(&payload["hidden"]), "{mutation}: {}", answer.body);
            assert!(
                codes.iter().all(|code| *code == "FORBIDDEN"),
                "{mutation}: {}",
                answer.body
            );
            // Lists cannot be null, so that the payload is; and they may be empty.
            if !link.is_list {
                assert!(
                    !codes.is_empty() && payload["shown"]["id"].is_string(),
                    "{mutation}: {}",
                    answer.body
                );
            }
            tried += 1;
        }
    }
    assert!(tried > 35, "{tried}");
}

#[apply(both_databases)]
async fn what_is_refused_or_changes_nothing_shows_nothing_either(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let writer = app.staff(&p.tenant, "partners:write commissions:write");
    let empty = json!({ "id": p.a });
    let answer = writer.try_mutate("updatePartner", empty, "partner { id email }").await;
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
    assert_eq!(
        answer.body["data"]["updatePartner"],
        json!({ "partner": null, "userErrors": [] })
    );
    let refused = json!({ "ids": [p.commission] });
    let answer = writer
        .try_mutate("approveCommissions", refused, "id commission { amount { amount } }")
        .await;
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
    let result = &answer.body["data"]["approveCommissions"][0];
    assert_eq!(
        (&result["commission"], &result["userErrors"][0]["code"]),
        (&Value::Null, &json!("INVALID_TRANSITION"))
    );
}

#[apply(both_databases)]
async fn a_simulation_shows_the_rules_of_a_group_to_who_may_read_them(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let events = json!([{ "occurredAt": "2026-03-01T00:00:00Z", "amount": { "amount": "100", "currency": "USD" } }]);
    let explained = "commissions { amount { amount } explanation { detail } }";
    for (scopes, allowed) in [
        ("campaigns:write", false),
        ("campaigns:write partner_groups:read", true),
    ] {
        let key = app.staff(&p.tenant, scopes);
        for group in [json!(p.group), Value::Null] {
            let input = json!({ "terms": [], "partnerGroupId": group, "events": events });
            let answer = key.try_mutate("simulateCampaignTerms", input, explained).await;
            assert_eq!(answer.codes().is_empty(), allowed, "{}", answer.body);
            assert_eq!(
                answer.body.to_string().contains("41.414141"),
                allowed,
                "{}",
                answer.body
            );
        }
        let own = json!({ "terms": [{ "basis": "PERCENT", "value": "5" }], "events": events });
        key.done("simulateCampaignTerms", own, explained).await;
    }
    for (scopes, allowed) in [
        ("partner_groups:write", false),
        ("partner_groups:write partner_groups:read", true),
    ] {
        let input = json!({ "partnerGroupId": p.group, "scenarios": [{ "chargeAmount": "1", "customerMonths": 1 }] });
        let key = app.staff(&p.tenant, scopes);
        let answer = key
            .try_mutate("simulatePartnerGroup", input, "results { explanation { detail } }")
            .await;
        assert_eq!(answer.codes().is_empty(), allowed, "{}", answer.body);
    }
}

#[apply(both_databases)]
async fn what_is_stored_is_simulated_by_who_may_read_it(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let inputs = p.inputs();
    for (mutation, by_id, resource) in [
        ("simulateCommissionRule", "commissionRuleId", "commission_rules"),
        ("simulateTieredCommission", "tieredCommissionIds", "tiered_commissions"),
    ] {
        let writer = app.staff(&p.tenant, &format!("{resource}:write"));
        let both = app.staff(&p.tenant, &format!("{resource}:write {resource}:read"));
        let (mut stored, mut inline) = (0, 0);
        for (_, input) in inputs.iter().filter(|(name, _)| *name == mutation) {
            let answer = writer.try_mutate(mutation, input.clone(), made_by(mutation)).await;
            if input[by_id].is_null() {
                inline += 1;
                assert!(answer.codes().is_empty(), "{input}: {}", answer.body);
            } else {
                stored += 1;
                assert_eq!(answer.codes(), ["FORBIDDEN"], "{input}: {}", answer.body);
                assert_eq!(answer.body["data"][mutation], Value::Null);
                // Nor is it told whether there is one.
                let mut unknown = input.clone();
                unknown[by_id] = json!(p.a);
                let answer = writer.try_mutate(mutation, unknown, made_by(mutation)).await;
                assert_eq!(answer.codes(), ["FORBIDDEN"], "{}", answer.body);
            }
            let answer = both.try_mutate(mutation, input.clone(), made_by(mutation)).await;
            assert!(
                answer.codes().is_empty() && !answer.body["data"][mutation].is_null(),
                "{}",
                answer.body
            );
        }
        assert!(stored > 0 && inline > 0, "{mutation}");
    }
}

#[apply(both_databases)]
async fn nobody_grants_a_partner_what_they_may_not_read(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let minter = app.staff(&p.tenant, "partners:write");
    let issued = minter
        .done("issuePartnerToken", json!({ "partnerId": p.a }), "token")
        .await;
    let portal = app.client(Some(issued["token"].as_str().unwrap().to_owned()));
    for document in [
        "{ campaigns { nodes { name } } }".to_owned(),
        "{ partnerGroups { nodes { name } } }".to_owned(),
        format!("{{ campaign(id: {:?}) {{ name }} }}", p.campaign),
        format!("{{ partnerGroup(id: {:?}) {{ name }} }}", p.group),
        format!("{{ node(id: {:?}) {{ id }} }}", p.campaign),
        format!("{{ node(id: {:?}) {{ id }} }}", p.group),
        format!(
            "{{ _entities(representations: [{{ __typename: \"Campaign\", id: {:?} }}]) {{ __typename }} }}",
            p.campaign
        ),
        format!(
            "{{ _entities(representations: [{{ __typename: \"PartnerGroup\", id: {:?} }}]) {{ __typename }} }}",
            p.group
        ),
    ] {
        let answer = portal.ask(&document).await;
        assert_eq!(answer.codes(), ["FORBIDDEN"], "{document}: {}", answer.body);
    }
    // The names belong to the rows that it may read.
    let minter = app.staff(&p.tenant, "partners:write commissions:read");
    let issued = minter
        .done("issuePartnerToken", json!({ "partnerId": p.a }), "token")
        .await;
    let portal = app.client(Some(issued["token"].as_str().unwrap().to_owned()));
    let document = format!("{{ commission(id: {:?}) {{ campaign {{ name }} }} }}", p.commission);
    assert_eq!(
        portal.data(&document).await["commission"]["campaign"]["name"],
        "alpha campaign"
    );
}
