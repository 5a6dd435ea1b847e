//! Tiered commissions as they are made, changed, listed and simulated.

mod costs;
mod crud;
mod lists;
mod simulation;

use serde_json::{Value, json};

use crate::ledger::{Shop, merged, text};

/// A tenant with partners, campaigns and an advertiser that tiers may name.
pub struct Network<'a> {
    pub shop: Shop<'a>,
    pub ann: String,
    pub ben: String,
    /// Of the advertiser.
    pub shoes: String,
    pub hats: String,
    pub brand: String,
}

impl<'a> Network<'a> {
    pub async fn new(app: &'a crate::support::TestApp) -> Self {
        let shop = Shop::new(app).await;
        let brand = shop
            .make("createAdvertiser", "advertiser", json!({ "name": "Brand" }))
            .await;
        let terms = json!([{ "basis": "FIXED", "value": "4", "currency": "EUR" }]);
        let campaign = |name: &str, advertiser: Option<&String>| json!({ "name": name, "terms": terms, "advertiserId": advertiser });
        Self {
            ann: shop.partner("ann").await,
            ben: shop.partner("ben").await,
            shoes: shop.campaign_with(campaign("Shoes", Some(&brand))).await,
            hats: shop.campaign_with(campaign("Hats", None)).await,
            brand,
            shop,
        }
    }

    /// A tier of all partners on the first campaign, once there were ten conversions in a month.
    pub fn tier(&self, more: Value) -> Value {
        let tier = json!({
            "name": "Tier", "status": "ACTIVE", "startDate": "2026-01-01", "endDate": "2026-12-31", "period": "MONTHLY",
            "applyToAllPartners": true, "campaignIds": [self.shoes], "goals": [{ "metric": "CONVERSION", "goal": "10" }],
        });
        merged(tier, more)
    }

    pub async fn create(&self, more: Value) -> String {
        self.shop
            .make("createTieredCommission", "tieredCommission", self.tier(more))
            .await
    }
}

/// The names of a list of tiers.
pub fn names(nodes: &Value) -> Vec<String> {
    nodes
        .as_array()
        .expect("a list")
        .iter()
        .map(|node| text(&node["name"]))
        .collect()
}
