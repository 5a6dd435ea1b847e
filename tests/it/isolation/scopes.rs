//! What each scope gives access to, and that no other scope does.

use tributary::auth::{Permission, Resource};

use crate::support::programme::{Programme, made_by, representation};
use crate::support::{Sdl, both_databases};

/// Every scope there is but `admin` and those named.
fn all_but(names: &[&str]) -> String {
    let each = Resource::ALL
        .iter()
        .flat_map(|resource| [Permission::Read(*resource), Permission::Write(*resource)]);
    let kept: Vec<_> = each
        .map(|scope| scope.to_string())
        .filter(|scope| !names.contains(&scope.as_str()))
        .collect();
    assert_eq!(kept.len(), 28 - names.len());
    kept.join(" ")
}

/// What each read scope opens.
async fn reads(p: &Programme) -> Vec<(&'static str, Vec<String>)> {
    let document = format!("{{ partner(id: {:?}) {{ commissionSnapshots {{ id }} }} }}", p.a);
    let data = p.staff.data(&document).await;
    let snapshot = data["partner"]["commissionSnapshots"][0]["id"]
        .as_str()
        .expect("a promise")
        .to_owned();
    let data = p.staff.data("{ auditLog(first: 1) { nodes { id } } }").await;
    let entry = data["auditLog"]["nodes"][0]["id"]
        .as_str()
        .expect("an entry")
        .to_owned();
    let node = |id: &String| format!("node(id: {id:?}) {{ id }}");
    let entity = |id: &String| {
        format!(
            "_entities(representations: [{}]) {{ __typename }}",
            representation(id).expect("an entity's id")
        )
    };
    let one = |root: &str, id: &String| format!("{root}(id: {id:?}) {{ id }}");
    let by_external_id = |root: &str| format!("{root}(externalId: \"nobody's\") {{ id }}");
    let list = |root: &str| format!("{root} {{ nodes {{ id }} totalCount pageInfo {{ hasNextPage }} }}");
    vec![
        (
            "partners:read",
            vec![
                format!("partner(id: {:?}) {{ email }}", p.a),
                by_external_id("partner"),
                list("partners"),
                "partnerTiers { id }".to_owned(),
                "partnerCategories { id }".to_owned(),
                one("partnershipRequest", &p.request),
                list("partnershipRequests"),
                node(&p.a),
                entity(&p.a),
                node(&p.tier),
                node(&p.category),
                node(&p.request),
                node(&snapshot),
            ],
        ),
        (
            "partner_groups:read",
            vec![
                one("partnerGroup", &p.group),
                by_external_id("partnerGroup"),
                list("partnerGroups"),
                node(&p.group),
                entity(&p.group),
            ],
        ),
        (
            "campaigns:read",
            vec![
                one("campaign", &p.campaign),
                by_external_id("campaign"),
                list("campaigns"),
                list("advertisers"),
                node(&p.campaign),
                entity(&p.campaign),
                node(&p.advertiser),
            ],
        ),
        (
            "events:read",
            vec![
                by_external_id("event"),
                list("events"),
                by_external_id("customer"),
                list("customers"),
                one("touch", &p.touch),
                list("touches"),
                node(&p.touch),
                "eventDecisionTotals(from: \"2026-03-01T00:00:00Z\", to: \"2026-03-03T00:00:00Z\") { count }".to_owned(),
            ],
        ),
        ("links:read", vec![one("link", &p.link), list("links"), node(&p.link)]),
        (
            "coupons:read",
            vec![one("coupon", &p.coupon), list("coupons"), node(&p.coupon)],
        ),
        (
            "commissions:read",
            vec![
                one("commission", &p.commission),
                list("commissions"),
                "commissionSeries(interval: DAY, from: \"2026-03-01T00:00:00Z\", to: \"2026-03-03T00:00:00Z\") { count }".to_owned(),
                "commissionReport(groupBy: [KIND], from: \"2026-03-01T00:00:00Z\", to: \"2026-03-03T00:00:00Z\") { nodes { count } }".to_owned(),
                format!("statement(partnerId: {:?}, currency: \"USD\", from: \"2026-02-01T00:00:00Z\", to: \"2026-03-01T00:00:00Z\") {{ closing {{ amount }} }}", p.a),
                node(&p.commission),
                entity(&p.commission),
                one("backtest", &p.backtest),
                list("backtests"),
                node(&p.backtest),
            ],
        ),
        (
            "commission_rules:read",
            vec![
                one("commissionRule", &p.pipeline.rule),
                list("commissionRules"),
                node(&p.pipeline.rule),
            ],
        ),
        (
            "deals:read",
            vec![
                one("deal", &p.pipeline.deal),
                by_external_id("deal"),
                list("deals"),
                "paymentStages { id }".to_owned(),
                "customFields { id }".to_owned(),
                node(&p.pipeline.deal),
                node(&p.pipeline.stage),
                node(&p.pipeline.field),
            ],
        ),
        (
            "tiered_commissions:read",
            vec![
                one("tieredCommission", &p.tiered),
                list("tieredCommissions"),
                node(&p.tiered),
            ],
        ),
        ("api_keys:read", vec![list("apiKeys"), node(&p.api_key)]),
        ("audit:read", vec![list("auditLog"), node(&entry)]),
        (
            "webhooks:read",
            vec![
                one("webhookEndpoint", &p.webhook_endpoint),
                "webhookEndpoints { id }".to_owned(),
                list("webhookDeliveries"),
                node(&p.webhook_endpoint),
                node(&p.webhook_delivery),
            ],
        ),
        (
            "payouts:read",
            vec![
                one("payout", &p.payout),
                list("payouts"),
                node(&p.payout),
                one("payoutRun", &p.payout_run),
                list("payoutRuns"),
                node(&p.payout_run),
            ],
        ),
    ]
}

