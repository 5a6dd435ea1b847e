//! What is written comes back to the last digit, on both databases.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::programme::made_id;
use crate::support::{Client, both_databases};

/// What an id's fields hold after a round trip through the database.
async fn read(admin: &Client, root: &str, id: &str, selection: &str) -> Value {
    admin.data(&format!("{{ {root}(id: {id:?}) {{ {selection} }} }}")).await[root].clone()
}

#[apply(both_databases)]
async fn percentages_come_back_exactly(app: TestApp) {
    let admin = app.admin().await;
    for (given, kept) in [
        ("33.333333", "33.333333"),
        ("0.000001", "0.000001"),
        ("99.999999", "99.999999"),
        ("100", "100"),
        ("0", "0"),
        ("-0", "0"),
        ("100.000000", "100"),
        ("007.50", "7.5"),
        ("12.340000000000000000", "12.34"),
    ] {
        let rules = json!([
            { "recurring": { "percentage": given } }, { "newCustomerTimeTier": { "maxMonths": i32::MAX, "percentage": given } },
        ]);
        let group = made_id(
            &admin,
            "createPartnerGroup",
            "partnerGroup",
            json!({ "name": "G", "rules": rules }),
        )
        .await;
        let selection =
            "rules { ... on RecurringRule { percentage } ... on NewCustomerTimeTierRule { maxMonths percentage } }";
        assert_eq!(
            read(&admin, "partnerGroup", &group, selection).await["rules"],
            json!([
                { "percentage": kept }, { "maxMonths": i32::MAX, "percentage": kept },
            ])
        );
        let terms = json!([{ "basis": "PERCENT", "value": given }]);
        let campaign = made_id(
            &admin,
            "createCampaign",
            "campaign",
            json!({ "name": "C", "terms": terms }),
        )
        .await;
        assert_eq!(
            read(&admin, "campaign", &campaign, "terms { value }").await["terms"],
            json!([{ "value": kept }])
        );
    }
    // Whole numbers may come without quotes.
    let group = made_id(
        &admin,
        "createPartnerGroup",
        "partnerGroup",
        json!({ "name": "G", "rules": [{ "recurring": { "percentage": 20 } }] }),
    )
    .await;
    let rules = read(
        &admin,
        "partnerGroup",
        &group,
        "rules { ... on RecurringRule { percentage } }",
    )
    .await;
    assert_eq!(rules["rules"], json!([{ "percentage": "20" }]));
}

#[apply(both_databases)]
async fn amounts_of_rules_come_back_exactly(app: TestApp) {
    let admin = app.admin().await;
    for (currency, total, bonus) in [
        (Some("EUR"), "9999999999999.99", "-0.01"),
        (Some("EUR"), "10000000000000", "-10000000000000"),
        (None, "1234567.8901", "0.0001"),
        (Some("KWD"), "0.001", "-0.001"),
        (Some("KWD"), "999999999999.999", "1"),
        (Some("JPY"), "1000000000000000", "-1"),
        (None, "1000000000000000", "-999999999999999.9999"),
        (Some("CLF"), "0.0001", "99999999999.9999"),
    ] {
        let rules = json!([
            { "recurring": { "percentage": "1" } }, { "partnerLtvUpgrade": { "minLtvTotal": total, "upgradePercentage": "0.000001" } },
            { "chargeThresholdBonus": { "minChargeTotal": total, "bonus": bonus } }, { "customerVolumeGate": { "minQualifiedCustomers": i32::MAX } },
        ]);
        let input = json!({ "name": "G", "currency": currency, "rules": rules });
        let group = made_id(&admin, "createPartnerGroup", "partnerGroup", input).await;
        let selection = "currency rules { ... on PartnerLtvUpgradeRule { minLtvTotal upgradePercentage }
                ... on ChargeThresholdBonusRule { minChargeTotal bonus } ... on CustomerVolumeGateRule { minQualifiedCustomers } }";
        assert_eq!(
            read(&admin, "partnerGroup", &group, selection).await,
            json!({
                "currency": currency,
                "rules": [
                    {}, { "minLtvTotal": total, "upgradePercentage": "0.000001" }, { "minChargeTotal": total, "bonus": bonus },
                    { "minQualifiedCustomers": i32::MAX },
                ],
            })
        );
    }
}

