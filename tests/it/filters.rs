//! Filters that name several values of which any will do, and ranges.

use std::time::Duration;

use serde_json::{Value, json};

use crate::ledger::{Shop, charge, merged, text};
use crate::payout_runs::Office;
use crate::support::both_databases;

/// What a list shows of the rows that a filter lets through, sorted, and how many it counts.
async fn found(shop: &Shop<'_>, (list, shown): (&str, &str), filter: Value) -> Vec<String> {
    let kind = match list {
        "partners" => "PartnerFilter",
        "customers" => "CustomerFilter",
        "campaigns" => "CampaignFilter",
        "events" => "EventFilter",
        "payouts" => "PayoutFilter",
        "deals" => "DealFilter",
        _ => "CommissionFilter",
    };
    let document = format!(
        "query($filter: {kind}) {{ {list}(filter: $filter, first: 100) {{ totalCount nodes {{ {shown} }} }} }}"
    );
    let data = shop.staff().data_with(&document, json!({ "filter": filter })).await;
    let rows = data[list]["nodes"].as_array().unwrap();
    assert_eq!(data[list]["totalCount"], rows.len(), "{list} {filter}");
    let mut seen: Vec<_> = rows
        .iter()
        .map(|row| match row {
            Value::Object(fields) => match fields.values().next().expect("a field") {
                Value::Object(inner) => text(inner.values().next().expect("a field")),
                value => text(value),
            },
            _ => panic!("{row}"),
        })
        .collect();
    seen.sort();
    seen
}

const NOBODY: &str = "par_00000000000000000000000003";