/// The scope of a mutation with this input.
fn needed_by(mutation: &str, input: &serde_json::Value) -> &'static str {
    match &input["proposal"] {
        proposal if proposal["groupRules"].is_object() => "partner_groups:write",
        proposal if proposal["tieredCommission"].is_object() => "tiered_commissions:write",
        _ => needed(mutation),
    }
}

/// The scope of a mutation.
pub fn needed(mutation: &str) -> &'static str {
    match mutation {
        "recordEvent" | "identifyCustomer" => "events:write",
        "simulateAttribution" => "campaigns:write",
        "attributeEvent" | "previewReassignCustomer" | "reassignCustomer" => "events:write commissions:write",
        // Of a campaign.
        "createBacktest" | "cancelBacktest" => "campaigns:write",
        "createPayoutRun" | "previewPayoutRun" | "returnPayout" | "settlePayout" | "settlePayouts" => "payouts:write",
        _ if mutation.contains("Commission")
            && !mutation.ends_with("CommissionRule")
            && !mutation.ends_with("TieredCommission")
            && mutation != "amendCommissionSnapshot" =>
        {
            "commissions:write"
        }
        "erasePersonalData" | "updateTenant" => "admin",
        _ if mutation.ends_with("Coupon") => "coupons:write",
        _ if mutation.ends_with("Link") => "links:write",
        _ if mutation.ends_with("ApiKey") => "api_keys:write",
        _ if mutation.contains("Webhook") => "webhooks:write",
        "recordDealRenewal" => "deals:write",
        _ if ["Deal", "PaymentStage", "CustomField"]
            .iter()
            .any(|kind| mutation.ends_with(kind)) =>
        {
            "deals:write"
        }
        _ if mutation.ends_with("CommissionRule") => "commission_rules:write",
        _ if mutation.ends_with("TieredCommission") => "tiered_commissions:write",
        _ if mutation.ends_with("PartnerGroup") => "partner_groups:write",
        "addPartnerToCampaign" => "partners:write",
        _ if mutation.ends_with("Campaign") || mutation.ends_with("Advertiser") => "campaigns:write",
        _ => "partners:write",
    }
}

