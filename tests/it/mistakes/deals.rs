//! Stages, custom fields and deals.

use serde_json::{Value, json};

use super::{Case, case, check};
use crate::support::both_databases;
use crate::support::programme::{Programme, unknown};

pub fn cases(p: &Programme) -> Vec<Case> {
    let p = &p.pipeline;
    let mut cases = vec![
        case("deletePaymentStage", json!({}), &["IN_USE id"]),
        case("deleteCustomField", json!({}), &["IN_USE id"]),
        case("deleteDeal", json!({}), &["IN_USE id"]),
        case("deleteDeal", json!({ "id": unknown(&p.deal) }), &["NOT_FOUND id"]),
        case(
            "updatePaymentStage",
            json!({ "position": null }),
            &["REQUIRED position"],
        ),
        case("updatePaymentStage", json!({ "outcome": null }), &["REQUIRED outcome"]),
        // A deal stands there.
        case("updatePaymentStage", json!({ "outcome": "WON" }), &["IN_USE outcome"]),
        case(
            "moveDeal",
            json!({ "id": unknown(&p.deal), "stageId": p.field }),
            &["INVALID stageId", "NOT_FOUND id"],
        ),
        case("updateDeal", json!({ "value": null }), &["REQUIRED value"]),
    ];
    for mutation in ["createPaymentStage", "updatePaymentStage"] {
        for position in [-1, i32::MIN] {
            cases.push(case(mutation, json!({ "position": position }), &["INVALID position"]));
        }
    }
    for mutation in ["createDeal", "updateDeal"] {
        for (amount, currency) in [
            ("-0.01", "EUR"),
            ("0.001", "EUR"),
            ("1.5", "JPY"),
            ("10000000000000.01", "EUR"),
            ("9999999999999999999999999999", "JPY"),
        ] {
            let value = json!({ "value": { "amount": amount, "currency": currency } });
            cases.push(case(mutation, value, &["INVALID value.amount"]));
        }
        cases.extend(wrong_values(
            mutation,
            "",
            &json!({}),
            [&p.field, &p.option, &p.free_option],
        ));
    }
    for mutation in ["createCustomField", "updateCustomField"] {
        let mut add = |options: Value, problems: &[&str]| {
            cases.push(case(mutation, json!({ "options": options }), problems));
        };
        let numbered =
            |count: usize| -> Vec<_> { (0..count).map(|label| json!({ "label": label.to_string() })).collect() };
        add(json!([]), &["INVALID options"]);
        add(json!(numbered(501)), &["INVALID options"]);
        add(
            json!([{ "label": "A" }, { "label": " " }]),
            &["REQUIRED options.1.label"],
        );
        add(json!([{ "label": "A" }, { "label": "A" }]), &["TAKEN options.1.label"]);
        add(
            json!([{ "label": "A", "externalId": "1" }, { "label": "B", "externalId": "1" }]),
            &["TAKEN options.1.externalId"],
        );
        // Those of another field.
        add(
            json!([{ "id": p.option, "label": "A" }, { "id": "x", "label": "" }]),
            &[
                "INVALID options.1.id",
                "NOT_FOUND options.0.id",
                "REQUIRED options.1.label",
            ],
        );
    }
    cases.push(case(
        "updateCustomField",
        json!({ "options": null }),
        &["INVALID options"],
    ));
    cases.push(case(
        "updateCustomField",
        json!({ "options": [{ "id": p.free_option, "label": "A" }, { "id": p.free_option, "label": "B" }] }),
        &["TAKEN options.1.id"],
    ));
    // One is borne by a deal and named by a rule, the other borne by a deal.
    cases.push(case(
        "updateCustomField",
        json!({ "id": p.field, "options": [{ "label": "New" }] }),
        &["IN_USE options", "IN_USE options", "IN_USE options"],
    ));
    cases
}

/// What is wrong with the options that a deal bears, under `base` with the member `customFields`.
pub fn wrong_values(
    mutation: &'static str,
    prefix: &str,
    base: &Value,
    [field, option, foreign]: [&String; 3],
) -> Vec<Case> {
    let fine = json!({ "customFieldId": field, "optionId": option });
    let of_another = json!({ "customFieldId": field, "optionId": foreign });
    let unknown = json!({ "customFieldId": unknown(field), "optionId": option });
    let cases = [
        (json!([fine, fine]), "INVALID", "1.customFieldId"),
        (json!([of_another]), "NOT_FOUND", "0.optionId"),
        (json!([unknown]), "NOT_FOUND", "0.customFieldId"),
    ];
    let cases = cases.into_iter().map(|(values, code, place)| {
        let problem = format!("{code} {prefix}customFields.{place}");
        let mut changes = base.clone();
        match prefix {
            "" => changes["customFields"] = values,
            _ => changes[prefix.trim_end_matches('.')]["customFields"] = values,
        }
        case(mutation, changes, &[&problem])
    });
    cases.collect()
}

#[apply(both_databases)]
async fn wrong_stages_fields_and_deals_are_refused_with_their_paths(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    check(&app, &p, cases(&p)).await;
}