#[apply(both_databases)]
async fn amounts_of_terms_and_payouts_come_back_exactly(app: TestApp) {
    let admin = app.admin().await;
    for (currency, value) in [
        (None, "9999999999999.99"),
        (Some("KWD"), "0.001"),
        (Some("JPY"), "1000000000000000"),
        (Some("USD"), "0"),
        (Some("CLF"), "1.2345"),
    ] {
        let term = json!({ "basis": "FIXED", "value": value, "currency": currency, "trigger": "SUBSEQUENT", "eventType": "ünï 🦀", "recurringMonths": 600 });
        let campaign = made_id(
            &admin,
            "createCampaign",
            "campaign",
            json!({ "name": "C", "terms": [term], "holdbackDays": 365 }),
        )
        .await;
        let selection = "holdbackDays terms { basis value currency trigger eventType recurringMonths }";
        assert_eq!(
            read(&admin, "campaign", &campaign, selection).await,
            json!({ "holdbackDays": 365, "terms": [term] })
        );
    }
    let payouts = json!([
        { "amount": "0.5", "currency": "EUR" }, { "amount": "1000000000000000", "currency": "JPY" }, { "amount": "0.001", "currency": "KWD" },
        { "amount": "0", "currency": "USD" },
    ]);
    admin
        .done("updateTenant", json!({ "minimumPayouts": payouts }), "tenant { id }")
        .await;
    let data = admin
        .data("{ viewer { tenant { minimumPayouts { amount currency } } } }")
        .await;
    assert_eq!(
        data["viewer"]["tenant"]["minimumPayouts"],
        json!([
            { "amount": "0.50", "currency": "EUR" }, { "amount": "1000000000000000", "currency": "JPY" }, { "amount": "0.001", "currency": "KWD" },
            { "amount": "0.00", "currency": "USD" },
        ])
    );
}