#[apply(both_databases)]
async fn each_read_scope_opens_its_row_and_nothing_else_does(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let reads = reads(&p).await;
    for root in Sdl::read().names("Query") {
        let is_covered = reads
            .iter()
            .flat_map(|(_, reads)| reads)
            .any(|read| read.starts_with(&format!("{root}(")) || read.starts_with(&format!("{root} ")));
        assert!(
            is_covered || ["node", "nodes", "viewer", "_service", "erasures"].contains(&root.as_str()),
            "{root} is in no row"
        );
    }
    // No read scope opens this one.
    p.staff.data("{ erasures { nodes { number } } }").await;
    let answer = app
        .staff(&p.tenant, &all_but(&[]))
        .ask("{ erasures { nodes { number } } }")
        .await;
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
    for (scope, reads) in reads {
        let holder = app.staff(&p.tenant, scope);
        let others = [all_but(&[scope]), String::new()].map(|scopes| app.staff(&p.tenant, &scopes));
        for read in reads {
            let document = format!("{{ {read} }}");
            holder.data(&document).await;
            p.staff.data(&document).await;
            for other in &others {
                let answer = other.ask(&document).await;
                assert_eq!(answer.codes(), ["FORBIDDEN"], "{read} without {scope}: {}", answer.body);
                let message = answer.body["errors"][0]["message"].as_str().unwrap();
                assert_eq!(message, format!("this needs the scope {scope}"), "{read}");
            }
        }
    }
}

#[apply(both_databases)]
async fn links_need_the_scope_of_what_they_lead_to(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    for (scope, document, path) in [
        (
            "partners:read",
            format!("{{ partner(id: {:?}) {{ id group {{ description }} }} }}", p.a),
            "partner",
        ),
        (
            "partners:read",
            format!(
                "{{ partner(id: {:?}) {{ id commissionSnapshots {{ campaign {{ holdbackDays }} }} }} }}",
                p.a
            ),
            "partner",
        ),
        (
            "partners:read",
            format!("{{ partner(id: {:?}) {{ id campaigns {{ totalCount }} }} }}", p.a),
            "partner",
        ),
        (
            "partners:read",
            format!(
                "{{ partnershipRequest(id: {:?}) {{ id campaign {{ status }} }} }}",
                p.request
            ),
            "partnershipRequest",
        ),
        (
            "partner_groups:read",
            format!(
                "{{ partnerGroup(id: {:?}) {{ id partners {{ totalCount }} }} }}",
                p.group
            ),
            "partnerGroup",
        ),
        (
            "campaigns:read",
            format!(
                "{{ campaign(id: {:?}) {{ id partners {{ nodes {{ name }} }} }} }}",
                p.campaign
            ),
            "campaign",
        ),
        (
            "deals:read",
            format!("{{ deal(id: {:?}) {{ id partner {{ email }} }} }}", p.pipeline.deal),
            "deal",
        ),
        (
            "deals:read",
            format!(
                "{{ deal(id: {:?}) {{ id commissions {{ totalCount }} }} }}",
                p.pipeline.deal
            ),
            "deal",
        ),
        (
            "commissions:read",
            format!(
                "{{ commission(id: {:?}) {{ id deal {{ name }} }} }}",
                p.pipeline.commission
            ),
            "commission",
        ),
        (
            "commission_rules:read",
            format!(
                "{{ commissionRule(id: {:?}) {{ id partners {{ nodes {{ name }} }} }} }}",
                p.pipeline.rule
            ),
            "commissionRule",
        ),
        (
            "partners:read",
            format!("{{ partner(id: {:?}) {{ id deals {{ totalCount }} }} }}", p.a),
            "partner",
        ),
        (
            "tiered_commissions:read",
            format!(
                "{{ tieredCommission(id: {:?}) {{ id partners {{ nodes {{ name }} }} }} }}",
                p.tiered
            ),
            "tieredCommission",
        ),
        (
            "tiered_commissions:read",
            format!(
                "{{ tieredCommission(id: {:?}) {{ id campaigns {{ status }} }} }}",
                p.tiered
            ),
            "tieredCommission",
        ),
        (
            "tiered_commissions:read",
            format!(
                "{{ tieredCommission(id: {:?}) {{ id advertisers {{ name }} }} }}",
                p.tiered
            ),
            "tieredCommission",
        ),
    ] {
        let answer = app.staff(&p.tenant, scope).ask(&document).await;
        assert!(
            answer.codes().iter().all(|code| *code == "FORBIDDEN"),
            "{document}: {}",
            answer.body
        );
        assert!(!answer.codes().is_empty(), "{document}: {}", answer.body);
        assert!(!answer.comparable().contains("alpha"), "{document}: {}", answer.body);
        let both = app
            .staff(
                &p.tenant,
                "partners:read partner_groups:read campaigns:read deals:read commissions:read commission_rules:read \
                     tiered_commissions:read",
            )
            .data(&document)
            .await;
        assert!(both[path]["id"].is_string());
    }
}

