//! Two gateways on one database move and renew the same deals, while rules and the pipeline change.

use futures::future::join_all;
use serde_json::json;
use tributary::auth::{Call, Caller};
use tributary::service::deal::{move_to, renew};
use tributary::service::once::answered;

use super::{Sales, field, fixed, one_off, percent, recurring};
use crate::ledger::{merged, text};
use crate::ledger_races::two_gateways;
use crate::support::both_databases;

#[apply(both_databases)]
async fn two_gateways_that_move_and_renew_one_deal_at_once_pay_once(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales
        .rule(json!([
            one_off(&sales.won, fixed("7")),
            recurring(&sales.won, fixed("3"))
        ]))
        .await;
    let gateways = two_gateways(&app).await;
    let caller = Caller::operator(sales.tenant.id, "ann");
    for round in 0..6 {
        let deal = sales.deal("100").await;
        let moves = (0..8).map(|number| {
            let (gateway, caller, deal) = (gateways[number % 2].clone(), caller.clone(), deal.clone());
            let stage = sales.won.clone();
            tokio::spawn(async move {
                move_to(&gateway, &caller, &deal, &stage)
                    .await
                    .expect("no fault")
                    .commissions
                    .len()
            })
        });
        let paid: usize = join_all(moves.collect::<Vec<_>>())
            .await
            .into_iter()
            .map(|made| made.expect("no panic"))
            .sum();
        assert_eq!(paid, 2, "round {round}");
        // Each of four renewals is sent twice, once to each gateway, while the deal moves away and back.
        let renewals = (0..8).map(|number| {
            let (gateway, caller, deal) = (gateways[number % 2].clone(), caller.clone(), deal.clone());
            let operation = "recordDealRenewal".to_owned();
            let key = format!("{round}-{}", number / 2);
            let caller = caller.calling(Call {
                operation,
                key,
                content: Vec::new(),
            });
            tokio::spawn(async move {
                let renewing = renew(&gateway, &caller, &deal);
                answered(&gateway, &caller, renewing).await.map(drop)
            })
        });
        let stages = [&sales.open, &sales.won, &sales.qualified, &sales.won];
        let moves = stages.into_iter().enumerate().map(|(number, stage)| {
            let (gateway, caller, deal) = (gateways[number % 2].clone(), caller.clone(), deal.clone());
            let stage = stage.clone();
            tokio::spawn(async move { move_to(&gateway, &caller, &deal, &stage).await.map(drop) })
        });
        for done in join_all(renewals.chain(moves).collect::<Vec<_>>()).await {
            done.expect("no panic").expect("no fault");
        }
        let mut rows = sales.paid(&deal).await;
        rows.sort();
        assert_eq!(
            rows,
            [vec!["ACCRUED 3.00"; 5], vec!["ACCRUED 7.00"]].concat(),
            "round {round}"
        );
    }
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn renewals_of_two_deals_under_one_key_at_once_are_one_renewal_and_a_conflict(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales.rule(json!([recurring(&sales.won, fixed("3"))])).await;
    let ben = sales.partner("ben").await;
    let mut deals = Vec::new();
    for partner in [&sales.partner, &ben] {
        deals.push(
            sales
                .deal_with("1", json!({ "partnerId": partner, "stageId": sales.won }))
                .await,
        );
    }
    for round in 0..6 {
        let tasks = [0, 1, 0, 1].map(|index: usize| {
            let (staff, input) = (
                sales.staff(),
                json!({ "id": deals[index], "idempotencyKey": format!("{round}") }),
            );
            tokio::spawn(async move {
                staff
                    .mutate("recordDealRenewal", input, "deal { id } commissions { id }")
                    .await
            })
        });
        let answers: Vec<_> = join_all(tasks)
            .await
            .into_iter()
            .map(|answer| answer.expect("no fault"))
            .collect();
        let done = answers
            .iter()
            .filter(|answer| answer["userErrors"] == json!([]))
            .collect::<Vec<_>>();
        assert!(done.len() == 2 && done[0] == done[1], "round {round}: {answers:?}");
        let refused = answers
            .iter()
            .filter(|answer| answer["userErrors"][0]["code"] == "CONFLICT")
            .count();
        assert_eq!(refused, 2, "round {round}: {answers:?}");
    }
    let rows = sales.paid(&deals[0]).await.len() + sales.paid(&deals[1]).await.len();
    assert_eq!(rows, 2 + 6);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn deals_enter_a_stage_while_its_rule_changes_and_goes(app: TestApp) {
    let sales = Sales::new(&app).await;
    let mut partners = vec![sales.partner.clone()];
    for name in ["ben", "cem", "dora"] {
        partners.push(sales.partner(name).await);
    }
    for round in 0..6 {
        let rule = sales.rule(json!([one_off(&sales.won, percent("10"))])).await;
        let mut deals = Vec::new();
        for partner in &partners {
            deals.push(sales.deal_with("1000", json!({ "partnerId": partner })).await);
        }
        let mut work: Vec<_> = deals
            .iter()
            .map(|deal| {
                (
                    "moveDeal",
                    json!({ "id": deal, "stageId": sales.won }),
                    "commissions { amount { amount } }",
                )
            })
            .collect();
        let entries = json!([one_off(&sales.won, percent("20"))]);
        work.insert(
            2,
            (
                "updateCommissionRule",
                json!({ "id": rule, "entries": entries, "partnerIds": partners }),
                "commissionRule { version }",
            ),
        );
        if round % 2 == 1 {
            work.insert(3, ("deleteCommissionRule", json!({ "id": rule }), "deletedId"));
        }
        let tasks = work.into_iter().map(|(mutation, input, selection)| {
            let staff = sales.staff();
            tokio::spawn(async move { staff.mutate(mutation, input, selection).await })
        });
        for answer in join_all(tasks.collect::<Vec<_>>()).await {
            let answer = answer.expect("no fault");
            let codes: Vec<_> = answer["userErrors"]
                .as_array()
                .unwrap()
                .iter()
                .map(|error| text(&error["code"]))
                .collect();
            // The change may find the rule archived or gone.
            assert!(
                codes.is_empty()
                    || (answer["commissionRule"].is_null() && ["CONFLICT", "NOT_FOUND"].contains(&codes[0].as_str())),
                "{answer}"
            );
        }
        for deal in &deals {
            let paid = sales.paid(deal).await;
            // By the rule before or after its change, or not, once it is gone.
            assert!(
                paid == ["ACCRUED 100.00"] || paid == ["ACCRUED 200.00"] || (round % 2 == 1 && paid.is_empty()),
                "round {round}: {paid:?}"
            );
        }
        if round % 2 == 0 {
            sales.delete_rule(&rule).await;
        }
    }
    for partner in &partners {
        sales.assert_sound(partner).await;
    }
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn what_is_deleted_while_deals_and_rules_begin_to_name_it_leaves_nothing_dangling(app: TestApp) {
    let sales = Sales::new(&app).await;
    for round in 0..8 {
        let stage = |label: &str| json!({ "label": label, "position": 9 });
        let entered = sales.make("createPaymentStage", "paymentStage", stage("entered")).await;
        let named = sales.make("createPaymentStage", "paymentStage", stage("named")).await;
        let (borne, options) = field(&sales, "borne", &["one"]).await;
        let tier = sales
            .make(
                "createPartnerTier",
                "partnerTier",
                json!({ "label": format!("T{round}") }),
            )
            .await;
        let deal = |more| {
            merged(
                json!({ "name": "D", "partnerId": sales.partner, "value": { "amount": "1", "currency": "EUR" } }),
                more,
            )
        };
        let rule = |stage: &str, more| {
            merged(
                json!({ "label": "R", "partnerType": "RESELLER", "entries": [one_off(stage, fixed("1"))] }),
                more,
            )
        };
        let bears = json!({ "customFields": [{ "customFieldId": borne, "optionId": options[0] }] });
        let work = vec![
            ("deletePaymentStage", json!({ "id": entered }), "deletedId"),
            ("createDeal", deal(json!({ "stageId": entered })), "deal { id }"),
            ("deletePaymentStage", json!({ "id": named }), "deletedId"),
            ("createCommissionRule", rule(&named, json!({})), "commissionRule { id }"),
            ("deleteCustomField", json!({ "id": borne }), "deletedId"),
            ("createDeal", deal(bears), "deal { id }"),
            ("deletePartnerTier", json!({ "id": tier }), "deletedId"),
            (
                "createCommissionRule",
                rule(&sales.won, json!({ "tierIds": [tier] })),
                "commissionRule { id }",
            ),
        ];
        let tasks = work.into_iter().map(|(mutation, input, selection)| {
            let staff = sales.staff();
            tokio::spawn(async move { staff.mutate(mutation, input, selection).await })
        });
        let answers: Vec<_> = join_all(tasks.collect::<Vec<_>>())
            .await
            .into_iter()
            .map(|answer| answer.expect("no fault"))
            .collect();
        for pair in answers.chunks(2) {
            let code = |answer: &serde_json::Value| answer["userErrors"][0]["code"].as_str().map(str::to_owned);
            let codes = (code(&pair[0]), code(&pair[1]));
            // Either it is gone and nothing names it, or something does and it is in use.
            let told = (codes.0.as_deref(), codes.1.as_deref());
            assert!(
                matches!(told, (None, Some("NOT_FOUND" | "CONFLICT")) | (Some("IN_USE"), None)),
                "round {round}: {pair:?}"
            );
        }
    }
}