#[apply(both_databases)]
async fn any_of_several_will_do(app: TestApp) {
    let office = Office::new(&app).await;
    let shop = &office.0;
    let rules = json!([{ "recurring": { "percentage": "10" } }]);
    let advertiser = shop
        .make("createAdvertiser", "advertiser", json!({ "name": "Ads" }))
        .await;
    let (mut groups, mut tiers, mut categories, mut campaigns, mut partners, mut stages) =
        (vec![], vec![], vec![], vec![], vec![], vec![]);
    for number in 0..3 {
        let name = format!("{number}");
        groups.push(
            shop.make(
                "createPartnerGroup",
                "partnerGroup",
                json!({ "name": name, "rules": rules }),
            )
            .await,
        );
        tiers.push(
            shop.make("createPartnerTier", "partnerTier", json!({ "label": name }))
                .await,
        );
        categories.push(
            shop.make("createPartnerCategory", "partnerCategory", json!({ "label": name }))
                .await,
        );
        let stage = json!({ "label": name, "position": number, "externalId": name });
        stages.push(shop.make("createPaymentStage", "paymentStage", stage).await);
        let mut campaign = json!({ "name": name, "externalId": format!("c{number}"), "terms": [{ "basis": "PERCENT", "value": "10" }] });
        if number == 2 {
            campaign["advertiserId"] = json!(advertiser);
        }
        campaigns.push(shop.make("createCampaign", "campaign", campaign).await);
        let partner = json!({
            "externalId": format!("x{number}"), "groupId": groups[number], "tierId": tiers[number],
            "categoryIds": [categories[number]], "tags": [format!("t{number}"), "all"], "campaignIds": [campaigns[number]],
        });
        partners.push(shop.partner_with(&format!("p{number}"), partner).await);
        let more = json!({ "type": format!("k{number}"), "customerExternalId": format!("u{number}") });
        shop.record(merged(
            charge(&format!("e{number}"), &partners[number], &campaigns[number], "10"),
            more,
        ))
        .await;
        let value = json!({ "amount": format!("{number}0.50"), "currency": "EUR" });
        let deal = json!({ "name": name, "externalId": format!("d{number}"), "partnerId": partners[number], "value": value, "stageId": stages[number] });
        shop.make("createDeal", "deal", deal).await;
        shop.app.clock.advance(Duration::from_secs(3600));
    }
    for (partner, amount) in partners.iter().zip(["5", "6", "7"]) {
        office.approved(partner, amount).await;
    }
    office.run_of(json!({})).await;
    let customers = shop
        .staff()
        .data("{ customers(orderBy: { direction: ASC }) { nodes { id } } }")
        .await;
    let customers: Vec<_> = customers["customers"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].clone())
        .collect();
    let two = |ids: &[String]| json!([ids[0], ids[2]]);
    let created = |list: &str| {
        let field = if list == "customers" { "acquired" } else { "created" };
        // The clock of tests begins at noon.
        json!({ format!("{field}From"): "2026-03-01T13:00:00Z", format!("{field}To"): "2026-03-01T14:00:00Z" })
    };
    for (list, shown, filter, expected) in [
        (
            "partners",
            "name",
            json!({ "groupIds": two(&groups) }),
            &["p0", "p2"][..],
        ),
        ("partners", "name", json!({ "tierIds": two(&tiers) }), &["p0", "p2"]),
        (
            "partners",
            "name",
            json!({ "categoryIds": two(&categories) }),
            &["p0", "p2"],
        ),
        (
            "partners",
            "name",
            json!({ "campaignIds": two(&campaigns) }),
            &["p0", "p2"],
        ),
        (
            "partners",
            "name",
            json!({ "tags": ["t0", "t2", "none"] }),
            &["p0", "p2"],
        ),
        ("partners", "name", json!({ "tags": ["all"], "tag": "t1" }), &["p1"]),
        ("partners", "name", json!({ "tags": [] }), &[]),
        ("partners", "name", json!({ "externalIds": ["x1", "x9"] }), &["p1"]),
        ("partners", "name", json!({ "groupIds": [], "status": ["ACTIVE"] }), &[]),
        (
            "partners",
            "name",
            json!({ "groupIds": two(&groups), "groupId": groups[0] }),
            &["p0"],
        ),
        ("partners", "name", created("partners"), &["p1"]),
        (
            "campaigns",
            "name",
            json!({ "partnerIds": two(&partners) }),
            &["0", "2"],
        ),
        ("campaigns", "name", json!({ "advertiserIds": [advertiser] }), &["2"]),
        ("campaigns", "name", json!({ "externalIds": ["c0", "c1"] }), &["0", "1"]),
        ("campaigns", "name", created("campaigns"), &["1"]),
        (
            "customers",
            "externalId",
            json!({ "partnerIds": two(&partners) }),
            &["u0", "u2"],
        ),
        (
            "customers",
            "externalId",
            json!({ "campaignIds": two(&campaigns) }),
            &["u0", "u2"],
        ),
        ("customers", "externalId", json!({ "externalIds": ["u1"] }), &["u1"]),
        ("customers", "externalId", created("customers"), &["u1"]),
        (
            "events",
            "externalId",
            json!({ "partnerIds": two(&partners) }),
            &["e0", "e2"],
        ),
        (
            "events",
            "externalId",
            json!({ "campaignIds": two(&campaigns) }),
            &["e0", "e2"],
        ),
        (
            "events",
            "externalId",
            json!({ "customerIds": [customers[1]] }),
            &["e1"],
        ),
        ("events", "externalId", json!({ "types": ["k0", "k2"] }), &["e0", "e2"]),
        (
            "events",
            "externalId",
            json!({ "externalIds": ["e0", "e1", "none"], "types": ["k1"] }),
            &["e1"],
        ),
        ("events", "externalId", json!({ "partnerIds": [NOBODY] }), &[]),
        (
            "payouts",
            "amount { amount }",
            json!({ "partnerIds": two(&partners) }),
            &["5.00", "7.00"],
        ),
        (
            "payouts",
            "amount { amount }",
            json!({ "currency": "EUR", "minAmount": "5.001", "maxAmount": "7" }),
            &["6.00", "7.00"],
        ),
        ("deals", "name", json!({ "partnerIds": two(&partners) }), &["0", "2"]),
        ("deals", "name", json!({ "stageIds": two(&stages) }), &["0", "2"]),
        ("deals", "name", json!({ "externalIds": ["d1"] }), &["1"]),
        (
            "deals",
            "name",
            json!({ "currency": "EUR", "minValue": "10.5", "maxValue": "20.49" }),
            &["1"],
        ),
        ("deals", "name", json!({ "currency": "USD" }), &[]),
        ("deals", "name", created("deals"), &["1"]),
        (
            "commissions",
            "partner { name }",
            json!({ "kind": ["EVENT"], "partnerIds": two(&partners) }),
            &["p0", "p2"],
        ),
        (
            "commissions",
            "partner { name }",
            json!({ "campaignIds": two(&campaigns) }),
            &["p0", "p2"],
        ),
        ("commissions", "partner { name }", json!({ "recipients": ["Jo"] }), &[]),
    ] {
        assert_eq!(
            found(shop, (list, shown), filter.clone()).await,
            expected,
            "{list} {filter}"
        );
    }
}

