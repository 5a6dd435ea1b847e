//! Names, labels, reasons, e-mail addresses and external ids.

use serde_json::{Value, json};

use super::{Case, case, check};
use crate::support::both_databases;
use crate::support::programme::Programme;

/// The short texts that name things, and how long they may be.
const TEXTS: [(&str, &str, usize); 55] = [
    ("createAdvertiser", "name", 200),
    ("createAdvertiser", "externalId", 200),
    ("updateAdvertiser", "name", 200),
    ("updateAdvertiser", "externalId", 200),
    ("createCampaign", "name", 200),
    ("createCampaign", "externalId", 200),
    ("updateCampaign", "name", 200),
    ("updateCampaign", "externalId", 200),
    ("createPartner", "name", 200),
    ("createPartner", "externalId", 200),
    ("updatePartner", "name", 200),
    ("updatePartner", "externalId", 200),
    ("createPartnerCategory", "label", 200),
    ("createPartnerCategory", "externalId", 200),
    ("updatePartnerCategory", "label", 200),
    ("updatePartnerCategory", "externalId", 200),
    ("createPartnerGroup", "name", 200),
    ("createPartnerGroup", "externalId", 200),
    ("updatePartnerGroup", "name", 200),
    ("updatePartnerGroup", "externalId", 200),
    ("createPartnerTier", "label", 200),
    ("createPartnerTier", "externalId", 200),
    ("updatePartnerTier", "label", 200),
    ("updatePartnerTier", "externalId", 200),
    ("createPartnershipRequest", "name", 200),
    ("updateTenant", "name", 200),
    ("amendCommissionSnapshot", "reason", 1000),
    ("rejectPartnershipRequest", "reason", 1000),
    ("revokePartner", "reason", 1000),
    ("suspendPartner", "reason", 1000),
    ("createPaymentStage", "label", 200),
    ("createPaymentStage", "externalId", 200),
    ("updatePaymentStage", "label", 200),
    ("updatePaymentStage", "externalId", 200),
    ("createCustomField", "label", 200),
    ("createCustomField", "externalId", 200),
    ("updateCustomField", "label", 200),
    ("updateCustomField", "externalId", 200),
    ("createCommissionRule", "label", 200),
    ("createCommissionRule", "externalId", 200),
    ("updateCommissionRule", "label", 200),
    ("updateCommissionRule", "externalId", 200),
    ("createTieredCommission", "name", 200),
    ("createTieredCommission", "externalId", 200),
    ("updateTieredCommission", "name", 200),
    ("updateTieredCommission", "externalId", 200),
    ("createDeal", "name", 200),
    ("createDeal", "externalId", 200),
    ("createDeal", "leadCreator", 200),
    ("createDeal", "owner", 200),
    ("updateDeal", "name", 200),
    ("updateDeal", "leadCreator", 200),
    ("updateDeal", "owner", 200),
    ("recordDealRenewal", "idempotencyKey", 200),
    ("updateTenant", "timeZone", 0),
];

/// Null clears them.
const CLEARABLE: [&str; 3] = ["externalId", "leadCreator", "owner"];

const EMAILS: [&str; 3] = ["createPartner", "updatePartner", "createPartnershipRequest"];

fn one(field: &str, value: impl Into<Value>) -> Value {
    json!({ field: value.into() })
}

pub fn cases(_: &Programme) -> Vec<Case> {
    let mut cases = Vec::new();
    for (mutation, field, limit) in TEXTS {
        let problem = |code: &str| format!("{code} {field}");
        if limit > 0 {
            for blank in ["", "   ", "\t\n", "\u{a0}\u{2003}"] {
                cases.push(case(mutation, one(field, blank), &[&problem("REQUIRED")]));
            }
        }
        let over_long = "ä".repeat(limit + 1);
        for wrong in [over_long.as_str(), "a\u{7}b", "a\nb", "a\u{7f}b", "a\u{85}b"] {
            cases.push(case(mutation, one(field, wrong), &[&problem("INVALID")]));
        }
        if mutation.starts_with("update") && !CLEARABLE.contains(&field) {
            cases.push(case(mutation, one(field, Value::Null), &[&problem("REQUIRED")]));
        }
    }
    let (long_local, long_domain) = (
        format!("{}@a.example", "a".repeat(65)),
        format!("a@{}.example", "a.".repeat(130)),
    );
    for mutation in EMAILS {
        cases.push(case(mutation, one("email", ""), &["REQUIRED email"]));
        cases.push(case(mutation, one("email", "  "), &["REQUIRED email"]));
        for wrong in [
            "no",
            "a@",
            "@a.example",
            "a a@a.example",
            "a@a",
            "a@@a.example",
            "a@a..example",
            ".a@a.example",
            "a@a.example.",
            "Ann <a@a.example>",
            "a@[127.0.0.1]",
            "a@a.example, b@b.example",
            "\"a\r\nBcc: b@b.example\"@a.example",
            "a\n@a.example",
            &long_local,
            &long_domain,
        ] {
            cases.push(case(mutation, one("email", wrong), &["INVALID email"]));
        }
    }
    cases.push(case("updatePartner", one("email", Value::Null), &["REQUIRED email"]));
    cases
}

