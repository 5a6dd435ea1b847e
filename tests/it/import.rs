//! Donutwork's own JSON comes in whole, a second time changes nothing, and a bad document changes nothing at all.

use serde_json::{Value, json};
use tributary::auth::Caller;
use tributary::domain::tenant::Tenant;
use tributary::import::donutwork::partner_groups;
use tributary::service::partner_group::import::Outcome;

use crate::support::{Client, TestApp, both_databases};

const GROUP: &str = include_str!("../../examples/donutwork/partner-group.json");
const WRAPPED: &str = include_str!("../../examples/donutwork/create-partner-group.json");
const SIMULATION: &str = include_str!("../../examples/donutwork/simulation.json");

/// Imports a document, gives the outcomes.
async fn import(app: &TestApp, tenant: &Tenant, document: &str) -> Vec<Outcome> {
    let caller = Caller::operator(tenant.id, "import");
    let groups = partner_groups(&app.app, &caller, document)
        .await
        .expect("a good document");
    groups.into_iter().map(|(_, outcome)| outcome).collect()
}

/// The lines of the error of a bad document.
async fn refusal(app: &TestApp, tenant: &Tenant, document: &str) -> Vec<String> {
    let caller = Caller::operator(tenant.id, "import");
    let error = partner_groups(&app.app, &caller, document)
        .await
        .expect_err(document)
        .to_string();
    error.lines().map(|line| line.trim().to_owned()).collect()
}

/// Everything about every group, newest first.
async fn groups(admin: &Client) -> Value {
    let data = admin
        .data(
            "{ partnerGroups { nodes { id name externalId description tags default currency version createdAt updatedAt rules {
                 __typename description
                 ... on NewCustomerTimeTierRule { maxMonths percentage }
                 ... on RecurringRule { percentage }
                 ... on PartnerLtvUpgradeRule { minLtvTotal upgradePercentage }
                 ... on ChargeThresholdBonusRule { minChargeTotal bonus }
                 ... on CustomerVolumeGateRule { minQualifiedCustomers }
             } } } }",
        )
        .await;
    data["partnerGroups"]["nodes"].clone()
}

fn recurring(percentage: &str) -> String {
    format!(r#"[{{ "type": "recurring", "percentage": {percentage} }}]"#)
}

#[apply(both_databases)]
async fn a_group_as_the_source_returns_it_comes_in_whole(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    assert_eq!(import(&app, &tenant, GROUP).await, [Outcome::Created]);
    let found = groups(&admin).await;
    assert_eq!(
        found,
        json!([{
            "id": found[0]["id"], "createdAt": found[0]["createdAt"], "updatedAt": found[0]["updatedAt"],
            "name": "Standard Managed Agency", "externalId": "P-GROUP-ADVANCED", "version": 1, "default": false, "currency": null,
            "description": "Default group for high-performance managed agencies.", "tags": ["managed", "high-volume"],
            "rules": [
                { "__typename": "NewCustomerTimeTierRule", "maxMonths": 12, "percentage": "50",
                  "description": "Introductory 12-month high-incentive tier." },
                { "__typename": "RecurringRule", "percentage": "15",
                  "description": "Standard recurring commission (post-time-tier)." },
                { "__typename": "PartnerLtvUpgradeRule", "minLtvTotal": "10000", "upgradePercentage": "5",
                  "description": "LTV Performance Bonus (Threshold: 10,000€)." },
            ],
        }])
    );
}

#[apply(both_databases)]
async fn a_second_import_changes_nothing(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    for document in [GROUP, WRAPPED] {
        assert_eq!(import(&app, &tenant, document).await, [Outcome::Created]);
    }
    let before = groups(&admin).await;
    app.clock.advance(std::time::Duration::from_secs(60));
    for document in [GROUP, WRAPPED] {
        assert_eq!(import(&app, &tenant, document).await, [Outcome::Unchanged]);
    }
    assert_eq!(groups(&admin).await, before);
}

#[apply(both_databases)]
async fn a_response_is_the_group_of_its_request(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    let mut group: Value = serde_json::from_str(WRAPPED).expect("JSON");
    assert_eq!(import(&app, &tenant, WRAPPED).await, [Outcome::Created]);
    group["partnerGroup"]["id"] = json!("68f76721");
    assert_eq!(
        import(&app, &tenant, &group["partnerGroup"].to_string()).await,
        [Outcome::Unchanged]
    );
    // One that has no external id there is known by its id, and still is when it is given one.
    let nameless = |external_id: Value| {
        json!({
        "id": "77aa", "name": "Late", "external_id": external_id, "rules": [{ "type": "recurring", "percentage": 1 }],
    }).to_string()
    };
    assert_eq!(import(&app, &tenant, &nameless(Value::Null)).await, [Outcome::Created]);
    assert_eq!(
        import(&app, &tenant, &nameless(json!("P-LATE"))).await,
        [Outcome::Updated]
    );
    assert_eq!(
        import(&app, &tenant, &nameless(json!("P-LATE"))).await,
        [Outcome::Unchanged]
    );
    let names: Vec<_> = groups(&admin)
        .await
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["externalId"].clone())
        .collect();
    assert_eq!(names, ["P-LATE", "P-GROUP-PERF"]);
}

