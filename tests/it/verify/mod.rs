//! `verify` finds nothing in what the program wrote, and whatever is broken past it.

mod files;
mod guards;
mod interrupted;
mod since;
mod stored_twice;
mod tampering;

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};
use tributary::domain::id::parse_any;
use tributary::domain::tenant::Tenant;
use tributary::service::ledger::verify::{Finding, verify};

use crate::support::programme::made_id;
use crate::support::{Client, TestApp, both_databases};

/// A ledger with a little of everything.
struct Ledger {
    tenant: Tenant,
    partner: String,
    campaign: String,
    customer: String,
    /// The event that is refunded in part, its refund, its row and that row's clawback.
    event: String,
    refund: String,
    row: String,
    clawback: String,
    paid_row: String,
    accrued_row: String,
    paid: String,
    pending: String,
    /// That made the pending one.
    run: String,
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("a text, not {value}"))
        .to_owned()
}

/// Records an event; gives its id, its customer's, and its rows'.
async fn record(staff: &Client, input: Value) -> (String, Value, Vec<String>) {
    let selection = "event { id customer { id } } commissions { id }";
    let payload = staff.done("recordEvent", input, selection).await;
    let rows = payload["commissions"].as_array().unwrap().iter();
    let rows = rows.map(|row| text(&row["id"])).collect();
    (
        text(&payload["event"]["id"]),
        payload["event"]["customer"]["id"].clone(),
        rows,
    )
}

async fn pay(staff: &Client, ids: &[&String], settlement: Option<&str>) -> String {
    if !ids.is_empty() {
        let answers = staff
            .mutate("approveCommissions", json!({ "ids": ids }), "__typename")
            .await;
        let mut answers = answers.as_array().unwrap().iter();
        assert!(answers.all(|answer| answer["userErrors"] == json!([])), "{ids:?}");
    }
    let payload = staff
        .done("createPayoutRun", json!({}), "payoutRun { payouts { nodes { id } } }")
        .await;
    let id = text(&payload["payoutRun"]["payouts"]["nodes"][0]["id"]);
    if let Some(status) = settlement {
        staff
            .done("settlePayout", json!({ "id": id, "status": status }), "__typename")
            .await;
    }
    id
}

impl Ledger {
    async fn new(app: &TestApp) -> Self {
        let tenant = app.tenant("acme").await;
        let staff = app.staff(&tenant, "admin");
        let group = json!({ "name": "Standard", "default": true, "rules": [
            { "newCustomerTimeTier": { "maxMonths": 3, "percentage": "25" } }, { "recurring": { "percentage": "12.5" } },
            { "partnerLtvUpgrade": { "minLtvTotal": "200", "upgradePercentage": "2.5" } },
            { "chargeThresholdBonus": { "minChargeTotal": "50", "bonus": "1.5" } },
        ] });
        made_id(&staff, "createPartnerGroup", "partnerGroup", group).await;
        let terms = json!([{ "basis": "GROUP_RULES" }, { "basis": "FIXED", "value": "5" }]);
        let input = json!({ "name": "Launch", "holdbackDays": 7, "terms": terms });
        let campaign = made_id(&staff, "createCampaign", "campaign", input).await;
        let input = json!({ "name": "Ada", "email": "ada@ada.example" });
        let partner = made_id(&staff, "createPartner", "partner", input).await;
        let charge = |name: &str, amount: &str| {
            json!({
                "externalId": name, "kind": "CHARGE", "amount": { "amount": amount, "currency": "EUR" },
                "customerExternalId": "customer", "partnerId": partner, "campaignId": campaign,
            })
        };
        let (event, customer, rows) = record(&staff, charge("one", "99.99")).await;
        let (_, _, paid_rows) = record(&staff, charge("two", "299.90")).await;
        record(&staff, charge("three", "10")).await;
        let refund = |name: &str, original: &str, amount: Option<&str>| {
            let amount = amount.map(|amount| json!({ "amount": amount, "currency": "EUR" }));
            json!({ "externalId": name, "kind": "REFUND", "originalExternalId": original, "amount": amount })
        };
        record(&staff, refund("back", "three", None)).await;
        app.clock.advance(Duration::from_secs(8 * 86_400));
        // The former token has expired.
        let staff = app.staff(&tenant, "admin");
        let paid = pay(&staff, &[&paid_rows[0], &paid_rows[1]], Some("PAID")).await;
        record(&staff, refund("after payment", "two", Some("10"))).await;
        let (refund, _, clawbacks) = record(&staff, refund("partly", "one", Some("33.33"))).await;
        pay(&staff, &[&rows[0], &rows[1]], Some("CANCELED")).await;
        let pending = pay(&staff, &[], None).await;
        let runs = staff.data("{ payoutRuns(first: 1) { nodes { id } } }").await;
        let run = text(&runs["payoutRuns"]["nodes"][0]["id"]);
        let (_, _, last) = record(&staff, charge("four", "77")).await;
        Self {
            tenant,
            partner,
            campaign,
            customer: text(&customer),
            event,
            refund,
            row: rows[0].clone(),
            clawback: clawbacks[0].clone(),
            paid_row: paid_rows[0].clone(),
            accrued_row: last[0].clone(),
            paid,
            pending,
            run,
        }
    }