#[apply(both_databases)]
async fn blank_over_long_and_malformed_names_are_refused(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    check(&app, &p, cases(&p)).await;
}

#[apply(both_databases)]
async fn what_must_be_unique_is_taken_once(app: TestApp) {
    Programme::new(&app, "zulu", "zulu", "yankee").await;
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let label = json!({ "label": "taken", "externalId": "taken" });
    for kind in ["PartnerTier", "PartnerCategory"] {
        p.staff
            .done(&format!("create{kind}"), label.clone(), "userErrors { code }")
            .await;
    }
    p.staff
        .done(
            "createAdvertiser",
            json!({ "name": "taken", "externalId": "taken" }),
            "userErrors { code }",
        )
        .await;
    let taken = |mutation, field: &str, value: &str| case(mutation, one(field, value), &[&format!("TAKEN {field}")]);
    check(
        &app,
        &p,
        vec![
            taken("createPartner", "email", "bravo@bravo.example"),
            taken("createPartner", "email", "  BRAVO@Bravo.EXAMPLE "),
            taken("updatePartner", "email", "Bravo@bravo.example"),
            taken("createPartner", "externalId", "bravo-1"),
            taken("createPartner", "externalId", " bravo-1\t"),
            taken("updatePartner", "externalId", "bravo-1"),
            taken("createPartnerGroup", "externalId", "hidden-bravo group"),
            taken("updatePartnerGroup", "externalId", "hidden-bravo group"),
            taken("createCampaign", "externalId", "hidden-alpha-second"),
            taken("updateCampaign", "externalId", "hidden-alpha-second"),
            taken("createAdvertiser", "externalId", "taken"),
            taken("updateAdvertiser", "externalId", "taken"),
            taken("createPartnerTier", "label", "taken"),
            taken("createPartnerTier", "externalId", "taken"),
            taken("updatePartnerTier", "label", "taken"),
            taken("updatePartnerTier", "externalId", "taken"),
            taken("createPartnerCategory", "label", "taken"),
            taken("createPartnerCategory", "externalId", "taken"),
            taken("updatePartnerCategory", "label", "taken"),
            taken("updatePartnerCategory", "externalId", "taken"),
            taken("createPaymentStage", "externalId", "hidden-bravo-stage"),
            taken("updatePaymentStage", "externalId", "hidden-bravo-stage"),
            taken("createCustomField", "externalId", "hidden-alpha-field"),
            taken("updateCustomField", "externalId", "hidden-alpha-field"),
            taken("createDeal", "externalId", "bravo-deal"),
            taken("createCommissionRule", "externalId", "hidden-rule"),
            taken("createTieredCommission", "externalId", "hidden-tier"),
            taken("updateTieredCommission", "externalId", "hidden-other-tier"),
            taken("createPartnershipRequest", "email", "BRAVO-new@bravo-new.example"),
            case("createPartnerTier", label.clone(), &["TAKEN externalId", "TAKEN label"]),
            case(
                "createPartner",
                json!({ "email": "alpha@alpha.example", "externalId": "alpha-1" }),
                &["TAKEN email", "TAKEN externalId"],
            ),
        ],
    )
    .await;
    // One's own values, those of another tenant, and those of other kinds are free.
    for (mutation, input) in [
        (
            "updatePartner",
            json!({ "id": p.a, "email": "ALPHA@alpha.example", "externalId": "alpha-1" }),
        ),
        (
            "updatePartner",
            json!({ "id": p.b, "email": "zulu@zulu.example", "externalId": "zulu-1" }),
        ),
        (
            "updatePartnerTier",
            json!({ "id": p.tier, "label": "hidden label", "externalId": "hidden-label" }),
        ),
        ("updateCampaign", json!({ "id": p.campaign, "externalId": "taken" })),
        ("updatePartnerGroup", json!({ "id": p.group, "externalId": "taken" })),
        ("createAdvertiser", json!({ "name": "taken" })),
        (
            "updatePaymentStage",
            json!({ "id": p.pipeline.stage, "externalId": "hidden-alpha-stage" }),
        ),
        (
            "updateCommissionRule",
            json!({ "id": p.pipeline.rule, "externalId": "hidden-rule" }),
        ),
        (
            "updateTieredCommission",
            json!({ "id": p.tiered, "externalId": "hidden-tier" }),
        ),
    ] {
        p.staff.done(mutation, input, "userErrors { code }").await;
    }
}