#[apply(both_databases)]
async fn a_known_group_is_updated_and_keeps_what_the_document_does_not_tell(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    import(&app, &tenant, GROUP).await;
    let id = groups(&admin).await[0]["id"].clone();
    admin
        .done(
            "updatePartnerGroup",
            json!({ "id": id, "default": true }),
            "partnerGroup { id }",
        )
        .await;
    let renamed = format!(
        r#"{{ "external_id": "P-GROUP-ADVANCED", "name": "New name", "rules": {} }}"#,
        recurring("14")
    );
    assert_eq!(import(&app, &tenant, &renamed).await, [Outcome::Updated]);
    let group = &groups(&admin).await[0];
    assert_eq!(
        (&group["id"], &group["name"], &group["version"]),
        (&id, &json!("New name"), &json!(2))
    );
    assert_eq!(
        (&group["default"], &group["tags"]),
        (&json!(true), &json!(["managed", "high-volume"]))
    );
    let emptied = renamed.replace(
        "\"name\"",
        "\"tags\": null, \"description\": \"\", \"default\": false, \"name\"",
    );
    assert_eq!(import(&app, &tenant, &emptied).await, [Outcome::Updated]);
    let group = &groups(&admin).await[0];
    assert_eq!(
        (&group["default"], &group["tags"], &group["description"]),
        (&json!(false), &json!([]), &Value::Null)
    );
    assert_eq!(group["version"], 2, "the rules were the same");
}

#[apply(both_databases)]
async fn a_list_comes_in_all_at_once_and_switches_the_default(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    let one = |id: &str, default: bool| {
        format!(
            r#"{{ "id": "{id}", "name": "Group {id}", "default": {default}, "rules": {} }}"#,
            recurring("1")
        )
    };
    let page = format!(
        r#"{{ "entities": "PartnerGroup", "count": 2, "per_page": 100, "pages": {{ "current": 1, "max": 1 }}, "elements": [{}, {}] }}"#,
        one("a", true),
        one("b", false),
    );
    assert_eq!(import(&app, &tenant, &page).await, [Outcome::Created, Outcome::Created]);
    let switched = format!("[{}, {}]", one("b", true), one("a", false));
    assert_eq!(
        import(&app, &tenant, &switched).await,
        [Outcome::Updated, Outcome::Unchanged]
    );
    let defaults: Vec<_> = groups(&admin)
        .await
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (group["externalId"].clone(), group["default"].clone()))
        .collect();
    assert_eq!(defaults, [(json!("b"), json!(true)), (json!("a"), json!(false))]);
}

#[apply(both_databases)]
async fn numbers_are_exact_and_every_rule_type_is_known(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    let document = r#"{ "name": "Exact", "external_id": "exact", "tags": ["a,b", " c "], "rules": [
            { "type": "recurring", "percentage": 0.300001 },
            { "type": "new_customer_time_tier", "max_months": 1.2e1, "percentage": 33.333333 },
            { "type": "partner_ltv_upgrade", "min_ltv_total": 1e4, "upgrade_percentage": 25E-1 },
            { "type": "charge_threshold_bonus", "min_charge_total": 9007199254740.993, "bonus": -0.1 },
            { "type": "customer_volume_gate", "min_qualified_customers": 3 }
        ] }"#;
    import(&app, &tenant, document).await;
    let group = &groups(&admin).await[0];
    assert_eq!(group["tags"], json!(["a,b", "c"]));
    assert_eq!(
        group["rules"],
        json!([
            { "__typename": "RecurringRule", "description": null, "percentage": "0.300001" },
            { "__typename": "NewCustomerTimeTierRule", "description": null, "maxMonths": 12, "percentage": "33.333333" },
            { "__typename": "PartnerLtvUpgradeRule", "description": null, "minLtvTotal": "10000", "upgradePercentage": "2.5" },
            { "__typename": "ChargeThresholdBonusRule", "description": null, "minChargeTotal": "9007199254740.993", "bonus": "-0.1" },
            { "__typename": "CustomerVolumeGateRule", "description": null, "minQualifiedCustomers": 3 },
        ])
    );
}

