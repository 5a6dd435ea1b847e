//! Events that are history count, and earn nothing.

use serde_json::{Value, json};
use tributary::import::moving_in::{FileKind, ImportOptions};

use super::{House, PARTNERS, problems};
use crate::ledger::{charge, merged};
use crate::support::both_databases;

const EVENTS: &str = "externalId,kind,type,amount,currency,occurredAt,customerExternalId,partnerExternalId,campaignExternalId,originalExternalId\n\
    e1,CHARGE,sale,100.00,EUR,2025-01-01T10:00:00Z,c1,p1,k1,\n\
    e2,CHARGE,sale,50.00,EUR,2025-01-05T10:00:00Z,c1,,,\n\
    e3,CONVERSION,,,,2025-01-06T10:00:00Z,c2,p2,k1,\n\
    r1,REFUND,,30.00,EUR,2025-01-07T10:00:00Z,,,,e1\n\
    r2,CHARGEBACK,,,,2025-01-08T10:00:00Z,,,,e2\n\
    e4,CHARGE,,5.00,USD,2025-01-09T10:00:00Z,c3,,,\n";

impl House<'_> {
    async fn campaign(&self, terms: Value) -> String {
        self.shop
            .campaign_with(json!({ "externalId": "k1", "terms": terms }))
            .await
    }
}

