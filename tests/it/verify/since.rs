//! What changed since it was found to hold is looked at again, whatever changed it, and nothing else is.

use std::time::Duration;

use serde_json::json;
use tributary::auth::Caller;
use tributary::import::moving_in::{FileKind, ImportOptions, run};
use tributary::service::ledger::review::approve_matured;
use tributary::service::ledger::verify::{Finding, VerifiedState, verify, verify_since};
use tributary::store::StoreError;

use super::Vandal;
use crate::deals::{Sales, fixed, one_off};
use crate::ledger::{charge, euros, merged, refund, text};
use crate::support::{TestApp, both_databases};

/// Everything that writes about a partner, in an order in which it can be done.
const WRITES: [&str; 28] = [
    "a charge",
    "an event that earns nothing",
    "a refund",
    "an approval",
    "a payout run",
    "a payout that failed",
    "another run",
    "a payout that is paid",
    "a reversal",
    "a row by hand",
    "a snapshot",
    "a suspension",
    "an activation",
    "a deal that pays",
    "a recipient",
    "a deal that is lost",
    "a deal that is lost and paid nothing",
    "a tier",
    "what a tier counts",
    "what matured",
    "another version of a tier",
    "a customer with events",
    "a customer back",
    "a customer without events",
    "an event of nobody",
    "events that are brought in",
    "rows that are brought in",
    "a reversal that takes along",
];

struct World<'a> {
    sales: Sales<'a>,
    /// Whom customers are moved to.
    other: String,
    /// Of whom nothing is written.
    untouched: String,
    campaign: String,
    folder: tempfile::TempDir,
}