#[apply(both_databases)]
async fn requests_stand_like_one_of_several(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaigns = [shop.percent("1").await, shop.percent("2").await];
    let mut requests = Vec::new();
    for number in 0..4 {
        let name = format!("r{number}");
        let asked =
            json!({ "name": name, "email": format!("{name}@example.com"), "campaignId": campaigns[number % 2] });
        requests.push(shop.make("createPartnershipRequest", "partnershipRequest", asked).await);
        shop.app.clock.advance(Duration::from_secs(3600));
    }
    shop.staff()
        .done(
            "approvePartnershipRequest",
            json!({ "id": requests[0] }),
            "partnershipRequest { id }",
        )
        .await;
    let rejected = json!({ "id": requests[1], "reason": "no" });
    shop.staff()
        .done("rejectPartnershipRequest", rejected, "partnershipRequest { id }")
        .await;
    let names = async |arguments: &str| {
        let document = format!("{{ partnershipRequests{arguments} {{ totalCount nodes {{ name }} }} }}");
        let list = shop.staff().data(&document).await["partnershipRequests"].clone();
        let names: Vec<_> = list["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| text(&row["name"]))
            .collect();
        assert_eq!(list["totalCount"], names.len(), "{arguments}");
        names.join(" ")
    };
    for (arguments, expected) in [
        ("(filter: { status: [APPROVED, REJECTED] })".to_owned(), "r1 r0"),
        ("(filter: { status: PENDING })".to_owned(), "r3 r2"),
        ("(filter: { status: [] })".to_owned(), ""),
        (
            "(status: PENDING, filter: { status: [APPROVED, PENDING] })".to_owned(),
            "r3 r2",
        ),
        ("(status: PENDING, filter: { status: [APPROVED] })".to_owned(), ""),
        (format!("(filter: {{ campaignIds: [{:?}] }})", campaigns[1]), "r3 r1"),
        (
            "(filter: { createdFrom: \"2026-03-01T13:00:00Z\", createdTo: \"2026-03-01T15:00:00Z\" })".to_owned(),
            "r2 r1",
        ),
        ("(filter: {})".to_owned(), "r3 r2 r1 r0"),
    ] {
        assert_eq!(names(&arguments).await, expected, "{arguments}");
    }
    // A filter that asks nothing has the cursors of none.
    let document = "{ a: partnershipRequests(first: 1) { edges { cursor } } b: partnershipRequests(first: 1, filter: {}) { edges { cursor } } }";
    let data = shop.staff().data(document).await;
    assert_eq!(data["a"], data["b"]);
    let document = format!(
        "{{ partnershipRequests(after: {}, filter: {{ status: PENDING }}) {{ totalCount }} }}",
        data["a"]["edges"][0]["cursor"]
    );
    assert_eq!(shop.staff().ask(&document).await.codes(), ["BAD_USER_INPUT"]);
}

#[apply(both_databases)]
async fn what_cannot_be_found_is_refused(app: TestApp) {
    let shop = Shop::new(&app).await;
    let long = "x".repeat(201);
    for (list, filter) in [
        ("partners", format!("externalIds: [\"x\", {long:?}]")),
        ("partners", format!("tags: [{long:?}]")),
        ("events", r#"partnerIds: ["nonsense"]"#.to_owned()),
        (
            "events",
            r#"customerIds: ["par_00000000000000000000000003"]"#.to_owned(),
        ),
        ("payouts", r#"minAmount: "1""#.to_owned()),
        ("deals", r#"maxValue: "1""#.to_owned()),
    ] {
        let answer = shop
            .staff()
            .ask(&format!("{{ {list}(filter: {{ {filter} }}) {{ totalCount }} }}"))
            .await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{list} {filter}: {}", answer.body);
    }
}

#[apply(both_databases)]
async fn partners_do_not_ask_what_they_do_not_see(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    let portal = app.partner(&shop.tenant, &partner);
    for (list, filter) in [
        ("partners", "tierIds: []"),
        ("partners", "categoryIds: []"),
        ("partners", "tags: []"),
        ("campaigns", "externalIds: []"),
        ("campaigns", "advertiserIds: []"),
        ("events", "customerIds: []"),
    ] {
        let answer = portal
            .ask(&format!("{{ {list}(filter: {{ {filter} }}) {{ totalCount }} }}"))
            .await;
        assert_eq!(answer.codes(), ["FORBIDDEN"], "{list} {filter}: {}", answer.body);
    }
}
