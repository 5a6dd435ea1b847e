//! Identity travels with the row: a key reads what the rows are about that it may read, and no more of it.

use serde_json::{Value, json};

use crate::support::both_databases;
use crate::support::programme::Programme;

#[apply(both_databases)]
async fn rows_say_what_they_name_without_its_scope(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let (partner, campaign) = (
        json!({ "id": p.a, "name": "alpha partner", "externalId": "alpha-1" }),
        json!({ "id": p.campaign, "name": "alpha campaign", "externalId": "hidden-alpha-hidden" }),
    );
    let group = json!({ "id": p.group, "name": "alpha group", "externalId": "hidden-alpha group" });
    const NAMES: &str = "{ id name externalId }";
    for (scope, root, expected) in [
        (
            "commissions:read",
            format!(
                "commission(id: {:?}) {{ partner {NAMES} campaign {NAMES} event {{ externalId }}
                    attribution {{ partner {NAMES} campaign {NAMES} event {{ externalId }} }} }}",
                p.commission
            ),
            json!({ "commission": {
                "partner": partner, "campaign": campaign, "event": { "externalId": "alpha-event" },
                "attribution": { "partner": partner, "campaign": campaign, "event": { "externalId": "alpha-event" } },
            } }),
        ),
        (
            "payouts:read",
            format!("payout(id: {:?}) {{ partner {NAMES} }}", p.payout),
            json!({ "payout": { "partner": partner } }),
        ),
        (
            "deals:read",
            format!("deal(id: {:?}) {{ partner {NAMES} }}", p.pipeline.deal),
            json!({ "deal": { "partner": partner } }),
        ),
        (
            "events:read",
            format!(
                "event(externalId: \"alpha-event\") {{ attribution {{ partner {NAMES} campaign {NAMES} }} customer {{ partner {NAMES} campaign {NAMES} }} }}"
            ),
            json!({ "event": {
                "attribution": { "partner": partner, "campaign": campaign },
                "customer": { "partner": partner, "campaign": campaign },
            } }),
        ),
        (
            "partners:read",
            format!("partner(id: {:?}) {{ group {NAMES} }}", p.a),
            json!({ "partner": { "group": group } }),
        ),
        (
            "tiered_commissions:read",
            format!("tieredCommission(id: {:?}) {{ campaigns {NAMES} }}", p.tiered),
            json!({ "tieredCommission": { "campaigns": [campaign] } }),
        ),
        (
            "api_keys:read",
            format!("node(id: {:?}) {{ ... on ApiKey {{ partner {NAMES} }} }}", p.api_key),
            json!({ "node": { "partner": partner } }),
        ),
    ] {
        let data = app.staff(&p.tenant, scope).data(&format!("{{ {root} }}")).await;
        assert_eq!(data, expected, "{scope}");
    }
}

#[apply(both_databases)]
async fn what_is_more_than_identity_is_forbidden_at_its_field(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let key = app.staff(&p.tenant, "commissions:read");
    let commission = |selection: &str| format!("{{ commission(id: {:?}) {{ id {selection} }} }}", p.commission);
    for (selection, field) in [
        ("partner { id payoutCurrency }", "payoutCurrency"),
        ("partner { id metadata }", "metadata"),
        ("partner { id group { id } }", "group"),
        ("partner { id termsInForce { source } }", "termsInForce"),
        ("campaign { id holdbackDays }", "holdbackDays"),
        ("campaign { id advertiser { id } }", "advertiser"),
        ("event { id amount { amount } }", "amount"),
        ("event { id decision { earned } }", "decision"),
        ("event { id customer { id } }", "customer"),
    ] {
        let answer = key.ask(&commission(selection)).await;
        assert_eq!(answer.codes(), ["FORBIDDEN"], "{selection}: {}", answer.body);
        let thing = &answer.body["data"]["commission"][selection.split(' ').next().unwrap()];
        assert_eq!(
            (&thing[field], thing["id"].is_string()),
            (&Value::Null, true),
            "{selection}: {}",
            answer.body
        );
    }
    for selection in [
        "campaign { id status }",
        "event { id kind }",
        "campaign { id terms { basis } }",
    ] {
        let answer = key.ask(&commission(selection)).await;
        assert_eq!(answer.codes(), ["FORBIDDEN"], "{selection}: {}", answer.body);
        let thing = selection.split(' ').next().unwrap();
        assert_eq!(
            answer.body["data"]["commission"][thing],
            Value::Null,
            "{selection}: {}",
            answer.body
        );
        assert!(answer.body["data"]["commission"]["id"].is_string());
    }
}

#[apply(both_databases)]
async fn a_partner_is_asked_for_by_who_reads_its_rows(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let document = format!(
        "{{ partner(id: {:?}) {{ id name externalId commissions {{ nodes {{ id }} }} balances {{ currency }} }} }}",
        p.a
    );
    let data = app.staff(&p.tenant, "commissions:read").data(&document).await;
    assert_eq!(
        (&data["partner"]["name"], &data["partner"]["balances"][0]["currency"]),
        (&json!("alpha partner"), &json!("USD"))
    );
    assert!(!data["partner"]["commissions"]["nodes"].as_array().unwrap().is_empty());
    let more = document.replace("externalId", "email");
    assert_eq!(
        app.staff(&p.tenant, "commissions:read").ask(&more).await.codes(),
        ["FORBIDDEN"]
    );
    // By the id only, which the rows say.
    let by_name = "{ partner(externalId: \"alpha-1\") { id } }";
    assert_eq!(
        app.staff(&p.tenant, "commissions:read").ask(by_name).await.codes(),
        ["FORBIDDEN"]
    );
    for scopes in ["campaigns:read partner_groups:read api_keys:read", ""] {
        assert_eq!(
            app.staff(&p.tenant, scopes).ask(&document).await.codes(),
            ["FORBIDDEN"],
            "{scopes}"
        );
    }
    // A partner's token knows whose it is, and no other partner.
    let portal = app.partner_with(&p.tenant, &p.a, "commissions:read");
    let own = portal
        .data("{ viewer { partner { id name commissions { totalCount } } } }")
        .await;
    assert_eq!(own["viewer"]["partner"]["name"], "alpha partner");
    let other = document.replace(&p.a, &p.b);
    assert_eq!(portal.data(&other).await["partner"], Value::Null);
}