impl<'a> World<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let sales = Sales::new(app).await;
        let (other, untouched) = (sales.partner("bob").await, sales.partner("cid").await);
        let terms = json!([{ "basis": "PERCENT", "value": "10" }]);
        let campaign = sales.campaign_with(json!({ "terms": terms, "holdbackDays": 0 })).await;
        // Nothing of it matures.
        let theirs = sales.percent("10").await;
        let individuals = json!({ "paymentTarget": "INDIVIDUAL" });
        sales
            .rule_with(json!([one_off(&sales.won, fixed("5"))]), individuals)
            .await;
        for (partner, campaign) in [(&sales.partner, &campaign), (&other, &theirs), (&untouched, &theirs)] {
            sales
                .sale(&format!("first of {partner}"), partner, campaign, "100")
                .await;
        }
        let nobodys = json!({ "externalId": "nobody's", "kind": "CHARGE", "amount": euros("10") });
        sales.record(nobodys).await;
        let folder = tempfile::tempdir().unwrap();
        Self {
            sales,
            other,
            untouched,
            campaign,
            folder,
        }
    }

    fn own(&self, name: &str) -> serde_json::Value {
        merged(
            charge(name, &self.sales.partner, &self.campaign, "50"),
            json!({ "customerExternalId": "customer" }),
        )
    }

    /// A row of an event with a status.
    async fn row(&self, status: &str) -> String {
        let rows = self.sales.rows(&self.sales.partner).await;
        let mut rows = rows
            .iter()
            .filter(|row| row["status"] == status && row["kind"] == "EVENT");
        text(&rows.next().unwrap_or_else(|| panic!("no row is {status}"))["id"])
    }

    async fn pending(&self) -> serde_json::Value {
        let data = self
            .sales
            .staff()
            .data("{ payouts(first: 1, filter: { status: [PENDING] }) { nodes { id } } }")
            .await;
        data["payouts"]["nodes"][0].clone()
    }

    async fn import(&self, kind: FileKind, text: &str) {
        let path = self.folder.path().join("rows.csv");
        std::fs::write(&path, text).unwrap();
        let caller = Caller::operator(self.sales.tenant.id, "import");
        let report = run(
            &self.sales.app.app,
            &caller,
            kind,
            &path,
            &ImportOptions::default(),
            |_| {},
        )
        .await
        .expect("a file");
        assert_eq!((report.problems.count(), report.created), (0, 1), "{kind:?}");
    }

    async fn reassign(&self, partner: &str, more: serde_json::Value) {
        let data = self
            .sales
            .staff()
            .data("{ customer(externalId: \"customer\") { id } }")
            .await;
        let input = json!({ "customerId": data["customer"]["id"], "partnerId": partner, "campaignId": self.campaign, "reason": "r" });
        self.sales
            .staff()
            .done("reassignCustomer", merged(input, more), "__typename")
            .await;
    }

    /// A deal enters a stage.
    async fn enter(&self, deal: &str, stage: &str) {
        let document = "query($id: String!) { deal(externalId: $id) { id } }";
        let data = self.sales.staff().data_with(document, json!({ "id": deal })).await;
        self.sales.enter(&text(&data["deal"]["id"]), stage).await;
    }

    async fn write(&self, what: &str) {
        let Self { sales, campaign, .. } = self;
        let (partner, staff) = (&sales.partner, sales.staff());
        match what {
            "a charge" => drop(sales.record(self.own("one")).await),
            "an event that earns nothing" => {
                let input = json!({ "externalId": "nothing", "kind": "CONVERSION", "partnerId": partner, "campaignId": campaign });
                sales.record(input).await;
            }
            "a refund" => drop(sales.refund("back", "one", Some("10")).await),
            "an approval" => sales.approve(&[&self.row("ACCRUED").await]).await,
            "a payout run" | "another run" => drop(sales.run(json!({ "partnerIds": [partner] })).await),
            "a payout that failed" => sales.settle(&self.pending().await, "FAILED").await,
            "a payout that is paid" => sales.settle(&self.pending().await, "PAID").await,
            "a reversal" => {
                let row = self.row("ACCRUED").await;
                assert_eq!(sales.reverse(&[&row]).await, [""]);
            }
            "a row by hand" => {
                let input = json!({ "partnerId": partner, "amount": euros("1"), "reason": "r" });
                sales.make("createManualCommission", "commission", input).await;
            }
            "a snapshot" => {
                let terms = json!([{ "basis": "PERCENT", "value": "20" }]);
                let input = json!({ "partnerId": partner, "campaignId": campaign, "reason": "r", "terms": terms });
                sales.make("amendCommissionSnapshot", "commissionSnapshot", input).await;
            }
            "a suspension" => drop(
                staff
                    .done(
                        "suspendPartner",
                        json!({ "id": partner, "reason": "r" }),
                        "partner { id }",
                    )
                    .await,
            ),
            "an activation" => drop(
                staff
                    .done("activatePartner", json!({ "id": partner }), "partner { id }")
                    .await,
            ),
            "a deal that pays" => {
                sales.deal_with("100", json!({ "externalId": "deal" })).await;
                self.enter("deal", &sales.won).await;
            }
            "a recipient" => {
                let rows = sales.rows(partner).await;
                let row = rows.iter().find(|row| row["kind"] == "DEAL").expect("a row");
                let input = json!({ "id": row["id"], "recipient": "Ina" });
                staff
                    .done("assignCommissionRecipient", input, "commission { id }")
                    .await;
            }
            "a deal that is lost" => self.enter("deal", &sales.lost).await,
            "a deal that is lost and paid nothing" => self.enter("idle", &sales.lost).await,
            "what matured" => assert!(approve_matured(&sales.app.app, 100).await.unwrap() > 0),
            "a tier" => {
                let tier = json!({
                    "name": "Silver", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
                    "partnerIds": [partner], "campaignIds": [campaign],
                    "goals": [{ "metric": "CONVERSION", "goal": "100" }], "payout": { "action": "INCREASE", "value": "10" },
                });
                sales.make("createTieredCommission", "tieredCommission", tier).await;
                sales.record(self.own("counted first")).await;
            }
            "what a tier counts" => drop(sales.record(self.own("counted")).await),
            "another version of a tier" => {
                let data = staff.data("{ tieredCommissions(first: 1) { nodes { id } } }").await;
                let input = json!({ "id": data["tieredCommissions"]["nodes"][0]["id"], "endDate": "2038-12-31" });
                staff
                    .done("updateTieredCommission", input, "tieredCommission { id }")
                    .await;
            }
            "a customer without events" => self.reassign(&self.other, json!({})).await,
            "a customer with events" => {
                self.reassign(&self.other, json!({ "from": "2000-01-01T00:00:00Z" }))
                    .await
            }
            "a customer back" => self.reassign(partner, json!({ "from": "2000-01-01T00:00:00Z" })).await,
            "an event of nobody" => {
                let data = staff.data("{ event(externalId: \"nobody's\") { id } }").await;
                let input = json!({ "eventId": data["event"]["id"], "partnerId": partner, "reason": "r" });
                staff.done("attributeEvent", input, "__typename").await;
            }
            "events that are brought in" => {
                let head = "externalId,kind,amount,currency,occurredAt,customerExternalId,partnerExternalId";
                self.import(
                    FileKind::Events,
                    &format!("{head}\nold,CHARGE,1.00,EUR,2025-01-01,c9,ann\n"),
                )
                .await;
            }
            "rows that are brought in" => {
                let head =
                    "externalId,amount,currency,status,percent,partnerExternalId,eventExternalId,accruedAt,paidAt";
                self.import(
                    FileKind::Commissions,
                    &format!("{head}\nold,1.00,EUR,PENDING,,ann,,2025-01-01,\n"),
                )
                .await;
            }
            "a reversal that takes along" => {
                let row = sales.sale("taken", partner, campaign, "10").await;
                sales.refund("some of it", "taken", Some("1")).await;
                assert_eq!(sales.reverse(&[&row]).await, [""]);
            }
            what => unreachable!("{what}"),
        }
    }

    /// What a run finds that looks at what changed since the last one that found nothing; what holds is known from then on.
    async fn since(&self, known: &mut VerifiedState) -> Vec<Finding> {
        let before = known.clone();
        let add = |_, holds: Vec<_>| {
            holds.into_iter().for_each(|holds| known.add(holds));
            Ok::<_, StoreError>(())
        };
        verify_since(&self.sales.app.app, &self.sales.tenant, &before, add)
            .await
            .unwrap()
    }
}

