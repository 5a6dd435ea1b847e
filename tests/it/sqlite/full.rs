//! A disk without room for a while, as SQLite sees it.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use tributary::store::Store;

use crate::support::programme::made_id;
use crate::support::{Client, TestApp};

/// Bounds the pages of the file, as long as its writing connection lives: `None` for as many as there are now.
async fn bound(store: &Store, pages: Option<u32>) {
    let sqlite = |sql: String| Statement::from_string(DbBackend::Sqlite, sql);
    let transaction = store.begin_unaudited().await.expect("it begins");
    // Fewer than there are count as so many.
    let pragma = sqlite(format!("PRAGMA max_page_count = {}", pages.unwrap_or(1)));
    transaction.query_one_raw(pragma).await.expect("it is understood");
    // Nothing was written: whether there is room is not known by this.
    transaction.rollback().await.expect("it ends");
}

/// A campaign and a partner.
async fn programme(admin: &Client) -> (String, String) {
    let terms = json!([{ "basis": "PERCENT", "value": "10" }]);
    let campaign = json!({ "name": "C", "terms": terms });
    let partner = json!({ "name": "P", "email": "p@p.example" });
    (
        made_id(admin, "createCampaign", "campaign", campaign).await,
        made_id(admin, "createPartner", "partner", partner).await,
    )
}

fn event(external_id: &str, partner: &str, campaign: &str) -> Value {
    json!({
        "externalId": external_id, "kind": "CHARGE", "amount": { "amount": "10.00", "currency": "EUR" },
        "partnerId": partner, "campaignId": campaign, "customerExternalId": external_id,
    })
}

async fn record(client: &Client, input: Value) -> bool {
    let document =
        "mutation($input: RecordEventInput!) { recordEvent(input: $input) { event { id } userErrors { code } } }";
    let answer = client.ask_with(document, json!({ "input": input })).await;
    answer.body["data"]["recordEvent"]["event"]["id"].is_string()
}

#[tokio::test]
async fn what_is_acknowledged_after_a_full_disk_is_there() {
    let app = TestApp::on_sqlite().await;
    let admin = app.admin().await;
    let (campaign, partner) = programme(&admin).await;
    let mut there = 0;
    for round in 0..3 {
        bound(app.store(), None).await;
        let mut number = 0;
        while record(&admin, event(&format!("{round} full {number}"), &partner, &campaign)).await {
            number += 1;
        }
        there += number;
        bound(app.store(), Some(u32::MAX / 2)).await;
        // Refused by the program itself, which rolls back.
        let again = json!({ "name": "P", "email": "p@p.example" });
        let problems = admin.problems("createPartner", again, "partner { id }").await;
        assert!(!problems.is_empty());
        for number in 0..20 {
            let input = event(&format!("{round} after {number}"), &partner, &campaign);
            assert!(record(&admin, input).await, "there is room");
            there += 1;
            // Another connection sees it.
            assert_eq!(app.texts("SELECT external_id FROM event").await.len(), there);
        }
    }
}
