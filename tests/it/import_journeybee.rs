//! Journeybee's own JSON comes in whole, a second time changes nothing, and a bad document changes nothing at all.

use serde_json::{Value, json};
use tributary::auth::Caller;
use tributary::domain::deal_rules::ValueType;
use tributary::domain::money::Currency;
use tributary::domain::tenant::Tenant;
use tributary::import::ImportError;
use tributary::import::journeybee::{ImportDefaults, commission_rules};
use tributary::service::imported::Outcome;

use crate::support::{Client, TestApp, both_databases};

const RULE: &str = include_str!("../../examples/journeybee/commission-rule.json");
const SPIFF: &str = include_str!("../../examples/journeybee/spiff-rule.json");
const GOLD: &str = "1c4f2f8e-4a57-4d3f-9f0e-6d0a2b7f1a01";

const PERCENT: ImportDefaults = ImportDefaults {
    value_type: Some(ValueType::Percentage),
    currency: None,
};

/// Whoever imports knows no more than the document.
const NOTHING: ImportDefaults = ImportDefaults {
    value_type: None,
    currency: None,
};

fn fixed() -> ImportDefaults {
    ImportDefaults {
        value_type: Some(ValueType::Fixed),
        currency: Currency::parse("USD").ok(),
    }
}

async fn import(
    app: &TestApp,
    tenant: &Tenant,
    document: &str,
    unsaid: ImportDefaults,
) -> Result<Vec<Outcome>, ImportError> {
    let caller = Caller::operator(tenant.id, "import");
    let rules = commission_rules(&app.app, &caller, document, unsaid).await?;
    Ok(rules.into_iter().map(|(_, outcome)| outcome).collect())
}

async fn refusal(app: &TestApp, tenant: &Tenant, document: &str) -> Vec<String> {
    refusal_of(app, tenant, document, PERCENT).await
}

async fn refusal_of(app: &TestApp, tenant: &Tenant, document: &str, unsaid: ImportDefaults) -> Vec<String> {
    let error = import(app, tenant, document, unsaid)
        .await
        .expect_err(document)
        .to_string();
    error.lines().map(|line| line.trim().to_owned()).collect()
}

/// What the other system answers to a rule that is sent to it: everything, with nulls for what is not set.
fn response(request: &str, uuid: &str) -> Value {
    let mut rule: Value = serde_json::from_str(request).expect("JSON");
    let object = rule.as_object_mut().expect("an object");
    object.insert("uuid".to_owned(), json!(uuid));
    for (sent, returned) in [
        ("tier_uuids", "tiers"),
        ("category_uuids", "categories"),
        ("partnership_uuids", "partnerships"),
    ] {
        let uuids = object.remove(sent).expect("a list");
        let named = uuids.as_array().expect("a list").iter();
        let named = named.map(|uuid| json!({ "uuid": uuid, "label": "whatever it is called" }));
        object.insert(returned.to_owned(), named.collect());
    }
    for touched in ["created_at", "updated_at"] {
        object.insert(touched.to_owned(), json!("2026-01-01T00:00:00Z"));
    }
    let calculation = &mut rule["calculation"]["entries"][0]["calculation"];
    for name in ["value", "scalingConfig", "number_of_occurrences", "split"] {
        if calculation[name].is_null() {
            calculation[name] = Value::Null;
        }
    }
    if calculation["type"] == "oneOff" {
        calculation["periodRates"] = json!({ "enabled": false, "periods": [] });
    }
    rule
}

/// The pipeline that the examples refer to.
async fn pipeline(staff: &Client) {
    let stage = json!({ "label": "Closed won", "position": 1, "outcome": "WON", "externalId": "5" });
    staff.done("createPaymentStage", stage, "paymentStage { id }").await;
    let options = json!([{ "label": "Small", "externalId": "1" }, { "label": "Large", "externalId": "2" }]);
    let field = json!({ "label": "Size", "externalId": "7", "options": options });
    staff.done("createCustomField", field, "customField { id }").await;
    let tier = json!({ "label": "Gold", "externalId": GOLD });
    staff.done("createPartnerTier", tier, "partnerTier { id }").await;
}

/// Everything about every rule, newest first.
async fn rules(staff: &Client) -> Value {
    let scaling = "scaling { customField { externalId } tiers { option { externalId } value } }";
    let part = format!(
        "{{ valueType value numberOfOccurrences {scaling} periodRates {{ enabled periods {{ \
         periodNumber startOccurrence endOccurrence value {scaling} }} }} }}"
    );
    let data = staff
        .data(&format!(
            "{{ commissionRules {{ nodes {{ label externalId partnerType paymentTarget autoAssignRecipient currency \
             holdbackDays version tiers {{ externalId }} categories {{ id }} partners {{ totalCount }} \
             entries {{ type paymentStage {{ externalId }} condition {{ option {{ id }} }} oneOff {part} recurring {part} }} \
             }} }} }}"
        ))
        .await;
    data["commissionRules"]["nodes"].clone()
}