#[apply(both_databases)]
async fn whatever_is_written_about_a_partner_has_it_looked_at_again(app: TestApp) {
    let world = World::new(&app).await;
    let partner = &world.sales.partner;
    let staff = world.sales.staff();
    staff
        .done(
            "updatePartner",
            json!({ "id": partner, "externalId": "ann" }),
            "partner { id }",
        )
        .await;
    world.sales.deal_with("100", json!({ "externalId": "idle" })).await;
    let vandal = Vandal::new(&app).await;
    let of = [partner, &world.untouched].map(|id| vandal.raw(id)).join(", ");
    let broken =
        |by: &str| format!("UPDATE partner_balance SET paid_minor = paid_minor {by} WHERE partner_id IN ({of})");
    let mut known = VerifiedState::default();
    assert_eq!(world.since(&mut known).await, []);
    for what in WRITES {
        vandal.run(&broken("+ 1")).await;
        // Nothing was written in the program's way: this is for a run from the beginning.
        assert_eq!(world.since(&mut known).await, [], "before {what}");
        app.clock.advance(Duration::from_secs(1));
        world.write(what).await;
        let findings = world.since(&mut known).await;
        let told = |id: &str| {
            findings
                .iter()
                .any(|finding| finding.ids.iter().any(|other| other == id))
        };
        assert!(told(partner), "{what}: {findings:#?}");
        assert!(!told(&world.untouched), "{what}: {findings:#?}");
        let all = verify(&app.app, &world.sales.tenant).await.unwrap();
        assert!(all.len() > findings.len(), "{what}: {all:#?}");
        vandal.run(&broken("- 1")).await;
        assert_eq!(world.since(&mut known).await, [], "after {what}");
    }
    assert_eq!(verify(&app.app, &world.sales.tenant).await.unwrap(), []);
}

#[apply(both_databases)]
async fn what_belongs_to_nobody_is_looked_at_again_when_there_is_more_of_it(app: TestApp) {
    let world = World::new(&app).await;
    let vandal = Vandal::new(&app).await;
    let mut known = VerifiedState::default();
    assert_eq!(world.since(&mut known).await, []);
    vandal
        .run("UPDATE event SET refunded_minor = 7 WHERE primary_attribution_id IS NULL")
        .await;
    assert_eq!(world.since(&mut known).await, []);
    world
        .sales
        .record(merged(refund("back", "nobody's", Some("1")), json!({})))
        .await;
    let findings = world.since(&mut known).await;
    assert!(
        findings
            .iter()
            .any(|finding| finding.what.contains("refunded amount is not")),
        "{findings:#?}"
    );
    // And as long as it does not hold.
    assert_eq!(world.since(&mut known).await, findings);
    vandal
        .run("UPDATE event SET refunded_minor = 100 WHERE primary_attribution_id IS NULL AND original_id IS NULL")
        .await;
    assert_eq!(world.since(&mut known).await, []);
}

#[apply(both_databases)]
async fn the_newest_of_the_outbox_is_looked_at_every_time(app: TestApp) {
    let world = World::new(&app).await;
    let vandal = Vandal::new(&app).await;
    let mut known = VerifiedState::default();
    assert_eq!(world.since(&mut known).await, []);
    vandal.run("DELETE FROM outbox WHERE type = 'COMMISSION_ACCRUED'").await;
    let findings = world.since(&mut known).await;
    assert_eq!(findings.len(), 3, "{findings:#?}");
    // Two days later a clean run has moved on.
    let mut later = VerifiedState {
        whole: None,
        ..known.clone()
    };
    later.whole = Some(app.clock.now() + Duration::from_secs(2 * 86_400));
    assert_eq!(world.since(&mut later).await, []);
    assert_eq!(verify(&app.app, &world.sales.tenant).await.unwrap().len(), 3);
}