#[apply(both_databases)]
async fn every_problem_is_named_and_nothing_is_imported(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    let good = format!(r#"{{ "id": "good", "name": "Good", "rules": {} }}"#, recurring("1"));
    for (document, lines) in [
        ("[]", vec!["it has no partner group"]),
        ("7", vec!["must be an object"]),
        (
            r#"{ "partnerGroup": { "name": " ", "surprise": 1, "default": "yes", "rules": [
                    { "type": "recurring", "percentage": 101 },
                    { "type": "spiff", "amount": 5 },
                    { "type": "new_customer_time_tier", "max_months": 1.5 },
                    { "type": "partner_ltv_upgrade", "min_ltv_total": "100", "upgrade_percentage": 1, "cap": 9 },
                    { "type": "new_customer_time_tier", "max_months": 3, "percentage": 1e-9 },
                    { "type": "new_customer_time_tier", "max_months": 3, "percentage": 1 },
                    { "percentage": 1 }
                ] } }"#,
            vec![
                "partnerGroup has a member \"surprise\" that Tributary does not know",
                "partnerGroup.default must be true or false",
                "partnerGroup.external_id must be given (or an id): otherwise a later import could not find this group again",
                "partnerGroup.name must not be empty",
                "partnerGroup.rules.0.percentage must be from 0 to 100 percent, not 101",
                "partnerGroup.rules.1.type is \"spiff\", which Tributary does not know",
                "partnerGroup.rules.2.max_months must be a whole number of at most 2147483647, not 1.5",
                "partnerGroup.rules.2.percentage must be given",
                "partnerGroup.rules.3 has a member \"cap\" that Tributary does not know",
                "partnerGroup.rules.3.min_ltv_total must be a number",
                "partnerGroup.rules.4.percentage has too many decimals: a percentage has at most 6",
                "partnerGroup.rules.5.max_months is taken: another time tier ends after 3 months too",
                "partnerGroup.rules.6.type must be given",
            ],
        ),
        (
            &format!(r#"{{ "elements": [{good}, {{ "id": "68f7", "name": "From a list", "default": true }}] }}"#),
            vec![
                "elements.1.rules must be given: the list of all groups does not have them; a single retrieved group does",
            ],
        ),
        (
            r#"{ "group": { "id": "68f76721..." } }"#,
            vec!["group is the response to an update, which has only an id: import the group as retrieved"],
        ),
        (
            &format!("[{good}, {good}]"),
            vec!["1.external_id is \"good\", as for an earlier group"],
        ),
        (
            &format!("[{good}, {{ \"id\": \"x\", \"name\": \"X\", \"rules\": [] }}]"),
            vec!["1.rules lacks a recurring rule: every group needs one as the fallback"],
        ),
        (
            &good.replace("\"name\"", "\"name\": \"twice\", \"name\""),
            vec!["name is given twice"],
        ),
        (
            &good.replace(": 1", ": 1e400"),
            vec!["rules.0.percentage has too many digits: at most 28 are exact"],
        ),
    ] {
        let mut found = refusal(&app, &tenant, document).await;
        found.sort();
        assert_eq!(found, lines, "{document}");
    }
    let simulation = refusal(&app, &tenant, SIMULATION).await.join(" ");
    assert!(
        simulation.contains("is a simulation") && simulation.contains("simulatePartnerGroup"),
        "{simulation}"
    );
    assert!(refusal(&app, &tenant, "{ \"name\": ").await[0].starts_with("it is not JSON: EOF"));
    assert_eq!(groups(&admin).await, json!([]));
}

#[apply(both_databases)]
async fn what_only_the_database_knows_is_named_too(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    admin.done("createPartnerGroup", json!({
        "name": "Yen", "externalId": "yen", "currency": "JPY", "rules": [{ "recurring": { "percentage": "1" } }],
    }), "partnerGroup { id }").await;
    let before = groups(&admin).await;
    let bonus = r#"[{ "type": "recurring", "percentage": 1 }, { "type": "charge_threshold_bonus", "min_charge_total": 10.5, "bonus": 1 }]"#;
    let document = format!(
        r#"[{{ "id": "new", "name": "New", "rules": {} }}, {{ "id": "yen", "name": "Yen", "rules": {bonus} }}]"#,
        recurring("1")
    );
    assert_eq!(
        refusal(&app, &tenant, &document).await,
        ["1.rules.1.min_charge_total has too many decimals: JPY has 0"]
    );
    assert_eq!(groups(&admin).await, before);
}

#[apply(both_databases)]
async fn an_import_touches_no_other_tenant(app: TestApp) {
    let (ours, theirs) = (app.tenant("ours").await, app.tenant("theirs").await);
    import(&app, &theirs, GROUP).await;
    let before = groups(&app.staff(&theirs, "admin")).await;
    assert_eq!(
        import(&app, &ours, &GROUP.replace("Standard", "Other")).await,
        [Outcome::Created]
    );
    assert_eq!(groups(&app.staff(&theirs, "admin")).await, before);
}
