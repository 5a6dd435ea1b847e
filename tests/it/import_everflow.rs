//! Everflow's own JSON comes in whole, a second time changes nothing, and a bad document changes nothing at all.

use serde_json::{Value, json};
use tributary::auth::Caller;
use tributary::domain::money::Currency;
use tributary::import::ImportError;
use tributary::import::everflow::tiered_commissions;
use tributary::service::imported::Outcome;

use crate::ledger::Shop;
use crate::support::both_databases;

const TIER: &str = include_str!("../../examples/everflow/tiered-commission.json");

async fn import(shop: &Shop<'_>, document: &str) -> Result<Vec<Outcome>, ImportError> {
    import_in(shop, document, None).await
}

async fn import_in(shop: &Shop<'_>, document: &str, currency: Option<&str>) -> Result<Vec<Outcome>, ImportError> {
    let caller = Caller::operator(shop.tenant.id, "import");
    let currency = currency.map(|code| Currency::parse(code).expect("a currency"));
    let tiers = tiered_commissions(&shop.app.app, &caller, document, currency).await?;
    Ok(tiers.into_iter().map(|(_, outcome)| outcome).collect())
}

async fn refusal(shop: &Shop<'_>, document: &str) -> Vec<String> {
    let error = import(shop, document).await.expect_err(document).to_string();
    error.lines().map(|line| line.trim().to_owned()).collect()
}

/// What the example refers to.
async fn programme(shop: &Shop<'_>) {
    for number in ["21", "35", "28"] {
        shop.partner_with(&format!("partner{number}"), json!({ "externalId": number }))
            .await;
    }
    for number in ["1", "15", "12"] {
        shop.campaign_with(json!({ "externalId": number })).await;
    }
    shop.make(
        "createAdvertiser",
        "advertiser",
        json!({ "name": "Brand", "externalId": "7" }),
    )
    .await;
}

/// Everything about every tier, newest first.
async fn tiers(shop: &Shop<'_>) -> Value {
    let data = shop
        .staff()
        .data(
            "{ tieredCommissions { nodes { name externalId notes status startDate endDate period crossingPolicy currency version
               applyToAllPartners partners { nodes { externalId } } campaigns { externalId } advertisers { externalId } eventType
               goals { metric goal max } payout { action value } revenue { action value }
               retroactivePayout { action value type } retroactiveRevenue { action value type } } } }",
        )
        .await;
    data["tieredCommissions"]["nodes"].clone()
}

/// The example with some members replaced.
fn changed(changes: Value) -> String {
    let mut document: Value = serde_json::from_str(TIER).expect("JSON");
    for (name, value) in changes.as_object().expect("an object") {
        document[name] = value.clone();
    }
    document.to_string()
}

#[apply(both_databases)]
async fn the_example_comes_in_whole(app: TestApp) {
    let shop = Shop::new(&app).await;
    programme(&shop).await;
    assert_eq!(import(&shop, TIER).await.unwrap(), [Outcome::Created]);
    let external = |ids: &[&str]| ids.iter().map(|id| json!({ "externalId": id })).collect::<Vec<_>>();
    assert_eq!(
        tiers(&shop).await,
        json!([{
            "name": "SilverCommission", "externalId": "SilverCommission", "notes": "Monthly payement", "status": "ACTIVE",
            "startDate": "2020-07-23", "endDate": "2020-08-22", "period": "MONTHLY", "crossingPolicy": "NEXT_CONVERSION",
            "currency": "EUR", "version": 1, "applyToAllPartners": false,
            "partners": { "nodes": external(&["28", "35", "21"]) }, "campaigns": external(&["1", "15", "12"]), "advertisers": [],
            "eventType": null,
            "goals": [
                { "metric": "CONVERSION", "goal": "10", "max": null }, { "metric": "REVENUE", "goal": "121", "max": "1000" },
            ],
            "payout": { "action": "INCREASE", "value": "10" }, "revenue": { "action": "DECREASE", "value": "6" },
            "retroactivePayout": { "action": "FLAT_INCREASE", "value": "5", "type": null }, "retroactiveRevenue": null,
        }])
    );
}

