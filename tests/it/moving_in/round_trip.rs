//! What is exported can be brought into another tenant.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use tributary::clock::Clock;
use tributary::import::moving_in::FileKind;

use super::{House, PARTNERS, problems};
use crate::ledger::{Shop, decimal};
use crate::support::both_databases;

const KINDS: [FileKind; 4] = [
    FileKind::Partners,
    FileKind::Customers,
    FileKind::Events,
    FileKind::Commissions,
];

impl House<'_> {
    fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
        let output = command
            .args(["--database-url", &self.shop.app.database_url()])
            .args(arguments)
            .output();
        let output = output.expect("it starts");
        let [told, errors] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        assert!(output.status.success(), "{arguments:?}: {told} {errors}");
        told
    }

    /// Exports everything, in files of this ending, and imports it into another tenant; gives the files.
    fn carry(&self, ending: &str, to: &str) -> Vec<(FileKind, PathBuf)> {
        let mut files = Vec::new();
        for kind in KINDS {
            let name = kind.name();
            let text = self.run(&["export", name, "--tenant", &self.shop.tenant.slug, "--format", ending]);
            let mut lines: Vec<_> = text.lines().collect();
            // Exports are newest first, and history is brought in as it happened.
            lines[usize::from(ending == "csv")..].reverse();
            let file = self.file(&format!("{name}.{ending}"), lines.join("\n"));
            let told = self.run(&["import", name, file.to_str().unwrap(), "--tenant", to]);
            assert!(told.contains(" 0 were there before, 0 problems"), "{told}");
            files.push((kind, file));
        }
        files
    }

    /// What a partner is owed and was paid in all, by status, and what its statement ends with.
    async fn sums(&self, partner: &str) -> Value {
        let document = "query($id: ID!, $from: DateTime!, $to: DateTime!) {
            commissions(filter: { partnerId: $id }) { totals { status count amount currency } }
            statement(partnerId: $id, currency: \"EUR\", from: $from, to: $to) { closing { amount } } }";
        // The commands go by the clock of the machine, which is ahead of the test's.
        let clock = &self.shop.app.clock;
        let behind = (Clock::System.now() - clock.now()).to_std().unwrap_or_default();
        clock.advance(behind + Duration::from_secs(1));
        let range = json!({ "id": partner, "from": "2026-01-01T00:00:00Z", "to": clock.now().to_rfc3339() });
        self.shop.staff().data_with(document, range).await
    }

    /// What was earned of each event, by its external id, and in sum without one.
    async fn by_event(&self) -> BTreeMap<String, Decimal> {
        let document = "{ commissions(first: 100) { nodes { amount { amount } adjusts { event { externalId } } event { externalId original { externalId } } } } }";
        let data = self.shop.staff().data(document).await;
        let mut sums = BTreeMap::new();
        for row in data["commissions"]["nodes"].as_array().unwrap() {
            let event = &row["event"];
            let name = event["original"]["externalId"]
                .as_str()
                .or(event["externalId"].as_str());
            *sums.entry(name.unwrap_or_default().to_owned()).or_default() += decimal(&row["amount"]["amount"]);
        }
        sums
    }
}

