//! What is exported can be brought into another tenant.

use std::process::Command;

use serde_json::json;
use tributary::import::moving_in::Kind;

use super::{House, PARTNERS};
use crate::ledger::Shop;
use crate::support::both_databases;

const KINDS: [Kind; 4] = [Kind::Partners, Kind::Customers, Kind::Events, Kind::Commissions];

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

    /// Exports everything, in files of this ending, and imports it into another tenant.
    fn carry(&self, ending: &str, to: &str) {
        for kind in KINDS {
            let name = kind.name();
            let text = self.run(&["export", name, "--tenant", &self.shop.tenant.slug, "--format", ending]);
            let mut lines: Vec<_> = text.lines().collect();
            // Exports are newest first, and history is brought in as it happened.
            lines[usize::from(ending == "csv")..].reverse();
            let file = self.file(&format!("{name}.{ending}"), lines.join("\n"));
            let told = self.run(&["import", name, file.to_str().unwrap(), "--tenant", to]);
            assert!(told.contains(" 0 were there before, 0 problems"), "{told}");
        }
    }
}

both_databases! {
    async fn an_export_comes_into_a_fresh_tenant(app: TestApp) {
        let from = House::new(&app).await;
        let campaign = json!({ "externalId": "k1", "terms": [{ "basis": "PERCENT", "value": "10" }] });
        let id = from.shop.campaign_with(campaign.clone()).await;
        from.moved(Kind::Partners, PARTNERS).await;
        let ann = from.partner("p1").await;
        for (number, amount) in [(1, "100"), (2, "50"), (3, "7")] {
            from.shop.record(json!({
                "externalId": format!("e{number}"), "kind": "CHARGE", "amount": { "amount": amount, "currency": "EUR" },
                "occurredAt": format!("2025-01-0{number}T00:00:00Z"), "customerExternalId": format!("c{number}"),
                "partnerId": ann, "campaignId": id, "metadata": { "text": "a \"quoted\", =cell" },
            })).await;
        }
        from.shop.refund("r1", "e1", Some("40")).await;
        let rows = from.shop.rows(&ann).await;
        from.shop.approve(&[rows[1]["id"].as_str().unwrap()]).await;
        from.shop.pay().await;
        for (slug, ending) in [("by-csv", "csv"), ("by-jsonl", "jsonl")] {
            let to = House::of(Shop { app: &app, tenant: app.tenant(slug).await });
            to.shop.campaign_with(campaign.clone()).await;
            from.carry(ending, slug);
            let there = to.partner("p1").await;
            assert_eq!(to.shop.balances(&there).await, from.shop.balances(&ann).await);
            assert_eq!(to.shop.lifetime_value(&there).await, from.shop.lifetime_value(&ann).await);
            let document = "{ customers { nodes { externalId acquiredAt partner { externalId } campaign { externalId } } }
                events(first: 50) { nodes { externalId kind amount { amount } occurredAt metadata original { externalId } } } }";
            assert_eq!(to.shop.staff().data(document).await, from.shop.staff().data(document).await);
            to.assert_sound().await;
            // What was taken back in part goes back as a whole, and not more.
            to.shop.refund("r2", "e1", None).await;
            to.assert_sound().await;
            let rows = to.shop.ledger(&there).await;
            assert!(rows.contains(&"OPENING REVERSED 10.00".to_owned()) && rows.contains(&"OPENING REVERSED -4.00".to_owned()), "{rows:?}");
        }
    }
}
