//! Correcting who earned: customers and events that are moved to another partner.

mod commands;
mod counted;
mod deletion;
mod former;
mod imported;
mod interrupted;
mod paid;
mod partners;
mod preview;
mod races;
mod rows;

use serde_json::{Value, json};
use tributary::service::ledger::verify::verify;

use crate::ledger::{ROW, Shop, charge, merged, text};

/// What tests look at of a move.
fn selection() -> String {
    format!(
        "customer {{ id partner {{ id }} campaign {{ id }} }} event {{ externalId attribution {{ partner {{ id }} }} }} remaining
        rows(first: 500) {{ totalCount nodes {{ event {{ externalId }} outcome before {{ {ROW} }} after {{ event term amount {{ amount }}
        holdbackDays matureAt explanation {{ source detail }} }} commission {{ {ROW} }} clawback {{ {ROW} }} }} }}"
    )
}

/// Two partners on a campaign, and a customer of the first.
struct Two<'a> {
    shop: Shop<'a>,
    ann: String,
    bob: String,
    campaign: String,
}

impl<'a> Two<'a> {
    async fn new(app: &'a crate::support::TestApp, terms: Value) -> Self {
        let shop = Shop::new(app).await;
        let (ann, bob) = (shop.partner("ann").await, shop.partner("bob").await);
        let campaign = shop.campaign_with(json!({ "terms": terms, "holdbackDays": 10 })).await;
        Self {
            shop,
            ann,
            bob,
            campaign,
        }
    }

    /// A charge of the customer, credited to the first partner.
    fn charge(&self, id: &str, amount: &str) -> Value {
        merged(
            charge(id, &self.ann, &self.campaign, amount),
            json!({ "customerExternalId": "cust" }),
        )
    }

    async fn customer(&self) -> Value {
        let document = "{ customers { nodes { id partner { id } campaign { id } } } }";
        self.shop.staff().data(document).await["customers"]["nodes"][0].clone()
    }

    /// A move of the customer to the second partner, with all that was recorded.
    async fn to_bob(&self) -> Value {
        json!({
            "customerId": self.customer().await["id"], "partnerId": self.bob, "campaignId": self.campaign,
            "from": "2000-01-01T00:00:00Z", "reason": "wrong link",
        })
    }

    async fn reassign(&self, input: Value) -> Value {
        self.shop.staff().done("reassignCustomer", input, &selection()).await
    }

    async fn preview(&self, input: Value) -> Value {
        self.shop
            .staff()
            .done("previewReassignCustomer", input, &selection())
            .await
    }

    async fn attribute(&self, event: &str, more: Value) -> Value {
        let input = json!({ "eventId": self.event(event).await["id"], "partnerId": self.bob, "reason": "wrong link" });
        self.shop
            .staff()
            .done("attributeEvent", merged(input, more), &selection())
            .await
    }

    async fn event(&self, external_id: &str) -> Value {
        let document = "query($id: String!) { event(externalId: $id) { id recordedAt attribution { id partner { id } campaign { id } }
            decision { earned reason components { term reason amount { amount } } } refunds { attribution { partner { id } } } } }";
        self.shop
            .staff()
            .data_with(document, json!({ "id": external_id }))
            .await["event"]
            .clone()
    }

    async fn assert_sound(&self) {
        let findings = verify(&self.shop.app.app, &self.shop.tenant).await.expect("no fault");
        assert_eq!(findings, []);
    }
}

/// Each row as "event OUTCOME before>after clawback".
fn told(payload: &Value) -> Vec<String> {
    let rows = payload["rows"]["nodes"].as_array().expect("rows").iter();
    rows.map(|row| {
        let amount = |of: &str| row[of]["amount"]["amount"].as_str().unwrap_or("-").to_owned();
        let [event, outcome] = [&row["event"]["externalId"], &row["outcome"]].map(text);
        format!(
            "{event} {outcome} {}>{} {}",
            amount("before"),
            amount("after"),
            amount("clawback")
        )
    })
    .collect()
}
