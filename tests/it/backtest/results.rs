//! What a backtest says, worked out by hand.

use serde_json::json;

use super::{Lab, terms, told, totals};
use crate::ledger::{charge, merged, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn other_terms_pay_otherwise_and_refunds_follow(app: TestApp) {
    let lab = Lab::new(&app).await;
    let (ann, ben) = (lab.partner("ann").await, lab.partner("ben").await);
    let campaign = lab
        .campaign(json!([
            { "basis": "PERCENT", "value": "10" },
            { "basis": "FIXED", "value": "3", "eventType": "signup" },
        ]))
        .await;
    let from = lab.now();
    let whole = lab.record(charge("whole", &ann, &campaign, "100")).await;
    lab.record(charge("part", &ann, &campaign, "100")).await;
    lab.record(merged(
        charge("signup", &ben, &campaign, "0"),
        json!({ "type": "signup" }),
    ))
    .await;
    lab.refund("half", "part", Some("50")).await;
    lab.days_later(1);
    let proposal = terms(&campaign, json!([{ "basis": "PERCENT", "value": "15" }]));
    let backtest = lab.backtest(&from, proposal).await;
    // 10 + 10 - 5 + 3 = 18; 15 + 15 - 7.50 = 22.50: two EVENT and one CLAWBACK differ, the signup disappears.
    assert_eq!(totals(&backtest), ["18.00 -> 22.50 = 4.50; +0 -1 ^2 v1 =0"]);
    assert_eq!(backtest["months"].as_array().unwrap().len(), 1);
    assert_eq!(backtest["months"][0]["start"], "2026-02-28T23:00:00Z");
    assert_eq!(backtest["campaign"]["id"], campaign.as_str());
    assert_eq!(backtest["proposal"]["campaignTerms"]["terms"][0]["value"], "15");
    let partners = lab.partners(&backtest["id"], "EUR").await;
    assert_eq!(told(&partners[&ann]), "15.00 -> 22.50 = 7.50; +0 -0 ^2 v1 =0");
    assert_eq!(told(&partners[&ben]), "3.00 -> 0.00 = -3.00; +0 -1 ^0 v0 =0");
    let event = lab.event(&backtest["id"], &whole["event"]["id"]).await;
    assert_eq!(event["event"]["externalId"], "whole");
    assert_eq!(event["actual"][0]["amount"]["amount"], "10.00");
    assert_eq!(event["actual"][0]["term"], 0);
    assert_eq!(event["proposed"][0]["amount"]["amount"], "15.00");
    let steps = event["proposed"][0]["explanation"].as_array().unwrap();
    assert!(
        steps.iter().any(|step| text(&step["detail"]) == "15 % of 100.00 EUR"),
        "{event}"
    );
}

#[apply(both_databases)]
async fn lists_are_by_campaign_and_by_partner(app: TestApp) {
    let lab = Lab::new(&app).await;
    let (ann, ben, cem) = (
        lab.partner("ann").await,
        lab.partner("ben").await,
        lab.partner("cem").await,
    );
    let (one, other) = (lab.percent("10").await, lab.percent("10").await);
    let from = lab.now();
    lab.sale("1", &ann, &one, "100").await;
    lab.sale("2", &ben, &one, "1000").await;
    lab.sale("3", &cem, &other, "500").await;
    lab.days_later(1);
    let backtest = lab
        .backtest(&from, terms(&one, json!([{ "basis": "FIXED", "value": "20" }])))
        .await;
    let document = "query($id: ID!) { backtest(id: $id) {
            campaigns(currency: \"EUR\") { totalCount nodes { campaign { id } difference { difference { amount } } } }
            some: partners(currency: \"EUR\", first: 2) { totalCount pageInfo { endCursor } nodes { partner { name } } }
            gain: partners(currency: \"EUR\", direction: DESC) { nodes { partner { name } } }
            lose: partners(currency: \"EUR\", direction: ASC) { nodes { partner { name } } }
            none: partners(currency: \"USD\") { totalCount nodes { partner { name } } } } }";
    let data = lab.staff().data_with(document, json!({ "id": backtest["id"] })).await["backtest"].clone();
    assert_eq!(data["campaigns"]["totalCount"], 2);
    assert_eq!(
        data["campaigns"]["nodes"],
        json!([
            { "campaign": { "id": one }, "difference": { "difference": { "amount": "-70.00" } } },
            { "campaign": { "id": other }, "difference": { "difference": { "amount": "0.00" } } },
        ])
    );
    let names = |list: &str| {
        let nodes = data[list]["nodes"].as_array().unwrap().iter();
        nodes.map(|node| text(&node["partner"]["name"])).collect::<Vec<_>>()
    };
    assert_eq!(
        (names("some"), &data["some"]["totalCount"]),
        (vec!["ben".into(), "ann".into()], &json!(3))
    );
    assert_eq!(names("gain"), ["ann", "cem", "ben"]);
    assert_eq!(names("lose"), ["ben", "cem", "ann"]);
    assert_eq!(names("none"), [""; 0]);
    let next = "query($id: ID!, $after: String) { backtest(id: $id) { partners(currency: \"EUR\", after: $after) { nodes { partner { name } } } } }";
    let variables = json!({ "id": backtest["id"], "after": data["some"]["pageInfo"]["endCursor"] });
    let rest = lab.staff().data_with(next, variables).await;
    assert_eq!(
        rest["backtest"]["partners"]["nodes"],
        json!([{ "partner": { "name": "cem" } }])
    );
}

#[apply(both_databases)]
async fn a_proposed_tier_adjusts_what_was_recorded_before_the_range(app: TestApp) {
    let lab = Lab::new(&app).await;
    let ann = lab.partner("ann").await;
    let campaign = lab.campaign(json!([{ "basis": "FIXED", "value": "4" }])).await;
    lab.sale("before", &ann, &campaign, "10").await;
    lab.days_later(1);
    let from = lab.now();
    lab.sale("second", &ann, &campaign, "10").await;
    lab.sale("third", &ann, &campaign, "10").await;
    lab.days_later(1);
    let tier = json!({ "tieredCommission": { "tier": {
        "name": "Silver", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
        "applyToAllPartners": true, "campaignIds": [campaign], "goals": [{ "metric": "CONVERSION", "goal": "2" }],
        "payout": { "action": "INCREASE", "value": "10" },
        "retroactivePayout": { "action": "FLAT_INCREASE", "value": "5" },
    } } });
    let backtest = lab.backtest(&from, tier).await;
    // 8.00 in the range; with the tier 4.00 + 4.40, and 5.00 more for each of the first two.
    assert_eq!(totals(&backtest), ["8.00 -> 18.40 = 10.40; +2 -0 ^1 v0 =1"]);
}

#[apply(both_databases)]
async fn a_proposed_tier_is_older_than_those_made_inside_the_range(app: TestApp) {
    let lab = Lab::new(&app).await;
    let (ann, campaign) = (lab.partner("ann").await, lab.percent("10").await);
    let from = lab.now();
    let tier = |name: &str, retroactive: serde_json::Value| {
        json!({
            "name": name, "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
            "applyToAllPartners": true, "campaignIds": [campaign], "goals": [{ "metric": "CONVERSION", "goal": "1" }],
            "retroactivePayout": retroactive,
        })
    };
    let made = tier("X", json!({ "action": "DECREASE", "value": "50" }));
    lab.make("createTieredCommission", "tieredCommission", made).await;
    lab.record(charge("sale", &ann, &campaign, "100")).await;
    lab.days_later(1);
    let proposed = tier("Y", json!({ "action": "FLAT_INCREASE", "value": "5" }));
    let backtest = lab
        .backtest(&from, json!({ "tieredCommission": { "tier": proposed } }))
        .await;
    // Y gives 5.00, then X takes the sum down to 5.00: 10.00 + 5.00 - 10.00. The other way round it would be 15.00.
    assert_eq!(totals(&backtest), ["5.00 -> 5.00 = 0.00; +0 -0 ^0 v0 =2"]);
}

#[apply(both_databases)]
async fn an_event_shows_every_row_that_the_totals_count(app: TestApp) {
    let lab = Lab::new(&app).await;
    let (ann, campaign) = (lab.partner("ann").await, lab.percent("10").await);
    let tier = json!({
        "name": "Silver", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
        "applyToAllPartners": true, "campaignIds": [campaign], "goals": [{ "metric": "CONVERSION", "goal": "2" }],
        "retroactivePayout": { "action": "INCREASE", "value": "50" },
    });
    lab.make("createTieredCommission", "tieredCommission", tier).await;
    let from = lab.now();
    let first = lab.record(charge("first", &ann, &campaign, "100")).await;
    let refund = lab.refund("refund", "first", Some("30")).await;
    let second = lab.record(charge("second", &ann, &campaign, "100")).await;
    lab.days_later(1);
    let backtest = lab
        .backtest(&from, terms(&campaign, json!([{ "basis": "PERCENT", "value": "20" }])))
        .await;
    // 10.00 + 5.00 - 3.00 - 1.50 and 10.00 + 5.00; twice as much under the proposal.
    assert_eq!(totals(&backtest), ["25.50 -> 51.00 = 25.50; +0 -0 ^4 v1 =0"]);
    let mut sums = [rust_decimal::Decimal::ZERO; 2];
    for (event, actual, proposed) in [
        (
            &first,
            vec!["EVENT 10.00", "TIER_ADJUSTMENT 5.00"],
            vec!["EVENT 20.00", "TIER_ADJUSTMENT 10.00"],
        ),
        (
            &refund,
            vec!["CLAWBACK -3.00", "CLAWBACK -1.50"],
            vec!["CLAWBACK -6.00", "CLAWBACK -3.00"],
        ),
        (
            &second,
            vec!["EVENT 10.00", "TIER_ADJUSTMENT 5.00"],
            vec!["EVENT 20.00", "TIER_ADJUSTMENT 10.00"],
        ),
    ] {
        let event = lab.event(&backtest["id"], &event["event"]["id"]).await;
        for ((side, expected), sum) in [("actual", actual), ("proposed", proposed)].into_iter().zip(&mut sums) {
            let rows = event[side].as_array().unwrap().iter();
            *sum += rows
                .clone()
                .map(|row| crate::ledger::decimal(&row["amount"]["amount"]))
                .sum::<rust_decimal::Decimal>();
            let told: Vec<_> = rows
                .map(|row| format!("{} {}", text(&row["kind"]), text(&row["amount"]["amount"])))
                .collect();
            assert_eq!(told, expected, "{side} {event:#}");
        }
    }
    assert_eq!(sums.map(|sum| sum.to_string()), ["25.50", "51.00"]);
}

#[apply(both_databases)]
async fn an_event_shows_the_clawbacks_that_name_no_event(app: TestApp) {
    let lab = Lab::new(&app).await;
    let (ann, campaign) = (lab.partner("ann").await, lab.percent("10").await);
    let from = lab.now();
    let tier = json!({
        "name": "Silver", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
        "applyToAllPartners": true, "campaignIds": [campaign], "goals": [{ "metric": "CONVERSION", "goal": "1" }],
        "retroactivePayout": { "action": "FLAT_INCREASE", "value": "5" },
    });
    lab.make("createTieredCommission", "tieredCommission", tier).await;
    let sold = lab.record(charge("sale", &ann, &campaign, "100")).await;
    // The adjustment is paid before its row is reversed by hand, so it is clawed back.
    let rows = lab.rows(&ann).await;
    let [own, adjustment] = [&rows[0]["id"], &rows[1]["id"]].map(text);
    lab.approve(&[&adjustment]).await;
    lab.pay().await;
    assert_eq!(
        lab.answers("reverseCommissions", json!({ "ids": [own], "reason": "mistake" }))
            .await,
        [""]
    );
    lab.days_later(1);
    let backtest = lab
        .backtest(&from, crate::backtest::nothing(std::slice::from_ref(&campaign)))
        .await;
    crate::backtest::assert_same(&backtest);
    let event = lab.event(&backtest["id"], &sold["event"]["id"]).await;
    for side in ["actual", "proposed"] {
        let rows = event[side].as_array().unwrap().iter();
        let told: Vec<_> = rows
            .map(|row| format!("{} {}", text(&row["kind"]), text(&row["amount"]["amount"])))
            .collect();
        assert_eq!(told, ["EVENT 0.00", "TIER_ADJUSTMENT 5.00", "CLAWBACK -5.00"], "{side}");
    }
}

#[apply(both_databases)]
async fn other_rules_of_a_group_pay_otherwise(app: TestApp) {
    let lab = Lab::new(&app).await;
    let rules = |percentage: &str| json!([{ "recurring": { "percentage": percentage } }]);
    let group = json!({ "name": "Everybody", "default": true, "rules": rules("10") });
    let group = lab.make("createPartnerGroup", "partnerGroup", group).await;
    let ann = lab.partner("ann").await;
    let campaign = lab.campaign(json!([])).await;
    let from = lab.now();
    lab.sale("1", &ann, &campaign, "100").await;
    lab.days_later(1);
    // The rules that count are those of the time.
    let changed = json!({ "id": group, "rules": rules("50") });
    lab.make("updatePartnerGroup", "partnerGroup", changed).await;
    let proposal = |percentage: &str| json!({ "groupRules": { "partnerGroupId": group, "rules": rules(percentage) } });
    let backtest = lab.backtest(&from, proposal("12.5")).await;
    assert_eq!(totals(&backtest), ["10.00 -> 12.50 = 2.50; +0 -0 ^1 v0 =0"]);
    assert_eq!(backtest["partnerGroup"]["id"], group.as_str());
    assert_eq!(
        totals(&lab.backtest(&from, proposal("10")).await),
        ["10.00 -> 10.00 = 0.00; +0 -0 ^0 v0 =1"]
    );
}

#[apply(both_databases)]
async fn snapshots_are_kept_or_replaced(app: TestApp) {
    let lab = Lab::new(&app).await;
    let campaign = lab.percent("10").await;
    let ann = lab.partner("ann").await;
    let promised = json!({ "partnerId": ann, "campaignId": campaign, "reason": "agreed",
        "terms": [{ "basis": "PERCENT", "value": "30" }] });
    lab.make("amendCommissionSnapshot", "commissionSnapshot", promised)
        .await;
    let from = lab.now();
    lab.sale("1", &ann, &campaign, "100").await;
    lab.days_later(1);
    let mut proposal = terms(&campaign, json!([{ "basis": "PERCENT", "value": "20" }]));
    assert_eq!(
        totals(&lab.backtest(&from, proposal.clone()).await),
        ["30.00 -> 30.00 = 0.00; +0 -0 ^0 v0 =1"]
    );
    proposal["campaignTerms"]["replaceSnapshots"] = json!(true);
    assert_eq!(
        totals(&lab.backtest(&from, proposal.clone()).await),
        ["30.00 -> 20.00 = -10.00; +0 -0 ^0 v1 =0"]
    );
    // Without terms the rules of the group pay, and nothing where there is no group.
    proposal["campaignTerms"]["terms"] = json!([]);
    assert_eq!(
        totals(&lab.backtest(&from, proposal.clone()).await),
        ["30.00 -> 0.00 = -30.00; +0 -1 ^0 v0 =0"]
    );
    let group = json!({ "name": "Everybody", "default": true, "rules": [{ "recurring": { "percentage": "7" } }] });
    lab.make("createPartnerGroup", "partnerGroup", group).await;
    let from = lab.now();
    lab.sale("2", &ann, &campaign, "100").await;
    lab.days_later(1);
    assert_eq!(
        totals(&lab.backtest(&from, proposal).await),
        ["30.00 -> 7.00 = -23.00; +0 -0 ^0 v1 =0"]
    );
}
