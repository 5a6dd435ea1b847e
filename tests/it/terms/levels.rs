//! Which terms are in force, by precedence, and what stops every event.

use serde_json::{Value, json};

use super::{components, group, in_force, promise};
use crate::ledger::{Shop, charge, merged, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn the_first_of_the_levels_is_in_force(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, staff) = (shop.partner("ann").await, shop.staff());
    let bare = shop.campaign_with(json!({ "name": "Bare", "holdbackDays": 7 })).await;
    let offer = shop
        .campaign_with(json!({ "terms": [{ "basis": "FIXED", "value": "5" }], "holdbackDays": 30 }))
        .await;
    let seen = async |campaign: Option<&str>| {
        let terms = in_force(&staff, &ann, campaign).await;
        let name = |field: &str| terms[field]["name"].as_str().unwrap_or("-").to_owned();
        (
            text(&terms["source"]),
            components(&terms),
            name("group"),
            terms["holdbackDays"].clone(),
            terms["earnsNothing"].clone(),
        )
    };
    let expected = |source: &str, terms: &[&str], group: &str, holdback: Value, stopped: Value| {
        let terms: Vec<_> = terms.iter().map(|term| (*term).to_owned()).collect();
        (source.to_owned(), terms, group.to_owned(), holdback, stopped)
    };
    let null = || Value::Null;
    assert_eq!(seen(None).await, expected("NONE", &[], "-", null(), json!("NO_TERMS")));
    assert_eq!(
        seen(Some(&bare)).await,
        expected("NONE", &[], "-", json!(7), json!("NO_TERMS"))
    );
    let everybody = json!([{ "recurring": { "percentage": "10" } }]);
    group(&shop, "Everybody", true, everybody.clone()).await;
    assert_eq!(
        seen(Some(&bare)).await,
        expected("DEFAULT_GROUP", &["GROUP_RULES -"], "Everybody", json!(7), null())
    );
    let own = group(&shop, "Gold", false, everybody).await;
    shop.make("updatePartner", "partner", json!({ "id": ann, "groupId": own }))
        .await;
    assert_eq!(
        seen(None).await,
        expected("GROUP", &["GROUP_RULES -"], "Gold", null(), null())
    );
    assert_eq!(
        seen(Some(&offer)).await,
        expected("CAMPAIGN", &["FIXED 5"], "-", json!(30), null())
    );
    promise(&shop, &ann, None, "11", None).await;
    assert_eq!(
        seen(None).await,
        expected("PARTNER_SNAPSHOT", &["PERCENT 11"], "-", null(), null())
    );
    assert_eq!(
        seen(Some(&offer)).await,
        expected("PARTNER_SNAPSHOT", &["PERCENT 11"], "-", json!(30), null())
    );
    promise(&shop, &ann, Some(&offer), "12", Some(0)).await;
    assert_eq!(
        seen(Some(&offer)).await,
        expected("CAMPAIGN_SNAPSHOT", &["PERCENT 12"], "-", json!(0), null())
    );
    // The newest of several, and only of this campaign.
    let newest = promise(&shop, &ann, Some(&offer), "13", None).await;
    let terms = in_force(&staff, &ann, Some(&offer)).await;
    assert_eq!(
        (components(&terms), &terms["snapshot"]["id"]),
        (vec!["PERCENT 13".to_owned()], &json!(newest))
    );
    assert_eq!(terms["campaign"], json!({ "id": offer, "name": "Offer" }));
    assert_eq!(seen(Some(&bare)).await.0, "PARTNER_SNAPSHOT");
}