#[apply(both_databases)]
async fn null_clears_what_may_be_empty_and_absent_keeps(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let everything = "partner { name email externalId tags metadata payoutCurrency type group { id } tier { id } categories { id } }";
    let kept = p.staff.done("updatePartner", json!({ "id": p.a }), everything).await["partner"].clone();
    assert_eq!(
        kept,
        json!({
            "name": "alpha partner", "email": "alpha@alpha.example", "externalId": "alpha-1", "tags": ["hidden tag", "alpha tag"],
            "metadata": { "hidden": "alpha" }, "payoutCurrency": "USD", "type": "AFFILIATE", "group": { "id": p.group },
            "tier": { "id": p.tier }, "categories": [{ "id": p.category }],
        })
    );
    let nothing = json!({
        "id": p.a, "externalId": null, "tags": null, "metadata": null, "payoutCurrency": null, "groupId": null, "tierId": null,
        "categoryIds": null,
    });
    let cleared = p.staff.done("updatePartner", nothing, everything).await["partner"].clone();
    assert_eq!(
        cleared,
        json!({
            "name": "alpha partner", "email": "alpha@alpha.example", "externalId": null, "tags": [], "metadata": null,
            "payoutCurrency": null, "type": "AFFILIATE", "group": null, "tier": null, "categories": [],
        })
    );
    let nothing = json!({ "id": p.group, "externalId": null, "description": null, "currency": null, "tags": null });
    let everything = "partnerGroup { externalId description currency tags default version rules { description } }";
    let cleared = p.staff.done("updatePartnerGroup", nothing, everything).await["partnerGroup"].clone();
    assert_eq!(
        cleared,
        json!({
            "externalId": null, "description": null, "currency": null, "tags": [], "default": false, "version": 2,
            "rules": [{ "description": "hidden rule" }],
        })
    );
    let nothing = json!({
        "id": p.campaign, "externalId": null, "terms": null, "holdbackDays": null, "startsAt": null, "endsAt": null, "advertiserId": null,
    });
    let everything = "campaign { externalId terms { basis } holdbackDays startsAt endsAt advertiser { id } status }";
    let cleared = p.staff.done("updateCampaign", nothing, everything).await["campaign"].clone();
    assert_eq!(
        cleared,
        json!({
            "externalId": null, "terms": [], "holdbackDays": null, "startsAt": null, "endsAt": null, "advertiser": null, "status": "ACTIVE",
        })
    );
    for (mutation, made, id) in [
        ("updatePartnerTier", "partnerTier", &p.tier),
        ("updatePartnerCategory", "partnerCategory", &p.category),
        ("updateAdvertiser", "advertiser", &p.advertiser),
        ("updatePaymentStage", "paymentStage", &p.pipeline.stage),
        ("updateCustomField", "customField", &p.pipeline.field),
        ("updateCommissionRule", "commissionRule", &p.pipeline.rule),
        ("updateTieredCommission", "tieredCommission", &p.tiered),
    ] {
        let cleared = p
            .staff
            .done(
                mutation,
                json!({ "id": id, "externalId": null }),
                &format!("{made} {{ externalId }}"),
            )
            .await;
        assert_eq!(cleared[made]["externalId"], Value::Null);
    }
}
