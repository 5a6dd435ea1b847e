//! Who sees which terms.

use serde_json::{Value, json};

use super::{components, group, in_force, promise};
use crate::ledger::Shop;
use crate::support::both_databases;
use crate::tier_ledger::{acts, goal};

#[apply(both_databases)]
async fn a_partner_sees_its_own_terms_whole_and_no_others(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, bob) = (shop.partner("ann").await, shop.partner("bob").await);
    let default = json!([{ "recurring": { "percentage": "10" } }]);
    group(&shop, "Everybody", true, default).await;
    let (own, promised, foreign) = (
        shop.percent("1").await,
        shop.percent("2").await,
        shop.percent("3").await,
    );
    let join = json!({ "partnerId": ann, "campaignId": own });
    shop.staff().done("addPartnerToCampaign", join, "partner { id }").await;
    promise(&shop, &ann, Some(&promised), "4", None).await;
    let portal = app.partner(&shop.tenant, &ann);
    assert_eq!(components(&in_force(&portal, &ann, Some(&own)).await), ["PERCENT 1"]);
    // It need not belong to the campaign of a promise, whose name it reads all the same.
    let of_promise = in_force(&portal, &ann, Some(&promised)).await;
    assert_eq!(components(&of_promise), ["PERCENT 4"]);
    assert_eq!(of_promise["campaign"], json!({ "id": promised, "name": "Offer" }));
    assert_eq!(
        of_promise["snapshot"]["campaign"],
        json!({ "id": promised, "name": "Offer" })
    );
    // The default group is not its own, but pays it.
    let without = in_force(&portal, &ann, None).await;
    assert_eq!(
        (&without["source"], &without["group"]["name"]),
        (&json!("DEFAULT_GROUP"), &json!("Everybody"))
    );
    assert_eq!(without["rules"][0]["percentage"], "10");
    // Neither the foreign campaign nor an unknown one says anything.
    let unknown = "cmp_01h2xcejqtf2nbrexx3vqjhp41";
    for campaign in [foreign.as_str(), unknown] {
        assert_eq!(in_force(&portal, &ann, Some(campaign)).await, Value::Null);
    }
    assert_eq!(in_force(&shop.staff(), &ann, Some(unknown)).await, Value::Null);
    assert_eq!(
        in_force(&shop.staff(), &ann, Some(&foreign)).await["source"],
        "CAMPAIGN"
    );
    let other = app.partner(&shop.tenant, &bob);
    let document = format!("{{ partner(id: {ann:?}) {{ termsInForce {{ source }} }} }}");
    assert_eq!(other.data(&document).await["partner"], Value::Null);
    // Another tenant's campaign is an unknown one, and a wrong id is one.
    let zulu = app.tenant("zulu").await;
    let zulu = Shop {
        app: &app,
        tenant: zulu,
    };
    let theirs = zulu.percent("5").await;
    assert_eq!(in_force(&shop.staff(), &ann, Some(&theirs)).await, Value::Null);
    let wrong = format!("{{ partner(id: {ann:?}) {{ name termsInForce(campaignId: {bob:?}) {{ source }} }} }}");
    let answer = shop.staff().ask(&wrong).await;
    assert_eq!(
        (answer.codes(), &answer.body["data"]["partner"]["name"]),
        (vec!["BAD_USER_INPUT"], &json!("ann"))
    );
}