#[apply(both_databases)]
async fn lifetime_values_customers_and_firsts_follow_and_nothing_is_earned(app: TestApp) {
    let house = House::new(&app).await;
    let campaign = house
        .campaign(
            json!([{ "basis": "PERCENT", "value": "10", "trigger": "FIRST", "eventType": "sale" },
        { "basis": "PERCENT", "value": "1", "trigger": "SUBSEQUENT", "eventType": "sale" }]),
        )
        .await;
    house.moved(FileKind::Partners, PARTNERS).await;
    assert_eq!(house.moved(FileKind::Events, EVENTS).await, 6);
    let (ann, bob) = (house.partner("p1").await, house.partner("p2").await);
    assert_eq!(house.shop.lifetime_value(&ann).await, ["70.00 EUR"]);
    assert_eq!(house.shop.ledger(&ann).await, Vec::<String>::new());
    let document = "{ events(first: 10, orderBy: null) { totalCount } e: event(externalId: \"e2\") { decision { earned reason } refundedAmount { amount } attribution { campaign { id } } }
            customer(externalId: \"c1\") { acquiredAt partner { id } } c3: customer(externalId: \"c3\") { partner { id } } }"
        .replace(", orderBy: null", "");
    let data = house.shop.staff().data(&document).await;
    assert_eq!(data["events"]["totalCount"], 6);
    assert_eq!(
        data["e"],
        json!({ "decision": { "earned": false, "reason": "IMPORTED" }, "refundedAmount": { "amount": "50.00" },
        "attribution": { "campaign": { "id": campaign } } })
    );
    assert_eq!(
        data["customer"],
        json!({ "acquiredAt": "2025-01-01T10:00:00Z", "partner": { "id": ann } })
    );
    assert_eq!(data["c3"]["partner"], Value::Null);
    house.assert_sound().await;
    // What is recorded from now on comes after it: it is no first sale.
    let sale = merged(
        charge("live", &ann, &campaign, "100"),
        json!({ "type": "sale", "customerExternalId": "c1" }),
    );
    assert_eq!(house.shop.earned(sale).await, ["1.00"]);
    assert_eq!(house.shop.balances(&bob).await, Vec::<String>::new());
    house.assert_sound().await;
}

#[apply(both_databases)]
async fn what_tiers_count_follows_and_nothing_fires(app: TestApp) {
    let house = House::new(&app).await;
    let campaign = house.campaign(json!([{ "basis": "FIXED", "value": "4.00" }])).await;
    house.moved(FileKind::Partners, PARTNERS).await;
    house.shop.make("createTieredCommission", "tieredCommission", json!({
        "name": "Two", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
        "applyToAllPartners": true, "campaignIds": [campaign], "goals": [{ "metric": "CONVERSION", "goal": "2" }],
        "retroactivePayout": { "action": "FLAT_INCREASE", "value": "1" },
    })).await;
    let history = "externalId,kind,occurredAt,partnerExternalId,campaignExternalId\n\
            h1,CONVERSION,2025-01-02,p1,k1\nh2,CONVERSION,2025-01-03,p1,k1\nh3,CONVERSION,2025-02-03,p1,k1\n";
    assert_eq!(house.moved(FileKind::Events, history).await, 3);
    house.assert_sound().await;
    let ann = house.partner("p1").await;
    let late = |id: &str, day: &str| {
        json!({ "externalId": id, "kind": "CONVERSION", "occurredAt": format!("{day}T12:00:00Z"),
        "partnerId": ann, "campaignId": campaign })
    };
    // January is over, and its goals were met: a conversion that is recorded late adjusts nothing.
    let recorded = house.shop.record(late("late", "2025-01-20")).await;
    assert_eq!(recorded["adjustmentCount"], 0);
    // In February one was missing, and is there now.
    let recorded = house.shop.record(late("second", "2025-02-20")).await;
    assert_eq!(recorded["adjustmentCount"], 1);
    house.assert_sound().await;
}

#[apply(both_databases)]
async fn events_may_earn_instead(app: TestApp) {
    let house = House::new(&app).await;
    house.campaign(json!([{ "basis": "PERCENT", "value": "10" }])).await;
    house.moved(FileKind::Partners, PARTNERS).await;
    let options = ImportOptions {
        earn: true,
        ..ImportOptions::default()
    };
    let dry = ImportOptions {
        dry_run: true,
        ..options.clone()
    };
    let report = house.import_with(FileKind::Events, EVENTS, &dry).await;
    assert_eq!((problems(&report), report.created), (vec![], 6));
    let report = house.import_with(FileKind::Events, EVENTS, &options).await;
    assert_eq!((problems(&report), report.created), (vec![], 6));
    let report = house.import_with(FileKind::Events, EVENTS, &options).await;
    assert_eq!((problems(&report), report.created, report.unchanged), (vec![], 0, 6));
    let ann = house.partner("p1").await;
    assert_eq!(
        house.shop.ledger(&ann).await,
        ["EVENT ACCRUED 10.00", "EVENT REVERSED 5.00", "CLAWBACK ACCRUED -3.00"]
    );
    house.assert_sound().await;
}

#[apply(both_databases)]
async fn items_come_with_their_events(app: TestApp) {
    let house = House::new(&app).await;
    let events = "externalId,kind,amount,currency,occurredAt,items,country,originalExternalId\n\
        i1,CHARGE,100.00,EUR,2025-01-01T10:00:00Z,\"[{\"\"product\"\":\"\"hat\"\",\"\"quantity\"\":2,\"\"amount\"\":60.00}]\",de,\n\
        i2,REFUND,,,2025-01-02T10:00:00Z,\"[{\"\"index\"\":0,\"\"amount\"\":{\"\"amount\"\":\"\"15\"\"}}]\",,i1\n\
        i3,REFUND,17.00,EUR,2025-01-03T10:00:00Z,,,i1\n";
    assert_eq!(house.moved(FileKind::Events, events).await, 3);
    let document =
        "{ event(externalId: \"i1\") { country refundedAmount { amount } items { product quantity amount { amount } }
        refunds { amount { amount } items { index product quantity amount { amount } } } } }";
    let data = house.shop.staff().data(document).await;
    let taken = |minor: &str| json!([{ "index": 0, "product": "hat", "quantity": 0, "amount": { "amount": minor } }]);
    assert_eq!(
        data["event"],
        json!({
            "country": "DE", "refundedAmount": { "amount": "32.00" },
            "items": [{ "product": "hat", "quantity": 2, "amount": { "amount": "60.00" } }],
            // The second one is spread over what is left: 45.00 of the hat and 40.00 of the rest.
            "refunds": [
                { "amount": { "amount": "15.00" }, "items": taken("15.00") },
                { "amount": { "amount": "17.00" }, "items": taken("9.00") },
            ],
        })
    );
    house.assert_sound().await;
}
