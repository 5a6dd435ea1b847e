//! Commission rules: read back as they were written, changed in part, and what they keep from being deleted.

use serde_json::{Value, json};

use super::{Sales, field, fixed, one_off, percent, recurring};
use crate::ledger::{merged, text};
use crate::support::both_databases;

const PART: &str = "{ valueType value numberOfOccurrences scaling { customField { id } tiers { option { id } value } }
    periodRates { enabled periods { periodNumber startOccurrence endOccurrence value
        scaling { customField { id } tiers { option { id } value } } } } }";

fn everything() -> String {
    format!(
        "label externalId partnerType paymentTarget autoAssignRecipient currency holdbackDays version archivedAt
         tiers {{ id }} categories {{ id }} partners {{ totalCount nodes {{ id }} }}
         entries {{ type paymentStage {{ id }} condition {{ customField {{ id }} option {{ id }} }} oneOff {PART} recurring {PART} }}"
    )
}

async fn read(sales: &Sales<'_>, rule: &str) -> Value {
    let document = format!("query($id: ID!) {{ commissionRule(id: $id) {{ {} }} }}", everything());
    sales.staff().data_with(&document, json!({ "id": rule })).await["commissionRule"].clone()
}

/// The ids of filters to make rules with.
async fn labels(sales: &Sales<'_>) -> (String, String) {
    let tier = sales
        .make("createPartnerTier", "partnerTier", json!({ "label": "Gold" }))
        .await;
    let category = json!({ "label": "Agency" });
    (
        tier,
        sales.make("createPartnerCategory", "partnerCategory", category).await,
    )
}

#[apply(both_databases)]
async fn a_rule_comes_back_whole(app: TestApp) {
    let sales = Sales::new(&app).await;
    let (tier, category) = labels(&sales).await;
    let [small, _, large] = &sales.options;
    let scaling = |value: &str| json!({ "customFieldId": sales.field, "tiers": [{ "optionId": large, "value": value }, { "optionId": small, "value": "0" }] });
    let shown_scaling = |value: &str| {
        json!({ "customField": { "id": sales.field }, "tiers": [
        { "option": { "id": large }, "value": value }, { "option": { "id": small }, "value": "0" },
    ] })
    };
    let period = |number: u32, start: u32, end: Option<u32>, value: Option<&str>, scaling: Value| json!({ "periodNumber": number, "startOccurrence": start, "endOccurrence": end, "value": value, "scaling": scaling });
    let part = |value: &str, occurrences: Option<u32>, scaling: Value, inner: Value| {
        json!({
            "valueType": "PERCENTAGE", "value": value, "numberOfOccurrences": occurrences, "scaling": scaling,
            "periodRates": { "enabled": false, "periods": [
                period(7, 13, None, Some("0.000001"), Value::Null), period(1, 1, Some(12), None, inner),
            ] },
        })
    };
    let rule = sales.rule_with(json!([
        {
            "paymentStageId": sales.won, "condition": { "customFieldId": sales.field, "optionId": small },
            "oneOff": part("33.333333", Some(1), scaling("12.5"), scaling("100")), "recurring": part("20", Some(24), Value::Null, scaling("7")),
        },
        one_off(&sales.open, fixed("9999999999999.99")),
        recurring(&sales.open, json!({ "valueType": "FIXED", "scaling": scaling("3") })),
    ]), json!({
        "label": "Everything", "externalId": "42", "paymentTarget": "INDIVIDUAL", "autoAssignRecipient": "MANUAL", "currency": "USD",
        "holdbackDays": 30, "tierIds": [tier, tier], "categoryIds": [category], "partnerIds": [sales.partner],
    })).await;
    let bare = |value: Value, scaling: Value| json!({ "valueType": "FIXED", "value": value, "numberOfOccurrences": null, "scaling": scaling, "periodRates": null });
    assert_eq!(
        read(&sales, &rule).await,
        json!({
            "label": "Everything", "externalId": "42", "partnerType": "AFFILIATE", "paymentTarget": "INDIVIDUAL",
            "autoAssignRecipient": "MANUAL", "currency": "USD", "holdbackDays": 30, "version": 1, "archivedAt": null,
            "tiers": [{ "id": tier }], "categories": [{ "id": category }], "partners": { "totalCount": 1, "nodes": [{ "id": sales.partner }] },
            "entries": [
                {
                    "type": "SPLIT", "paymentStage": { "id": sales.won }, "condition": { "customField": { "id": sales.field }, "option": { "id": small } },
                    "oneOff": part("33.333333", Some(1), shown_scaling("12.5"), shown_scaling("100")),
                    "recurring": part("20", Some(24), Value::Null, shown_scaling("7")),
                },
                { "type": "ONE_OFF", "paymentStage": { "id": sales.open }, "condition": null, "oneOff": bare(json!("9999999999999.99"), Value::Null), "recurring": null },
                { "type": "RECURRING", "paymentStage": { "id": sales.open }, "condition": null, "oneOff": null, "recurring": bare(Value::Null, shown_scaling("3")) },
            ],
        })
    );
}