#[apply(both_databases)]
async fn a_partner_sees_the_tiers_that_pay_it_and_no_goal_of_revenue(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, bob, offer) = (
        shop.partner("ann").await,
        shop.partner("bob").await,
        shop.percent("10").await,
    );
    let join = json!({ "partnerId": ann, "campaignId": offer });
    shop.staff().done("addPartnerToCampaign", join, "partner { id }").await;
    let draft = json!({
        "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY", "campaignIds": [offer],
    });
    let tier = async |more: Value| {
        let input = crate::ledger::merged(draft.clone(), more);
        shop.make("createTieredCommission", "tieredCommission", input).await
    };
    let revenue = json!([{ "metric": "REVENUE", "goal": "41.41" }, { "metric": "CONVERSION", "goal": "1" }]);
    tier(json!({ "name": "Mine", "partnerIds": [ann], "goals": revenue, "payout": acts("INCREASE", "10") })).await;
    tier(json!({ "name": "Bob's", "partnerIds": [bob], "goals": goal("CONVERSION", "2"), "payout": acts("INCREASE", "20") })).await;
    tier(json!({ "name": "Revenue", "applyToAllPartners": true, "goals": goal("CONVERSION", "3"), "revenue": acts("INCREASE", "1") })).await;
    tier(
        json!({ "name": "Asleep", "applyToAllPartners": true, "status": "INACTIVE", "goals": goal("CONVERSION", "4"),
        "payout": acts("INCREASE", "1") }),
    )
    .await;
    tier(
        json!({ "name": "Over", "applyToAllPartners": true, "endDate": "2020-12-31", "goals": goal("CONVERSION", "5"),
        "payout": acts("INCREASE", "1") }),
    )
    .await;
    let names = |terms: &Value| {
        let tiers = terms["tiers"].as_array().expect("tiers").iter();
        tiers.map(|tier| crate::ledger::text(&tier["name"])).collect::<Vec<_>>()
    };
    let portal = app.partner(&shop.tenant, &ann);
    let own = in_force(&portal, &ann, Some(&offer)).await;
    assert_eq!(names(&own), ["Mine"]);
    assert_eq!(
        own["tiers"][0]["goals"],
        json!([{ "metric": "CONVERSION", "goal": "1", "max": null }])
    );
    assert_eq!(own["tiers"][0]["counters"].as_array().map(Vec::len), Some(1));
    assert!(!own.to_string().contains("41.41"), "{own}");
    let all = in_force(&shop.staff(), &ann, Some(&offer)).await;
    assert_eq!(names(&all), ["Mine", "Revenue"]);
    assert_eq!(all["tiers"][0]["goals"].as_array().map(Vec::len), Some(2));
    // The goal that it does not see counts: one conversion is not enough, whatever it looks like.
    let mut sale = crate::ledger::charge("1", &ann, &offer, "100");
    sale["revenue"] = crate::ledger::euros("41.40");
    shop.record(sale.clone()).await;
    let own = in_force(&portal, &ann, Some(&offer)).await["tiers"][0].clone();
    assert_eq!(
        (&own["counters"][0]["goalReached"], &own["achieved"], &own["acts"]),
        (&json!(true), &json!(false), &json!(false))
    );
    sale["externalId"] = json!("2");
    sale["revenue"] = crate::ledger::euros("0.01");
    shop.record(sale).await;
    let own = in_force(&portal, &ann, Some(&offer)).await["tiers"][0].clone();
    assert_eq!((&own["achieved"], &own["acts"]), (&json!(true), &json!(true)));
}

#[apply(both_databases)]
async fn staff_needs_the_scope_of_each_part(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, offer) = (
        shop.partner("ann").await,
        shop.campaign(json!([{ "basis": "GROUP_RULES" }])).await,
    );
    group(
        &shop,
        "Everybody",
        true,
        json!([{ "recurring": { "percentage": "10" } }]),
    )
    .await;
    let ask = async |scopes: &str, selection: &str| {
        let document =
            format!("{{ partner(id: {ann:?}) {{ id termsInForce(campaignId: {offer:?}) {{ {selection} }} }} }}");
        app.staff(&shop.tenant, scopes).ask(&document).await
    };
    for (selection, scope) in [
        ("source", "campaigns:read"),
        ("rules { __typename }", "partner_groups:read"),
        ("rulesCurrency", "partner_groups:read"),
        ("lifetimeValue { amount }", "commissions:read"),
        ("qualifiedCustomers", "events:read"),
        ("tiers { name }", "tiered_commissions:read"),
    ] {
        let with = ask(&format!("partners:read campaigns:read {scope}"), selection).await;
        assert!(with.codes().is_empty(), "{selection}: {}", with.body);
        let all = [
            "partners:read",
            "campaigns:read",
            "partner_groups:read",
            "commissions:read",
            "events:read",
            "tiered_commissions:read",
        ];
        let others: Vec<_> = all.into_iter().filter(|other| *other != scope).collect();
        let without = ask(&others.join(" "), selection).await;
        assert_eq!(without.codes(), ["FORBIDDEN"], "{selection}: {}", without.body);
        assert_eq!(without.body["data"]["partner"]["id"], json!(ann), "{selection}");
    }
    // Without a campaign nothing of campaigns is shown. The names of what is named need no scope of their own.
    let document = format!(
        "{{ partner(id: {ann:?}) {{ termsInForce {{ source holdbackDays earnsNothing group {{ id name externalId }} }} }} }}"
    );
    let terms = app.staff(&shop.tenant, "partners:read").data(&document).await;
    assert_eq!(terms["partner"]["termsInForce"]["group"]["name"], "Everybody");
}
