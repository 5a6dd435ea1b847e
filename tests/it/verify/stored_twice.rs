//! What is stored twice is compared: a change of one of the two is found, by raw SQL without the triggers that refuse it.

use serde_json::{Value, json};

use super::{Ledger, Vandal, text};
use crate::support::both_databases;
use crate::support::programme::made_id;

#[apply(both_databases)]
async fn a_change_of_one_of_two_is_found_and_named(app: TestApp) {
    let ledger = Ledger::new(&app).await;
    let staff = app.staff(&ledger.tenant, "admin");
    let charge = |name: &str, partner: &str, campaign: &str| {
        json!({
            "externalId": name, "kind": "CHARGE", "amount": { "amount": "10", "currency": "EUR" },
            "partnerId": partner, "campaignId": campaign,
        })
    };
    let percent = json!({ "name": "Plain", "holdbackDays": 7, "terms": [{ "basis": "PERCENT", "value": "10" }] });
    let plain = made_id(&staff, "createCampaign", "campaign", percent).await;
    let tier = json!({
        "name": "Silver", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
        "applyToAllPartners": true, "campaignIds": [plain], "goals": [{ "metric": "CONVERSION", "goal": "1" }],
        "retroactivePayout": { "action": "FLAT_INCREASE", "value": "5" },
    });
    let tier = made_id(&staff, "createTieredCommission", "tieredCommission", tier).await;
    let selection = "event { id } commissions { id }";
    let sold = staff
        .done("recordEvent", charge("plain", &ledger.partner, &plain), selection)
        .await;
    let (event, row) = (text(&sold["event"]["id"]), text(&sold["commissions"][0]["id"]));
    for (id, terms) in [(&plain, "20"), (&plain, "30")] {
        let input = json!({ "id": id, "terms": [{ "basis": "PERCENT", "value": terms }] });
        staff.done("updateCampaign", input, "campaign { id }").await;
    }
    staff
        .done(
            "updateTieredCommission",
            json!({ "id": tier, "name": "Gold" }),
            "tieredCommission { id }",
        )
        .await;
    let groups = staff.data("{ partnerGroups { nodes { id } } }").await;
    let group = text(&groups["partnerGroups"]["nodes"][0]["id"]);
    let rules: Value = json!([{ "recurring": { "percentage": "3" } }]);
    staff
        .done(
            "updatePartnerGroup",
            json!({ "id": group, "rules": rules }),
            "partnerGroup { id }",
        )
        .await;
    assert_eq!(ledger.verify(&app).await, []);

    let vandal = Vandal::new(&app).await;
    let raw = |id: &str| vandal.raw(id);
    let of = |set: &str, column: &str, id: &str| format!("{set} WHERE {column} = {}", raw(id));
    let later = "'2030-01-01T00:00:00+00:00'";
    let components = |from: &str, to: &str| match app.is_postgres() {
        true => format!("UPDATE event_decision SET components = replace(components::text, '{from}', '{to}')::jsonb"),
        false => format!("UPDATE event_decision SET components = replace(components, '{from}', '{to}')"),
    };
    let minor = |from: &str, to: &str| match app.is_postgres() {
        true => components(&format!("\"minor\": {from}"), &format!("\"minor\": {to}")),
        false => components(&format!("\"minor\":{from}"), &format!("\"minor\":{to}")),
    };
    let Ledger {
        partner, paid, pending, ..
    } = &ledger;
    // What is broken, what is said of it, of which id, and how it is mended.
    let cases = [
        (
            of(&minor("100", "101"), "event_id", &event),
            "and the EVENT rows written with it differ",
            &event,
            of(&minor("101", "100"), "event_id", &event),
        ),
        (
            of("UPDATE event_decision SET reason = 'NO_TERMS'", "event_id", &event),
            "gives the reason NO_TERMS",
            &event,
            of("UPDATE event_decision SET reason = NULL", "event_id", &event),
        ),
        (
            of("UPDATE event_decision SET amount_minor = 7", "event_id", &event),
            "disagrees with it about its amount",
            &event,
            of("UPDATE event_decision SET amount_minor = 1000", "event_id", &event),
        ),
        (
            of("UPDATE event_decision SET number = 2", "event_id", &event),
            "not numbered from 1 on",
            &event,
            of("UPDATE event_decision SET number = 1", "event_id", &event),
        ),
        (
            of(&components("10 % of", "11 % of"), "event_id", &event),
            "is not the one of the decision",
            &row,
            of(&components("11 % of", "10 % of"), "event_id", &event),
        ),
        (
            of("UPDATE campaign SET holdback_days = 8", "id", &plain),
            "the campaign is not what its newest version says",
            &plain,
            of("UPDATE campaign SET holdback_days = 7", "id", &plain),
        ),
        (
            of("UPDATE campaign SET terms = '[]'", "id", &plain),
            "the campaign is not what its newest version says",
            &plain,
            of(
                "UPDATE campaign SET terms = (SELECT terms FROM campaign_version WHERE version = 3)",
                "id",
                &plain,
            ),
        ),
        (
            of("UPDATE campaign SET version = 2", "id", &plain),
            "or that is not version 2",
            &plain,
            of("UPDATE campaign SET version = 3", "id", &plain),
        ),
        (
            format!(
                "{} AND version = 2",
                of("UPDATE campaign_version SET version = 7", "campaign_id", &plain)
            ),
            "not numbered from 1 on",
            &plain,
            format!(
                "{} AND version = 7",
                of("UPDATE campaign_version SET version = 2", "campaign_id", &plain)
            ),
        ),
        (
            of("UPDATE partner_group SET rules = '[]'", "id", &group),
            "the partner group is not what its newest version says",
            &group,
            of(
                "UPDATE partner_group SET rules = (SELECT rules FROM partner_group_version WHERE version = 2)",
                "id",
                &group,
            ),
        ),
        (
            format!(
                "{} AND version = 1",
                of("UPDATE partner_group_version SET version = 5", "group_id", &group)
            ),
            "not numbered from 1 on",
            &group,
            format!(
                "{} AND version = 5",
                of("UPDATE partner_group_version SET version = 1", "group_id", &group)
            ),
        ),
        (
            of("UPDATE partner_group SET is_default = FALSE", "id", &group),
            "the default group is not the one",
            &group,
            of("UPDATE partner_group SET is_default = TRUE", "id", &group),
        ),
        (
            of("UPDATE tiered_commission SET end_date = '2031-01-01'", "id", &tier),
            "the tiered commission is not what its newest version says",
            &tier,
            of("UPDATE tiered_commission SET end_date = '2039-12-31'", "id", &tier),
        ),
        (
            format!(
                "{} AND version = 1",
                of("UPDATE tiered_commission_version SET version = 5", "tier_id", &tier)
            ),
            "not numbered from 1 on",
            &tier,
            format!(
                "{} AND version = 5",
                of("UPDATE tiered_commission_version SET version = 1", "tier_id", &tier)
            ),
        ),
        (
            of("UPDATE tier_counter SET payout_fired = FALSE", "tier_id", &tier),
            "is not noted as fired",
            &event,
            of("UPDATE tier_counter SET payout_fired = TRUE", "tier_id", &tier),
        ),
        (
            of(&format!("UPDATE payout SET settled_at = {later}"), "id", paid),
            "was not paid when its rows were",
            paid,
            of(
                "UPDATE payout SET settled_at = (SELECT MAX(paid_at) FROM commission)",
                "id",
                paid,
            ),
        ),
        (
            of("UPDATE payout SET settled_by = 'eve'", "id", paid),
            "was settled by somebody else",
            paid,
            of("UPDATE payout SET settled_by = created_by", "id", paid),
        ),
        (
            of("UPDATE payout SET created_by = 'eve'", "id", pending),
            "names another maker",
            pending,
            of(
                "UPDATE payout SET created_by = (SELECT MAX(created_by) FROM payout_run)",
                "id",
                pending,
            ),
        ),
        (
            of("UPDATE payout SET payout_reference = 'eve@example.com'", "id", pending),
            "addressed to another payee",
            pending,
            of("UPDATE payout SET payout_reference = 'ada@ada.example'", "id", pending),
        ),
    ];
    for (sql, what, id, mend) in cases {
        assert_eq!(ledger.verify(&app).await, [], "before {sql}");
        vandal.run(&sql).await;
        let findings = ledger.verify(&app).await;
        let found = findings
            .iter()
            .any(|finding| finding.what.contains(what) && finding.ids.iter().any(|known| known == id));
        assert!(found, "{sql}: {what} of {id} is not in {findings:#?}");
        vandal.run(&mend).await;
    }
    assert_eq!(ledger.verify(&app).await, []);
    // The counts of the audit log.
    for (operation, what) in [
        ("recordEvent", "counts other events than name it"),
        ("settlePayout", "counts other payouts than were settled with it"),
        ("createPayoutRun", "counts another number of payouts than its run has"),
    ] {
        let by = |sign: &str| format!("UPDATE audit_entry SET count = count {sign} 1 WHERE operation = '{operation}'");
        vandal.run(&by("+")).await;
        let findings = ledger.verify(&app).await;
        assert!(
            findings.iter().any(|finding| finding.what.contains(what)),
            "{operation}: {findings:#?}"
        );
        vandal.run(&by("-")).await;
    }
    assert_eq!(ledger.verify(&app).await, [], "{partner}");
}