#[apply(both_databases)]
async fn a_change_keeps_what_is_absent_clears_what_is_empty_and_replaces_the_rest(app: TestApp) {
    let sales = Sales::new(&app).await;
    let (tier, category) = labels(&sales).await;
    let filters = json!({
        "externalId": "42", "autoAssignRecipient": "DEAL_OWNER", "currency": "EUR", "holdbackDays": 30,
        "tierIds": [tier], "categoryIds": [category], "partnerIds": [sales.partner],
    });
    let rule = sales
        .rule_with(json!([one_off(&sales.won, fixed("7.50"))]), filters)
        .await;
    let first = read(&sales, &rule).await;
    // Nothing is said, or nothing new: no new version.
    assert_eq!(sales.change_rule(&rule, json!({})).await["version"], 1);
    assert_eq!(
        sales
            .change_rule(&rule, json!({ "label": "Rule", "tierIds": [tier] }))
            .await["version"],
        1
    );
    assert_eq!(sales.change_rule(&rule, json!({ "label": "New" })).await["version"], 2);
    let renamed = merged(first, json!({ "label": "New", "version": 2 }));
    assert_eq!(read(&sales, &rule).await, renamed);
    sales.change_rule(&rule, json!({ "tierIds": [] })).await;
    sales.change_rule(&rule, json!({ "categoryIds": null })).await;
    let ben = sales.partner("ben").await;
    sales.change_rule(&rule, json!({ "partnerIds": [ben] })).await;
    let changed = merged(
        renamed,
        json!({
            "version": 5, "tiers": [], "categories": [], "partners": { "totalCount": 1, "nodes": [{ "id": ben }] },
        }),
    );
    assert_eq!(read(&sales, &rule).await, changed);
    // The values must fit the currency, too.
    let problems = sales
        .staff()
        .problems(
            "updateCommissionRule",
            json!({ "id": rule, "currency": "JPY" }),
            "commissionRule",
        )
        .await;
    assert_eq!(problems, ["INVALID currency"]);
    assert_eq!(read(&sales, &rule).await, changed);
    sales.change_rule(&rule, json!({
        "externalId": null, "autoAssignRecipient": null, "currency": null, "holdbackDays": null, "partnerIds": [],
        "paymentTarget": "INDIVIDUAL", "partnerType": "RESELLER", "entries": [one_off(&sales.open, percent("1"))],
    })).await;
    let last = read(&sales, &rule).await;
    assert_eq!(last["entries"][0]["paymentStage"]["id"], sales.open);
    let kept = ["externalId", "autoAssignRecipient", "currency", "holdbackDays"].map(|name| &last[name]);
    assert_eq!(kept, [&Value::Null; 4]);
    assert_eq!(
        (&last["partners"]["totalCount"], &last["partnerType"], &last["version"]),
        (&json!(0), &json!("RESELLER"), &json!(6))
    );
    // What the rule does not name any more may go; partners and deals may not.
    for (mutation, id) in [
        ("deletePartnerTier", tier),
        ("deletePartnerCategory", category),
        ("deletePaymentStage", sales.won.clone()),
    ] {
        sales.staff().done(mutation, json!({ "id": id }), "deletedId").await;
    }
}

#[apply(both_databases)]
async fn what_rules_and_deals_name_cannot_be_deleted(app: TestApp) {
    let sales = Sales::new(&app).await;
    let (tier, category) = labels(&sales).await;
    let (size, sizes) = field(&sales, "Region", &["north", "south"]).await;
    let condition = json!({ "condition": { "customFieldId": size, "optionId": sizes[0] } });
    let filters = json!({ "tierIds": [tier], "categoryIds": [category] });
    sales
        .rule_with(json!([merged(one_off(&sales.won, fixed("1")), condition)]), filters)
        .await;
    sales
        .deal_with(
            "1",
            merged(sales.bearing(&sales.options[0]), json!({ "stageId": sales.open })),
        )
        .await;
    for (mutation, id, what) in [
        ("deletePartnerTier", &tier, "1 commission rules"),
        ("deletePartnerCategory", &category, "1 commission rules"),
        ("deletePaymentStage", &sales.won, "1 commission rules"),
        ("deletePaymentStage", &sales.open, "1 deals"),
        ("deleteCustomField", &size, "1 commission rules"),
        ("deleteCustomField", &sales.field, "1 deals"),
    ] {
        let payload = sales.staff().mutate(mutation, json!({ "id": id }), "deletedId").await;
        let error = &payload["userErrors"][0];
        assert_eq!(
            (&payload["deletedId"], &error["code"], &error["field"]),
            (&Value::Null, &json!("IN_USE"), &json!(["id"])),
            "{mutation}"
        );
        assert!(text(&error["message"]).contains(what), "{mutation}: {error}");
    }
    // An option that nothing names may go, one that a rule or a deal names may not.
    for (field, kept, left_out, expected) in [
        (&size, &sizes[1], &sizes[0], vec!["IN_USE options"]),
        (&size, &sizes[0], &sizes[1], vec![]),
        (
            &sales.field,
            &sales.options[1],
            &sales.options[0],
            vec!["IN_USE options"],
        ),
    ] {
        let input = json!({ "id": field, "options": [{ "id": kept, "label": "kept" }] });
        let payload = sales
            .staff()
            .mutate("updateCustomField", input, "customField { id }")
            .await;
        let errors: Vec<_> = payload["userErrors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| {
                assert!(text(&error["message"]).contains(left_out.as_str()), "{error}");
                format!("{} {}", text(&error["code"]), text(&error["field"][0]))
            })
            .collect();
        assert_eq!(errors, expected);
    }
    sales.assert_fine().await;
}