#[apply(both_databases)]
async fn moments_come_back_to_the_microsecond_in_utc(app: TestApp) {
    let admin = app.admin().await;
    for (given, kept) in [
        ("2026-05-01T00:00:00.123456Z", "2026-05-01T00:00:00.123456Z"),
        ("2026-05-01T00:00:00.1234569Z", "2026-05-01T00:00:00.123456Z"),
        ("2026-05-01T01:30:00+02:00", "2026-04-30T23:30:00Z"),
        ("2026-05-01t00:00:00z", "2026-05-01T00:00:00Z"),
        ("1990-01-01T00:00:00.000001Z", "1990-01-01T00:00:00.000001Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ("2026-05-01T00:00:00.100Z", "2026-05-01T00:00:00.100Z"),
    ] {
        let campaign = made_id(
            &admin,
            "createCampaign",
            "campaign",
            json!({ "name": "C", "startsAt": given }),
        )
        .await;
        let read = read(&admin, "campaign", &campaign, "startsAt endsAt").await;
        assert_eq!(read, json!({ "startsAt": kept, "endsAt": null }), "{given}");
    }
    // The program's own moments: what the mutation answers is what is read later.
    let selection = "createdAt updatedAt activatedAt revokedAt transitions { at }";
    for step in [1, 9, 990, 999_000, 123_457] {
        app.clock.advance(Duration::from_micros(step));
        let input = json!({ "name": "N", "email": format!("{step}@a.example") });
        let payload = admin
            .done("createPartner", input, &format!("partner {{ id {selection} }}"))
            .await;
        let id = payload["partner"]["id"].as_str().unwrap();
        let mut now = payload["partner"].clone();
        now.as_object_mut().unwrap().remove("id");
        assert_eq!(read(&admin, "partner", id, selection).await, now);
        app.clock.advance(Duration::from_micros(1));
        let revoked = admin
            .done(
                "revokePartner",
                json!({ "id": id, "reason": "r" }),
                &format!("partner {{ {selection} }}"),
            )
            .await;
        assert_eq!(read(&admin, "partner", id, selection).await, revoked["partner"]);
        assert_ne!(revoked["partner"]["updatedAt"], now["updatedAt"]);
        assert_eq!(revoked["partner"]["createdAt"], now["createdAt"]);
    }
}

#[apply(both_databases)]
async fn tags_keep_their_order_and_metadata_its_value(app: TestApp) {
    let admin = app.admin().await;
    let tags = json!(["zebra", "Ähre", "apple", "Zebra", "10", "9"]);
    let metadata = json!({ "b": [3, 1, 2], "a": { "y": 1, "x": null }, "aa": "1.10", "n": 1.5 });
    let input = json!({ "name": "N", "email": "n@n.example", "tags": tags, "metadata": metadata });
    let id = made_id(&admin, "createPartner", "partner", input).await;
    assert_eq!(
        read(&admin, "partner", &id, "tags metadata").await,
        json!({ "tags": tags, "metadata": metadata })
    );
    let rules = json!([{ "recurring": { "percentage": "1" } }]);
    let group = made_id(
        &admin,
        "createPartnerGroup",
        "partnerGroup",
        json!({ "name": "G", "rules": rules, "tags": tags }),
    )
    .await;
    assert_eq!(read(&admin, "partnerGroup", &group, "tags").await["tags"], tags);
    // A written document is a value, too.
    let document = "mutation($id: ID!) { updatePartner(input: { id: $id, metadata: { a: [1, 2.5, \"x\", null, true, { b: {} }], c: -7 } }) { partner { metadata } } }";
    let data = admin.data_with(document, json!({ "id": id })).await;
    let metadata = json!({ "a": [1, 2.5, "x", null, true, { "b": {} }], "c": -7 });
    assert_eq!(data["updatePartner"]["partner"]["metadata"], metadata);
    assert_eq!(read(&admin, "partner", &id, "metadata").await["metadata"], metadata);
}

#[apply(both_databases)]
async fn rules_keep_their_order_and_their_notes_and_raise_the_version(app: TestApp) {
    let admin = app.admin().await;
    let rule = |name: &str, mut fields: Value, note: Option<&str>| {
        fields["description"] = json!(note);
        json!({ name: fields })
    };
    let rules = [
        rule(
            "customerVolumeGate",
            json!({ "minQualifiedCustomers": 3 }),
            Some("gate"),
        ),
        rule(
            "newCustomerTimeTier",
            json!({ "maxMonths": 12, "percentage": "25" }),
            None,
        ),
        rule("recurring", json!({ "percentage": "20" }), Some("")),
        rule(
            "newCustomerTimeTier",
            json!({ "maxMonths": 3, "percentage": "30" }),
            Some("first quarter\nof a year"),
        ),
    ];
    let group = made_id(
        &admin,
        "createPartnerGroup",
        "partnerGroup",
        json!({ "name": "G", "rules": rules }),
    )
    .await;
    let shown = async || {
        read(
            &admin,
            "partnerGroup",
            &group,
            "version rules { __typename description }",
        )
        .await
    };
    let typed = |name: &str, note: Option<&str>| json!({ "__typename": name, "description": note });
    assert_eq!(
        shown().await,
        json!({ "version": 1, "rules": [
        typed("CustomerVolumeGateRule", Some("gate")), typed("NewCustomerTimeTierRule", None), typed("RecurringRule", None),
        typed("NewCustomerTimeTierRule", Some("first quarter\nof a year")),
    ] })
    );
    admin
        .done(
            "updatePartnerGroup",
            json!({ "id": group, "name": "H" }),
            "partnerGroup { id }",
        )
        .await;
    assert_eq!(shown().await["version"], 1);
    admin
        .done(
            "updatePartnerGroup",
            json!({ "id": group, "rules": [rules[2]] }),
            "partnerGroup { id }",
        )
        .await;
    assert_eq!(
        shown().await,
        json!({ "version": 2, "rules": [typed("RecurringRule", None)] })
    );
}