#[apply(both_databases)]
async fn both_examples_come_in_whole(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let staff = app.staff(&tenant, "admin");
    pipeline(&staff).await;
    assert_eq!(import(&app, &tenant, RULE, PERCENT).await.unwrap(), [Outcome::Created]);
    assert_eq!(import(&app, &tenant, SPIFF, fixed()).await.unwrap(), [Outcome::Created]);
    let scaling = |tiers: &[(&str, &str)]| {
        let tiers: Vec<_> = tiers
            .iter()
            .map(|(option, value)| json!({ "option": { "externalId": option }, "value": value }))
            .collect();
        json!({ "customField": { "externalId": "7" }, "tiers": tiers })
    };
    let won = json!({ "externalId": "5" });
    assert_eq!(
        rules(&staff).await,
        json!([
            {
                "label": "Seller spiff: 500 at close", "externalId": "Seller spiff: 500 at close", "partnerType": "REFERRAL",
                "paymentTarget": "INDIVIDUAL", "autoAssignRecipient": "DEAL_OWNER", "currency": "USD", "holdbackDays": null,
                "version": 1, "tiers": [], "categories": [], "partners": { "totalCount": 0 },
                "entries": [{
                    "type": "ONE_OFF", "paymentStage": won, "condition": null, "recurring": null,
                    "oneOff": { "valueType": "FIXED", "value": "500", "numberOfOccurrences": null, "scaling": null, "periodRates": null },
                }],
            },
            {
                "label": "Gold reseller: 5% at signature, then a share of each renewal",
                "externalId": "Gold reseller: 5% at signature, then a share of each renewal", "partnerType": "RESELLER",
                "paymentTarget": "PARTNERSHIP", "autoAssignRecipient": null, "currency": null, "holdbackDays": null,
                "version": 1, "tiers": [{ "externalId": GOLD }], "categories": [], "partners": { "totalCount": 0 },
                "entries": [{
                    "type": "SPLIT", "paymentStage": won, "condition": null,
                    "oneOff": { "valueType": "PERCENTAGE", "value": "5", "numberOfOccurrences": 1, "scaling": null, "periodRates": null },
                    "recurring": {
                        "valueType": "PERCENTAGE", "value": "15", "numberOfOccurrences": 24, "scaling": scaling(&[("1", "10"), ("2", "20")]),
                        "periodRates": { "enabled": true, "periods": [
                            { "periodNumber": 1, "startOccurrence": 1, "endOccurrence": 12, "value": "20", "scaling": scaling(&[("2", "25")]) },
                            { "periodNumber": 2, "startOccurrence": 13, "endOccurrence": 24, "value": "10", "scaling": null },
                        ] },
                    },
                }],
            },
        ])
    );
}

#[apply(both_databases)]
async fn a_second_import_changes_nothing_and_a_changed_document_updates(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let staff = app.staff(&tenant, "admin");
    pipeline(&staff).await;
    import(&app, &tenant, RULE, PERCENT).await.unwrap();
    let before = rules(&staff).await;
    assert_eq!(
        import(&app, &tenant, RULE, PERCENT).await.unwrap(),
        [Outcome::Unchanged]
    );
    assert_eq!(rules(&staff).await, before);
    let changed = RULE.replace("\"value\": \"5\"", "\"value\": \"6.5\"");
    assert_eq!(
        import(&app, &tenant, &changed, PERCENT).await.unwrap(),
        [Outcome::Updated]
    );
    let after = rules(&staff).await;
    assert_eq!(after.as_array().unwrap().len(), 1);
    assert_eq!(
        (&after[0]["version"], &after[0]["entries"][0]["oneOff"]["value"]),
        (&json!(2), &json!("6.5"))
    );
}

#[apply(both_databases)]
async fn a_page_of_the_list_comes_in_as_it_is_returned(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let staff = app.staff(&tenant, "admin");
    pipeline(&staff).await;
    let page = format!(
        r#"{{ "data": [{{ "uuid": "r-1", "label": "One", "partner_type": "reseller", "payment_target": null, "auto_assign_recipient": "manual",
                "calculation": {{ "entries": [{{ "payment_stage_id": "5", "calculation": {{ "type": "recurring", "value": 12.5 }} }}] }},
                "tiers": [{{ "uuid": "{GOLD}", "label": "whatever" }}], "categories": [], "partnerships": [],
                "created_at": "2026-01-01", "updated_at": "2026-01-01" }}],
                "pagination": {{ "page": 1, "per_page": 1, "total": 1, "total_pages": 1 }} }}"#
    );
    assert_eq!(import(&app, &tenant, &page, PERCENT).await.unwrap(), [Outcome::Created]);
    let found = rules(&staff).await;
    assert_eq!(
        (&found[0]["externalId"], &found[0]["autoAssignRecipient"]),
        (&json!("r-1"), &json!("MANUAL"))
    );
    assert_eq!(
        (&found[0]["paymentTarget"], &found[0]["tiers"][0]["externalId"]),
        (&json!("PARTNERSHIP"), &json!(GOLD))
    );
    assert_eq!(found[0]["entries"][0]["recurring"]["value"], "12.5");
}