#[apply(both_databases)]
async fn each_mutation_needs_its_write_scope_and_no_other(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let mut forbidden = Vec::new();
    let before = app.rows().await;
    for (mutation, input) in p.inputs() {
        let needed = needed_by(mutation, &input);
        let without = if needed == "admin" {
            all_but(&[])
        } else {
            all_but(&[needed])
        };
        for scopes in [without.as_str(), ""] {
            let answer = app
                .staff(&p.tenant, scopes)
                .try_mutate(mutation, input.clone(), made_by(mutation))
                .await;
            assert_eq!(
                answer.codes(),
                ["FORBIDDEN"],
                "{mutation} without {needed}: {}",
                answer.body
            );
            let message = answer.body["errors"][0]["message"].as_str().unwrap();
            assert_eq!(message, format!("this needs the scope {needed}"));
        }
        forbidden.push((mutation, input, needed));
    }
    assert_eq!(app.rows().await, before);
    for (mutation, input, needed) in forbidden {
        // Whatever the state of things says to it: the scope is enough, but to try what is stored.
        let scopes = match input.get("commissionRuleId").or(input.get("tieredCommissionIds")) {
            Some(_) if mutation.starts_with("simulate") => format!("{needed} {}", needed.replace("write", "read")),
            // And what is told, to have it told.
            _ if needed == "webhooks:write" => format!("{needed} partners:read"),
            _ => needed.to_owned(),
        };
        app.staff(&p.tenant, &scopes)
            .mutate(mutation, input.clone(), made_by(mutation))
            .await;
        app.staff(&p.tenant, "admin")
            .mutate(mutation, input, made_by(mutation))
            .await;
    }
    assert_ne!(app.rows().await, before);
}

#[apply(both_databases)]
async fn what_a_rule_names_is_called_by_its_name_without_the_scope_of_deals(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let entries = |stage: &str| {
        let rule = &p.pipeline.rule;
        format!("{{ commissionRule(id: {rule:?}) {{ entries {{ paymentStage {{ {stage} }} }} }} }}")
    };
    let staff = app.staff(&p.tenant, "commission_rules:read");
    let answer = staff.data(&entries("id label externalId")).await;
    let stage = &answer["commissionRule"]["entries"][0]["paymentStage"];
    assert!(stage["id"].is_string() && stage["label"].is_string(), "{answer}");
    assert_eq!(staff.ask(&entries("id outcome")).await.codes(), ["FORBIDDEN"]);
}

#[apply(both_databases)]
async fn unknown_scopes_grant_nothing(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let names = "partners Partners:read partners:READ partners:* *:read * all root superadmin admin:read admin:write read write \
                     partners:readwrite partners:read:write :read partners: partner:read Admin ADMIN";
    // Past the program's own minting, which would drop them: the claims say exactly this.
    let token = app.sign(&serde_json::json!({ "tenant": "acme", "scope": names }));
    let client = app.client(Some(token));
    assert_eq!(
        client.data("{ viewer { scopes subject } }").await["viewer"]["scopes"],
        serde_json::json!([])
    );
    for (_, reads) in reads(&p).await {
        for read in reads {
            assert_eq!(
                client.ask(&format!("{{ {read} }}")).await.codes(),
                ["FORBIDDEN"],
                "{read}"
            );
        }
    }
    for (mutation, input) in p.inputs() {
        assert_eq!(
            client.try_mutate(mutation, input, made_by(mutation)).await.codes(),
            ["FORBIDDEN"],
            "{mutation}"
        );
    }
}