    async fn verify(&self, app: &TestApp) -> Vec<Finding> {
        verify(&app.app, &self.tenant).await.expect("the database answers")
    }
}

/// Writes past the program and the database's own guards.
struct Vandal {
    database: DatabaseConnection,
    is_postgres: bool,
}

impl Vandal {
    /// One who leaves the guards alone.
    async fn careful(app: &TestApp) -> Self {
        Self {
            database: sea_orm::Database::connect(app.database_url()).await.unwrap(),
            is_postgres: app.is_postgres(),
        }
    }

    async fn new(app: &TestApp) -> Self {
        let vandal = Self::careful(app).await;
        let guards = match app.is_postgres() {
            true => [
                "commission",
                "commission_transition",
                "payout_item",
                "payout_run_line",
                "partner_transition",
                "commission_snapshot",
                "campaign_version",
                "attribution",
                "partner_group_version",
                "default_group_version",
                "tiered_commission_version",
                "event_decision",
                "tier_result",
                "audit_entry",
                "payout",
                "payout_run",
                "event",
            ]
            .map(|table| format!("ALTER TABLE {table} DISABLE TRIGGER USER"))
            .to_vec(),
            false => app
                .texts("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                .await
                .iter()
                .map(|name| format!("DROP TRIGGER {name}"))
                .collect(),
        };
        for sql in guards {
            vandal.run(&sql).await;
        }
        vandal
    }

    /// An id as SQL writes it.
    fn raw(&self, id: &str) -> String {
        let uuid = parse_any(id).expect("an id").1;
        match self.is_postgres {
            true => format!("'{uuid}'"),
            false => format!("x'{}'", uuid.simple()),
        }
    }

    async fn run(&self, sql: &str) {
        let statement = Statement::from_string(self.database.get_database_backend(), sql);
        let result = self
            .database
            .execute_raw(statement)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert!(
            result.rows_affected() > 0 || !sql.contains(" WHERE "),
            "nothing was broken: {sql}"
        );
    }
}

#[apply(both_databases)]
async fn what_the_program_wrote_verifies(app: TestApp) {
    let ledger = Ledger::new(&app).await;
    assert_eq!(ledger.verify(&app).await, []);
    let other = app.tenant("other").await;
    assert_eq!(verify(&app.app, &other).await.unwrap(), []);
}

#[apply(both_databases)]
async fn contradictions_of_histories_are_found_and_named(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let staff = app.staff(&tenant, "admin");
    let input = json!({ "name": "Launch", "holdbackDays": 0, "terms": [{ "basis": "PERCENT", "value": "10" }] });
    let campaign = made_id(&staff, "createCampaign", "campaign", input).await;
    let partner = made_id(
        &staff,
        "createPartner",
        "partner",
        json!({ "name": "Ada", "email": "ada@ada.example" }),
    )
    .await;
    let mut snapshots = Vec::new();
    for value in ["20", "30"] {
        let input = json!({ "partnerId": partner, "campaignId": campaign, "reason": "better", "terms": [{ "basis": "PERCENT", "value": value }] });
        snapshots.push(made_id(&staff, "amendCommissionSnapshot", "commissionSnapshot", input).await);
    }
    let charge = json!({
        "externalId": "one", "kind": "CHARGE", "amount": { "amount": "10", "currency": "EUR" },
        "partnerId": partner, "campaignId": campaign,
    });
    let (event, _, rows) = record(&staff, charge).await;
    app.clock.advance(Duration::from_secs(1));
    staff
        .mutate("approveCommissions", json!({ "ids": rows }), "__typename")
        .await;
    staff
        .done(
            "suspendPartner",
            json!({ "id": partner, "reason": "r" }),
            "partner { id }",
        )
        .await;
    staff
        .done("activatePartner", json!({ "id": partner }), "partner { id }")
        .await;

    let vandal = Vandal::new(&app).await;
    let raw = |id: &str| vandal.raw(id);
    let (mine, own) = (
        format!("WHERE partner_id = {}", raw(&partner)),
        format!("WHERE id = {}", raw(&partner)),
    );
    let moved = format!("WHERE commission_id = {}", raw(&rows[0]));
    let recorded = format!("WHERE id IN (SELECT event_id FROM attribution {mine})");
    let earlier = "'2020-01-01T00:00:00+00:00'";
    // What is broken, what is said of it, of which id, and how it is mended.
    let cases = [
        (
            format!("UPDATE partner_transition SET from_status = 'INVITED' {mine} AND to_status = 'SUSPENDED'"),
            "do not follow one another: INVITED follows ACTIVE",
            &partner,
            format!("UPDATE partner_transition SET from_status = 'ACTIVE' {mine} AND to_status = 'SUSPENDED'"),
        ),
        (
            format!("UPDATE partner SET status = 'SUSPENDED' {own}"),
            "does not lead to its status",
            &partner,
            format!("UPDATE partner SET status = 'ACTIVE' {own}"),
        ),
        (
            format!("UPDATE partner_transition SET at = {earlier} {mine} AND to_status = 'SUSPENDED'"),
            "decrease 1 times",
            &partner,
            format!(
                "UPDATE partner_transition SET at = (SELECT history_at FROM partner) {mine} AND to_status = 'SUSPENDED'"
            ),
        ),
        (
            format!("UPDATE event SET recorded_at = {earlier} {recorded}"),
            "decrease 1 times",
            &partner,
            format!("UPDATE event SET recorded_at = (SELECT recorded_at FROM attribution) {recorded}"),
        ),
        (
            format!("UPDATE partner SET history_sequence = history_sequence - 1 {own}"),
            "a number would be used twice",
            &partner,
            format!("UPDATE partner SET history_sequence = history_sequence + 1 {own}"),
        ),
        (
            format!("UPDATE commission_snapshot SET version = 4 {mine} AND version = 2"),
            "not in the order of recording (4)",
            &partner,
            format!("UPDATE commission_snapshot SET version = 2 {mine} AND version = 4"),
        ),
        (
            format!("UPDATE commission_snapshot SET sequence = 1 {mine} AND version = 2"),
            "not in the order of recording (2)",
            &partner,
            format!("UPDATE commission_snapshot SET sequence = 3 {mine} AND version = 2"),
        ),
        (
            format!("UPDATE commission SET snapshot_id = {} {mine}", raw(&snapshots[0])),
            "the newest when its event was recorded",
            &rows[0],
            format!("UPDATE commission SET snapshot_id = {} {mine}", raw(&snapshots[1])),
        ),
        (
            format!("UPDATE attribution SET sequence = 2 {mine}"),
            "the newest when its event was recorded",
            &event,
            format!("UPDATE attribution SET sequence = 4 {mine}"),
        ),
        (
            format!("UPDATE attribution SET share_minor = share_minor - 1 {mine}"),
            "disagrees with its event",
            &event,
            format!("UPDATE attribution SET share_minor = share_minor + 1 {mine}"),
        ),
        (
            format!("UPDATE attribution SET qualifying = NOT qualifying {mine}"),
            "disagrees with its event",
            &event,
            format!("UPDATE attribution SET qualifying = NOT qualifying {mine}"),
        ),
        (
            format!("UPDATE attribution SET ended_at = {earlier} {mine}"),
            "has ended, or is another event's",
            &event,
            format!("UPDATE attribution SET ended_at = NULL {mine}"),
        ),
        (
            format!("UPDATE commission SET attribution_id = NULL {mine}"),
            "the attribution that it was made for",
            &rows[0],
            format!("UPDATE commission SET attribution_id = (SELECT id FROM attribution {mine}) {mine}"),
        ),
        (
            format!("UPDATE commission_transition SET at = {earlier} {moved} AND to_status = 'APPROVED'"),
            "moved to APPROVED before it was ACCRUED",
            &rows[0],
            format!(
                "UPDATE commission_transition SET at = (SELECT approved_at FROM commission) {moved} AND to_status = 'APPROVED'"
            ),
        ),
        (
            format!("UPDATE commission_transition SET sequence = 1 {moved} AND to_status = 'APPROVED'"),
            "in another order than its moves",
            &rows[0],
            format!("UPDATE commission_transition SET sequence = 5 {moved} AND to_status = 'APPROVED'"),
        ),
        (
            format!("UPDATE campaign_version SET audit_entry_id = {}", raw(&partner)),
            "version 1 names an entry of the audit log that is not there",
            &campaign,
            "UPDATE campaign_version SET audit_entry_id = NULL".to_owned(),
        ),
    ];
    for (sql, what, id, mend) in cases {
        assert_eq!(verify(&app.app, &tenant).await.unwrap(), [], "before {sql}");
        vandal.run(&sql).await;
        let findings = verify(&app.app, &tenant).await.unwrap();
        let found = findings
            .iter()
            .any(|finding| finding.what.contains(what) && finding.ids.contains(id));
        assert!(found, "{sql}: {what} of {id} is not in {findings:#?}");
        vandal.run(&mend).await;
    }
    assert_eq!(verify(&app.app, &tenant).await.unwrap(), []);
}

#[apply(both_databases)]
async fn whatever_is_broken_is_found_and_named(app: TestApp) {
    let ledger = Ledger::new(&app).await;
    let vandal = Vandal::new(&app).await;
    let raw = |id: &str| vandal.raw(id);
    let Ledger {
        partner,
        campaign,
        customer,
        event,
        refund,
        row,
        clawback,
        paid_row,
        accrued_row,
        paid,
        pending,
        ..
    } = &ledger;
    let of = |set: &str, column: &str, id: &str| format!("{set} WHERE {column} = {}", raw(id));
    let earlier = "'2020-01-01T00:00:00+00:00'";
    // What is broken, what is said of it, and of which id. Each on top of those before.
    let cases = [
        (
            of(
                "UPDATE partner_balance SET accrued_minor = accrued_minor + 1",
                "partner_id",
                partner,
            ),
            "the balance in EUR",
            partner,
        ),
        (
            of(
                "UPDATE partner_balance SET accrued_minor = accrued_minor - 1, reserved_minor = reserved_minor - 1",
                "partner_id",
                partner,
            ),
            "",
            partner,
        ),
        (
            of(
                "UPDATE partner_balance SET approved_minor = approved_minor + 1",
                "partner_id",
                partner,
            ),
            "the partner's statement in EUR does not close",
            partner,
        ),
        (
            of(
                &format!("UPDATE commission SET recipient_assigned_at = {earlier}"),
                "id",
                accrued_row,
            ),
            "was assigned before it was there",
            accrued_row,
        ),
        (
            of("DELETE FROM partner_lifetime_value", "partner_id", partner),
            "the lifetime value in EUR",
            partner,
        ),
        (
            of("UPDATE partner_customer SET paid_charges = 0", "customer_id", customer),
            "count of paid charges",
            customer,
        ),
        (
            of(
                "UPDATE partner_standing SET qualified_customers = 2",
                "partner_id",
                partner,
            ),
            "qualified customers",
            partner,
        ),
        (
            of("UPDATE event SET refunded_minor = refunded_minor + 1", "id", event),
            "refunded amount is not",
            event,
        ),
        (
            of("UPDATE attribution SET campaign_id = NULL", "event_id", refund),
            "a refund names",
            refund,
        ),
        (
            of(
                "UPDATE payout_run_line SET amount_minor = amount_minor + 1",
                "payout_id",
                paid,
            ),
            "the line of its run disagree",
            paid,
        ),
        (
            of(
                "UPDATE payout_run_line SET amount_minor = amount_minor - 1",
                "payout_id",
                paid,
            ),
            "",
            partner,
        ),
        (
            of("UPDATE payout_run_line SET commission_count = 0", "payout_id", paid),
            "the line of its run disagree",
            paid,
        ),
        (
            of("UPDATE payout_run_line SET position = 7", "payout_id", pending),
            "not numbered from 1 on",
            &ledger.run,
        ),
        (
            of("UPDATE payout_run_line SET outcome = 'TOO_LARGE'", "payout_id", pending),
            "the line 7 of the run says PAID_OUT",
            &ledger.run,
        ),
        (
            of("DELETE FROM payout_run_line", "payout_id", pending),
            "or it has no line",
            pending,
        ),
        (
            of("UPDATE payout SET amount_minor = amount_minor + 1", "id", paid),
            "the payout's amount",
            paid,
        ),
        (
            of("UPDATE payout SET settled_at = NULL", "id", paid),
            "time of settlement",
            paid,
        ),
        (
            of("UPDATE payout SET currency = 'USD'", "id", pending),
            "another payee or currency",
            pending,
        ),
        (
            of("UPDATE commission SET amount_minor = -10000000", "id", clawback),
            "clawbacks exceed",
            row,
        ),
        (
            of("UPDATE commission SET mature_at = NULL", "id", clawback),
            "CLAWBACK row disagrees with the row",
            clawback,
        ),
        (
            of("UPDATE commission SET mature_at = NULL", "id", accrued_row),
            "matureAt",
            accrued_row,
        ),
        (
            of("UPDATE commission SET explanation = '[]'", "id", accrued_row),
            "explanation",
            accrued_row,
        ),
        (
            of("UPDATE commission SET recipient = 'Eve'", "id", accrued_row),
            "names a recipient",
            accrued_row,
        ),
        (
            of("UPDATE commission SET campaign_id = NULL", "id", accrued_row),
            "EVENT row disagrees with its event",
            accrued_row,
        ),
        (
            of(
                &format!("UPDATE commission SET accrued_at = {earlier}"),
                "id",
                accrued_row,
            ),
            "accruedAt",
            accrued_row,
        ),
        (
            of(
                &format!("UPDATE commission SET approved_at = {earlier}"),
                "id",
                paid_row,
            ),
            "approvedAt",
            paid_row,
        ),
        (
            of("UPDATE commission SET paid_at = NULL", "id", paid_row),
            "paidAt",
            paid_row,
        ),
        (
            of(
                &format!("UPDATE commission SET reversed_at = {earlier}"),
                "id",
                paid_row,
            ),
            "reversedAt",
            paid_row,
        ),
        (
            of("UPDATE commission SET status = 'REVERSED'", "id", accrued_row),
            "transitions end at ACCRUED",
            accrued_row,
        ),
        (
            of(
                "UPDATE commission_transition SET to_status = 'PAID'",
                "commission_id",
                accrued_row,
            ),
            "moved from nothing to PAID",
            accrued_row,
        ),
        (
            format!(
                "{} AND to_status = 'APPROVED'",
                of("DELETE FROM commission_transition", "commission_id", paid_row)
            ),
            "the transitions do not follow one another",
            paid_row,
        ),
        (of("DELETE FROM outbox", "object_id", row), "those in the outbox", row),
        (
            of("UPDATE commission SET payout_id = NULL", "id", paid_row),
            "PAID row names a payout",
            paid_row,
        ),
        (
            of("UPDATE payout SET status = 'FAILED'", "id", pending),
            "FAILED payout and its row disagree",
            pending,
        ),
        (
            of("UPDATE payout SET status = 'PAID'", "id", pending),
            "PAID payout and its row disagree",
            pending,
        ),
        (
            format!(
                "UPDATE payout_item SET commission_id = {} WHERE payout_id = {} AND commission_id = {}",
                raw(paid_row),
                raw(pending),
                raw(row)
            ),
            "in several payouts",
            paid_row,
        ),
        (
            of("UPDATE event SET primary_attribution_id = NULL", "id", event),
            "is not the one that its event names",
            event,
        ),
        (
            of("DELETE FROM campaign_member", "campaign_id", campaign),
            "to which it does not belong",
            campaign,
        ),
        (
            of("UPDATE customer SET campaign_id = NULL", "id", customer),
            "none of its events",
            customer,
        ),
        (
            of("UPDATE customer SET partner_id = NULL", "id", customer),
            "bound to no partner",
            customer,
        ),
    ];
    let mut before = ledger.verify(&app).await;
    assert_eq!(before, []);
    for (sql, what, id) in cases {
        vandal.run(&sql).await;
        let findings = ledger.verify(&app).await;
        let found = findings.iter().any(|finding| {
            finding.what.contains(what) && finding.ids.contains(id) && (what.is_empty() || !before.contains(finding))
        });
        assert!(found, "{sql}: {what} of {id} is not in {findings:#?}");
        before = findings;
    }
}