#[apply(both_databases)]
async fn what_cannot_be_mapped_is_named_in_one_error_and_nothing_is_imported(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let staff = app.staff(&tenant, "admin");
    assert_eq!(
        refusal(&app, &tenant, RULE).await,
        [
            "calculation.entries.0.payment_stage_id names the payment stage \"5\", but none has that external id",
            "calculation.entries.0.calculation.split.recurring.scalingConfig.customFieldId names the custom field \"7\", but none has that external id",
            "calculation.entries.0.calculation.split.recurring.periodRates.periods.0.scalingConfig.customFieldId names the custom field \"7\", but none has that external id",
            format!("tier_uuids.0 names the partner tier {GOLD:?}, but none has that external id").as_str(),
        ]
    );
    pipeline(&staff).await;
    let good = SPIFF.replace("500", "5");
    for (document, lines) in [
        ("[]", vec!["it has no commission rule"]),
        (
            "{}",
            vec![
                "label must be given",
                "partner_type must be given",
                "calculation must be given",
            ],
        ),
        (
            r#"{ "label": "X", "partner_type": "Reseller", "payment_target": "everybody", "surprise": 1, "calculation": { "entries": [
                    { "payment_stage_id": 5, "calculation": { "type": "sometimes", "value": "1" } },
                    { "payment_stage_id": 5, "calculation": { "type": "oneOff", "value": "lots" } },
                    { "payment_stage_id": 5.5, "calculation": { "type": "split", "split": { "oneOff": { "value": 1 } } } }
                ] } }"#,
            vec![
                "partner_type is \"Reseller\", which Tributary does not know",
                "payment_target is \"everybody\", which Tributary does not know",
                "calculation.entries.0.calculation.type is \"sometimes\": it must be oneOff, recurring or split",
                "calculation.entries.1.calculation.value must be a decimal number such as \"12.34\"",
                "calculation.entries.2.payment_stage_id must be an id: a whole number or a text",
                "calculation.entries.2.calculation.split.recurring must be given",
                "has a member \"surprise\" that Tributary does not know",
            ],
        ),
        (
            &RULE.replace("\"startOccurrence\": 13", "\"startOccurrence\": 12"),
            vec![
                "entries.0.recurring.periodRates.periods.1.startOccurrence overlaps with the occurrences of period 0 of the list",
            ],
        ),
        (
            &format!("[{good}, {good}]"),
            vec!["1.label is \"Seller spiff: 5 at close\", as for an earlier rule"],
        ),
        (
            &format!(
                "[{good}, {}]",
                SPIFF.replace("\"value\": \"500\"", "\"value\": \"101%\"")
            ),
            vec!["1.entries.0.oneOff.value must be from 0 to 100 percent, not 101"],
        ),
    ] {
        assert_eq!(refusal(&app, &tenant, document).await, lines, "{document}");
    }
    assert_eq!(rules(&staff).await, json!([]));
}