#[apply(both_databases)]
async fn what_stops_every_event_is_said(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, staff) = (shop.partner("ann").await, shop.staff());
    let ten = json!([{ "basis": "PERCENT", "value": "10" }]);
    let with = async |more: Value| shop.campaign_with(merged(json!({ "terms": ten }), more)).await;
    let running = with(json!({})).await;
    for (campaign, reason) in [
        (with(json!({ "status": "PAUSED" })).await, json!("CAMPAIGN_PAUSED")),
        (
            with(json!({ "startsAt": "2030-01-01T00:00:00Z" })).await,
            json!("CAMPAIGN_NOT_STARTED"),
        ),
        (with(json!({ "status": "ENDED" })).await, json!("CAMPAIGN_ENDED")),
        (running.clone(), Value::Null),
    ] {
        let terms = in_force(&staff, &ann, Some(&campaign)).await;
        assert_eq!(
            (&terms["earnsNothing"], &terms["source"]),
            (&reason, &json!("CAMPAIGN")),
            "{reason}"
        );
        // Which is what recording says.
        let event = charge(&format!("of {reason}"), &ann, &campaign, "100");
        let recorded = staff.done("recordEvent", event, "event { decision { reason } }").await;
        assert_eq!(recorded["event"]["decision"]["reason"], reason);
    }
    shop.make("suspendPartner", "partner", json!({ "id": ann, "reason": "r" }))
        .await;
    assert_eq!(
        in_force(&staff, &ann, Some(&running)).await["earnsNothing"],
        "PARTNER_SUSPENDED"
    );
    shop.make("revokePartner", "partner", json!({ "id": ann, "reason": "r" }))
        .await;
    assert_eq!(in_force(&staff, &ann, None).await["earnsNothing"], "PARTNER_REVOKED");
}

#[apply(both_databases)]
async fn rules_are_shown_with_what_they_look_at_where_they_decide(app: TestApp) {
    let shop = Shop::new(&app).await;
    let rules = json!([
        { "recurring": { "percentage": "10", "description": "for ever" } },
        { "newCustomerTimeTier": { "maxMonths": 3, "percentage": "20" } },
        { "partnerLtvUpgrade": { "minLtvTotal": "1000", "upgradePercentage": "5" } },
        { "chargeThresholdBonus": { "minChargeTotal": "500", "bonus": "25" } },
        { "customerVolumeGate": { "minQualifiedCustomers": 2 } },
    ]);
    let input = json!({ "name": "Gold", "currency": "EUR", "rules": rules });
    let gold = shop.make("createPartnerGroup", "partnerGroup", input).await;
    let ann = shop.partner_with("ann", json!({ "groupId": gold })).await;
    let mixed = shop
        .campaign(json!([{ "basis": "PERCENT", "value": "1" }, { "basis": "GROUP_RULES" }]))
        .await;
    let plain = shop.percent("1").await;
    for (id, customer, currency) in [("1", "a", "EUR"), ("2", "b", "USD"), ("3", "b", "USD")] {
        let more = json!({ "customerExternalId": customer, "amount": { "amount": "100", "currency": currency } });
        shop.record(merged(charge(id, &ann, &plain, "1"), more)).await;
    }
    for client in [shop.staff(), app.partner(&shop.tenant, &ann)] {
        let terms = in_force(&client, &ann, Some(&mixed)).await;
        let shown = ["rulesCurrency", "qualifiedCustomers", "lifetimeValue"].map(|field| terms[field].clone());
        if terms == Value::Null {
            // Ann does not belong to that campaign yet.
            continue;
        }
        let values = json!([{ "amount": "100.00", "currency": "EUR" }, { "amount": "200.00", "currency": "USD" }]);
        assert_eq!(shown, [json!("EUR"), json!(2), values]);
        assert_eq!(terms["group"], json!({ "id": gold, "name": "Gold" }));
        assert_eq!(terms["rules"].as_array().map(Vec::len), Some(5));
        assert_eq!(
            terms["rules"][0],
            json!({ "__typename": "RecurringRule", "description": "for ever", "percentage": "10" })
        );
        let terms = in_force(&client, &ann, Some(&plain)).await;
        let nothing = ["group", "rules", "rulesCurrency", "qualifiedCustomers", "lifetimeValue"]
            .map(|field| terms[field].clone());
        assert_eq!(nothing, [Value::Null, json!([]), Value::Null, Value::Null, json!([])]);
    }
    shop.staff()
        .done(
            "addPartnerToCampaign",
            json!({ "partnerId": ann, "campaignId": mixed }),
            "partner { id }",
        )
        .await;
    let own = in_force(&app.partner(&shop.tenant, &ann), &ann, Some(&mixed)).await;
    assert_eq!(own, in_force(&shop.staff(), &ann, Some(&mixed)).await);
}