#[apply(both_databases)]
async fn a_tier_as_the_source_returns_it_comes_in(app: TestApp) {
    let shop = Shop::new(&app).await;
    programme(&shop).await;
    let returned = changed(json!({
        "network_tiered_commission_id": 1, "network_id": 1, "time_created": 1734455015, "time_saved": 1734455015, "notes": "",
        "status": "inactive", "is_apply_all_affiliates": true, "network_affiliate_ids": null, "network_offer_ids": [],
        "network_advertiser_ids": [7], "payout_goal": 0.5, "event_max": 3, "is_payout_enabled": false, "payout_action": "unknown",
        "payout_value": 0, "is_retroactive_payout_enabled": true, "retroactive_payout_action": "exact",
        "retroactive_payout_value": 0, "retroactive_payout_type": "cps", "retroactive_payout_percentage": 12.5,
        "is_retroactive_revenue_enabled": true, "retroactive_revenue_action": "exact", "retroactive_revenue_value": 2,
        "retroactive_revenue_type": "", "retroactive_revenue_percentage": 0,
    }));
    assert_eq!(
        import_in(&shop, &format!("[{returned}]"), Some("USD")).await.unwrap(),
        [Outcome::Created]
    );
    let found = tiers(&shop).await[0].clone();
    for (field, value) in [
        ("externalId", json!("1")),
        ("notes", Value::Null),
        ("status", json!("INACTIVE")),
        ("currency", json!("USD")),
        ("applyToAllPartners", json!(true)),
        ("campaigns", json!([])),
        ("advertisers", json!([{ "externalId": "7" }])),
        ("payout", Value::Null),
        (
            "retroactivePayout",
            json!({ "action": "EXACT", "value": "12.5", "type": "CPS" }),
        ),
        (
            "retroactiveRevenue",
            json!({ "action": "EXACT", "value": "2", "type": null }),
        ),
        (
            "goals",
            json!([
                { "metric": "CONVERSION", "goal": "10", "max": null }, { "metric": "EVENT", "goal": "0", "max": "3" },
                { "metric": "PAYOUT", "goal": "0.5", "max": null }, { "metric": "REVENUE", "goal": "121", "max": "1000" },
            ]),
        ),
    ] {
        assert_eq!(found[field], value, "{field}");
    }
}

#[apply(both_databases)]
async fn a_second_import_changes_nothing_and_a_changed_document_updates(app: TestApp) {
    let shop = Shop::new(&app).await;
    programme(&shop).await;
    import(&shop, TIER).await.unwrap();
    let before = app.rows().await;
    assert_eq!(import(&shop, TIER).await.unwrap(), [Outcome::Unchanged]);
    assert_eq!(import_in(&shop, TIER, Some("EUR")).await.unwrap(), [Outcome::Unchanged]);
    assert_eq!(app.rows().await, before);
    // What the documents do not tell stays.
    let id = shop.staff().data("{ tieredCommissions { nodes { id } } }").await["tieredCommissions"]["nodes"][0]["id"]
        .clone();
    let policy = json!({ "id": id, "crossingPolicy": "CROSSING_CONVERSION" });
    shop.staff()
        .done("updateTieredCommission", policy, "tieredCommission { id }")
        .await;
    assert_eq!(import(&shop, TIER).await.unwrap(), [Outcome::Unchanged]);
    let document = changed(json!({ "payout_value": 12.5, "network_affiliate_ids": [35] }));
    assert_eq!(import(&shop, &document).await.unwrap(), [Outcome::Updated]);
    let found = tiers(&shop).await;
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(
        (&found[0]["version"], &found[0]["payout"]["value"]),
        (&json!(3), &json!("12.5"))
    );
    assert_eq!(
        (&found[0]["crossingPolicy"], &found[0]["partners"]["nodes"]),
        (&json!("CROSSING_CONVERSION"), &json!([{ "externalId": "35" }]))
    );
    let error = import_in(&shop, TIER, Some("USD"))
        .await
        .expect_err("another currency")
        .to_string();
    assert!(error.contains("currency cannot be changed: it is EUR"), "{error}");
}