#[apply(both_databases)]
async fn a_page_may_mix_percent_and_fixed_values(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let staff = app.staff(&tenant, "admin");
    pipeline(&staff).await;
    let page = json!({ "data": [response(RULE, "r-1"), response(SPIFF, "r-2")],
        "pagination": { "page": 1, "per_page": 100, "total": 2, "total_pages": 1 } })
    .to_string();
    // 500 is no percentage; 5 and 15 may be either.
    let message = "does not tell whether its values are percent or amounts: give --value-type, which is for all that do not tell, \
                       or write them as \"5%\" or \"5 EUR\"";
    let parts =
        ["oneOff", "recurring"].map(|part| format!("data.0.calculation.entries.0.calculation.split.{part} {message}"));
    assert_eq!(refusal_of(&app, &tenant, &page, NOTHING).await, parts);
    assert_eq!(
        import(&app, &tenant, &page, PERCENT).await.unwrap(),
        [Outcome::Created, Outcome::Created]
    );
    let types = |rules: &Value| -> Vec<String> {
        let rules = rules.as_array().unwrap().iter();
        rules
            .map(|rule| {
                let entry = &rule["entries"][0];
                format!(
                    "{} {} {}",
                    entry["oneOff"]["valueType"], entry["recurring"]["valueType"], rule["currency"]
                )
                .replace('"', "")
            })
            .collect()
    };
    assert_eq!(
        types(&rules(&staff).await),
        ["FIXED null null", "PERCENTAGE PERCENTAGE null"]
    );
    let before = app.rows().await;
    assert_eq!(
        import(&app, &tenant, &page, PERCENT).await.unwrap(),
        [Outcome::Unchanged, Outcome::Unchanged]
    );
    assert_eq!(app.rows().await, before);
    // What is said in the document goes before what the caller says of the rest.
    let said = page.replace("\"500\"", "\"12.50 usd\"").replace("\"5\"", "\"5 %\"");
    assert_eq!(
        import(&app, &tenant, &said, fixed()).await.unwrap(),
        [Outcome::Updated, Outcome::Updated]
    );
    assert_eq!(types(&rules(&staff).await), ["FIXED null USD", "PERCENTAGE FIXED USD"]);
    let eur = ImportDefaults {
        currency: Currency::parse("EUR").ok(),
        ..PERCENT
    };
    assert_eq!(
        import(&app, &tenant, &said, eur).await.unwrap(),
        [Outcome::Updated, Outcome::Unchanged]
    );
    assert_eq!(
        types(&rules(&staff).await),
        ["FIXED null USD", "PERCENTAGE PERCENTAGE EUR"]
    );
    let split = |one_off: &str, recurring: &str| RULE.replace("\"5\"", one_off).replace("\"15\"", recurring);
    for (document, line) in [
        (
            split("\"5 EUR\"", "\"15 USD\""),
            "calculation has amounts in EUR and in USD: a rule has one currency",
        ),
        (
            split("\"5%\"", "\"15%\"").replace("\"value\": 20\n", "\"value\": \"20 EUR\"\n"),
            "calculation.entries.0.calculation.split.recurring has both percent (\"15%\") and amounts (\"20 EUR\"): it must be either",
        ),
        (
            split("\"5 XXX1\"", "15"),
            "calculation.entries.0.calculation.split.oneOff.value must be a decimal number such as \"12.34\"",
        ),
    ] {
        assert_eq!(refusal(&app, &tenant, &document).await, [line], "{document}");
    }
}

#[apply(both_databases)]
async fn a_response_is_the_rule_of_its_request(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let staff = app.staff(&tenant, "admin");
    pipeline(&staff).await;
    for (number, request) in [RULE, SPIFF].into_iter().enumerate() {
        assert_eq!(
            import(&app, &tenant, request, PERCENT).await.unwrap(),
            [Outcome::Created]
        );
        let uuid = format!("uuid-{number}");
        let page = json!({ "data": [response(request, &uuid)] }).to_string();
        let bare = response(request, &uuid).to_string();
        let renamed = bare.replace("\"label\":\"", "\"label\":\"New: ");
        for (document, outcome, version) in [
            (page.as_str(), Outcome::Updated, 2),
            (&page, Outcome::Unchanged, 2),
            (&bare, Outcome::Unchanged, 2),
            (request, Outcome::Unchanged, 2),
            (&renamed, Outcome::Updated, 3),
        ] {
            assert_eq!(
                import(&app, &tenant, document, PERCENT).await.unwrap(),
                [outcome],
                "{document}"
            );
            let found = rules(&staff).await;
            assert_eq!(found.as_array().unwrap().len(), number + 1, "{document}");
            assert_eq!(
                (&found[0]["externalId"], &found[0]["version"]),
                (&json!(uuid), &json!(version)),
                "{document}"
            );
        }
    }
    // Another rule with the same label is another one: then only a uuid says which is meant.
    for uuid in ["uuid-8", "uuid-9"] {
        assert_eq!(
            import(&app, &tenant, &response(SPIFF, uuid).to_string(), PERCENT)
                .await
                .unwrap(),
            [Outcome::Created]
        );
    }
    assert_eq!(
        refusal(&app, &tenant, SPIFF).await,
        ["label belongs to several rules: give the uuid to choose one"]
    );
    let (returned, sent) = (response(SPIFF, "uuid-8"), serde_json::from_str::<Value>(SPIFF).unwrap());
    for (both, field) in [
        (json!([returned, sent]), "label is \"Seller spiff: 500 at close\""),
        (json!([sent, returned]), "label is \"Seller spiff: 500 at close\""),
        (json!([returned, returned]), "uuid is \"uuid-8\""),
    ] {
        assert_eq!(
            refusal(&app, &tenant, &both.to_string()).await,
            [format!("1.{field}, as for an earlier rule")]
        );
    }
    assert_eq!(rules(&staff).await.as_array().unwrap().len(), 4);
}