#[apply(both_databases)]
async fn an_export_comes_into_a_fresh_tenant(app: TestApp) {
    let from = House::new(&app).await;
    let campaign = json!({ "externalId": "k1", "terms": [{ "basis": "PERCENT", "value": "10" }] });
    let id = from.shop.campaign_with(campaign.clone()).await;
    from.moved(FileKind::Partners, PARTNERS).await;
    let ann = from.partner("p1").await;
    for (number, amount) in [(1, "100"), (2, "50"), (3, "7")] {
        from.shop
            .record(json!({
                "externalId": format!("e{number}"), "kind": "CHARGE", "amount": { "amount": amount, "currency": "EUR" },
                "occurredAt": format!("2025-01-0{number}T00:00:00Z"), "customerExternalId": format!("c{number}"),
                "partnerId": ann, "campaignId": id, "metadata": { "text": "a \"quoted\", =cell" },
            }))
            .await;
    }
    from.shop.refund("r1", "e1", Some("40")).await;
    let rows = from.shop.rows(&ann).await;
    from.shop.approve(&[rows[1]["id"].as_str().unwrap()]).await;
    from.shop.pay().await;
    let manual = json!({ "partnerId": ann, "amount": { "amount": "2.50", "currency": "EUR" }, "reason": "goodwill" });
    from.shop.make("createManualCommission", "commission", manual).await;
    for (slug, ending) in [("by-csv", "csv"), ("by-jsonl", "jsonl")] {
        let to = House::of(Shop {
            app: &app,
            tenant: app.tenant(slug).await,
        });
        to.shop.campaign_with(campaign.clone()).await;
        let files = from.carry(ending, slug);
        let there = to.partner("p1").await;
        assert_eq!(to.shop.balances(&there).await, from.shop.balances(&ann).await);
        assert_eq!(
            to.shop.lifetime_value(&there).await,
            from.shop.lifetime_value(&ann).await
        );
        let document = "{ customers { nodes { externalId acquiredAt partner { externalId } campaign { externalId } } }
                events(first: 50) { nodes { externalId kind amount { amount } occurredAt metadata original { externalId } } } }";
        assert_eq!(
            to.shop.staff().data(document).await,
            from.shop.staff().data(document).await
        );
        assert_eq!(to.sums(&there).await, from.sums(&ann).await);
        assert_eq!(to.by_event().await, from.by_event().await);
        to.assert_sound().await;
        let before = app.rows_but_log().await;
        for (kind, file) in files {
            let told = to.run(&["import", kind.name(), file.to_str().unwrap(), "--tenant", slug]);
            assert!(
                told.contains(&format!(": 0 {} imported", kind.name())) && told.contains(", 0 problems"),
                "{told}"
            );
        }
        assert_eq!(app.rows_but_log().await, before);
        // What was taken back in part goes back as a whole, and not more.
        to.shop.refund("r2", "e1", None).await;
        to.assert_sound().await;
        let rows = to.shop.ledger(&there).await;
        assert!(
            rows.contains(&"OPENING REVERSED 10.00".to_owned()) && rows.contains(&"OPENING REVERSED -4.00".to_owned()),
            "{rows:?}"
        );
    }
}

#[apply(both_databases)]
async fn an_export_read_by_its_own_tenant_doubles_nothing(app: TestApp) {
    let house = House::new(&app).await;
    let campaign = json!({ "externalId": "k1", "terms": [{ "basis": "PERCENT", "value": "10" }] });
    let id = house.shop.campaign_with(campaign).await;
    house.moved(FileKind::Partners, PARTNERS).await;
    let ann = house.partner("p1").await;
    house.shop.sale("e1", &ann, &id, "100").await;
    let manual = json!({ "partnerId": ann, "amount": { "amount": "2.50", "currency": "EUR" }, "reason": "goodwill" });
    house.shop.make("createManualCommission", "commission", manual).await;
    house
        .moved(
            FileKind::Commissions,
            "externalId,amount,currency,status,partnerExternalId\nx1,5.00,EUR,PAID,p1\n",
        )
        .await;
    let text = house.run(&["export", "commissions", "--tenant", &house.shop.tenant.slug]);
    assert!(
        text.starts_with("id,externalId,kind,") && text.contains(",x1,OPENING,PAID,5.00,EUR,"),
        "{text}"
    );
    let before = app.rows_but_log().await;
    let mut told = problems(&house.import(FileKind::Commissions, &text).await);
    told.iter_mut()
        .for_each(|line| *line = line.split_once(": ").unwrap().1.to_owned());
    told.sort();
    assert_eq!(
        told,
        [
            "externalId was imported before with different content",
            "id is the id of an existing commission",
            "id is the id of an existing commission",
        ]
    );
    assert_eq!(app.rows_but_log().await, before);
}