#[apply(both_databases)]
async fn what_cannot_be_mapped_is_named_in_one_error_and_nothing_is_imported(app: TestApp) {
    let shop = Shop::new(&app).await;
    let unmapped = |list: &str, place: usize, what: &str, id: &str| {
        format!("{list}.{place} names the {what} {id:?}, but none has that external id")
    };
    let document = changed(json!({ "network_advertiser_ids": [7], "network_offer_payout_revenue_id": 3 }));
    let mut expected = vec!["network_offer_payout_revenue_id is 3, one payout of an offer: its number does not say which event type that is here".to_owned()];
    for (list, what, ids) in [
        ("network_affiliate_ids", "partner", &["21", "35", "28"][..]),
        ("network_offer_ids", "campaign", &["1", "15", "12"]),
        ("network_advertiser_ids", "advertiser", &["7"]),
    ] {
        expected.extend(
            ids.iter()
                .enumerate()
                .map(|(place, id)| unmapped(list, place, what, id)),
        );
    }
    assert_eq!(refusal(&shop, &document).await, expected);
    programme(&shop).await;
    let before = app.rows().await;
    let other = changed(json!({ "name": "Other", "payout_value": 0 }));
    for (document, lines) in [
        ("[]".to_owned(), vec!["it has no tiered commission"]),
        (
            "{}".to_owned(),
            vec![
                "name must be given",
                "status must be given",
                "start_date must be given",
                "end_date must be given",
                "period must be given",
                "at least one of conversion_goal, event_goal, sale_amount_goal, payout_goal, revenue_goal must be above 0",
            ],
        ),
        (
            changed(json!({
                "status": "deleted", "start_date": "23.07.2020", "period": "yearly", "payout_action": "exact", "revenue_action": "",
                "conversion_goal": "ten", "network_offer_ids": [1.5], "retroactive_payout_action": "unknown", "surprise": 1,
            })),
            vec![
                "status is \"deleted\", which Tributary does not know",
                "start_date must be a day such as \"2026-04-24\"",
                "period is \"yearly\", which Tributary does not know",
                "network_offer_ids.0 must be an id: a whole number or a text",
                "conversion_goal must be a number",
                "payout_action is \"exact\", which is only for retroactive ones",
                "revenue_action must be given",
                "retroactive_payout_action is \"unknown\", which Tributary does not know",
                "has a member \"surprise\" that Tributary does not know",
            ],
        ),
        (
            changed(json!({
                "end_date": "2020-07-22", "network_affiliate_ids": [], "network_offer_ids": null, "revenue_max": 121,
                "conversion_goal": 1.5, "payout_value": 0, "retroactive_payout_value": -5,
            })),
            vec![
                "end_date must not be before the start date",
                "conversion_goal must be a whole number, since CONVERSION are counted",
                "revenue_max must be above the goal, 121",
                "payout_value must be above 0, not 0",
                "retroactive_payout_value must be above 0, not -5",
                "network_affiliate_ids must name at least one partner, unless it applies to all",
                "network_offer_ids must name at least one campaign, unless there are advertisers",
            ],
        ),
        (
            format!("[{TIER}, {other}]"),
            vec!["1.payout_value must be above 0, not 0"],
        ),
        (
            format!("[{TIER}, {TIER}]"),
            vec!["1.name is \"SilverCommission\", as for an earlier one"],
        ),
    ] {
        assert_eq!(refusal(&shop, &document).await, lines, "{document}");
    }
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn a_response_is_the_tier_of_its_request(app: TestApp) {
    let shop = Shop::new(&app).await;
    programme(&shop).await;
    assert_eq!(import(&shop, TIER).await.unwrap(), [Outcome::Created]);
    // Everything it was sent, with what the other system makes of what it was not.
    let response = changed(json!({
        "network_tiered_commission_id": 17, "network_id": 1, "retroactive_payout_type": "", "retroactive_payout_percentage": 0,
        "retroactive_revenue_action": "flat_decrease", "retroactive_revenue_type": "", "retroactive_revenue_percentage": 0,
        "time_created": 1734455015, "time_saved": 1734455015,
    }));
    for (document, outcome, version) in [
        (response.clone(), Outcome::Updated, 2),
        (format!("[{response}]"), Outcome::Unchanged, 2),
        (TIER.to_owned(), Outcome::Unchanged, 2),
        (response.replace("SilverCommission", "Silver"), Outcome::Updated, 3),
    ] {
        assert_eq!(import(&shop, &document).await.unwrap(), [outcome], "{document}");
        let found = tiers(&shop).await;
        assert_eq!(found.as_array().unwrap().len(), 1, "{document}");
        assert_eq!(
            (&found[0]["externalId"], &found[0]["version"]),
            (&json!("17"), &json!(version)),
            "{document}"
        );
    }
    for id in [18, 19] {
        let other = response.replace(":17,", &format!(":{id},"));
        assert_eq!(import(&shop, &other).await.unwrap(), [Outcome::Created], "{other}");
    }
    assert_eq!(
        refusal(&shop, TIER).await,
        ["name belongs to several tiered commissions: give the id to choose one"]
    );
}
