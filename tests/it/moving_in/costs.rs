//! What a page of a file costs: as many SQL statements for few rows as for many.

use std::fmt::Write;

use serde_json::json;
use tributary::import::moving_in::FileKind;

use super::{House, problems};
use crate::ledger::Shop;
use crate::support::{TestApp, both_databases};

/// The partners that all rows are of, whatever their number.
const PARTNERS: usize = 4;

/// Imports a file of as many rows, and gives the statements that it took.
async fn cost(house: &House<'_>, kind: FileKind, text: String) -> Vec<String> {
    house.shop.app.reset_statements();
    let report = house.import(kind, &text).await;
    let statements = house.shop.app.statements();
    let rows = text.lines().count() as u64 - 1;
    assert_eq!((problems(&report), report.created), (vec![], rows));
    statements
}

/// What `rows` rows of each kind cost in a tenant of their own.
async fn costs(app: &TestApp, rows: usize) -> Vec<(&'static str, Vec<String>)> {
    let tenant = app.tenant(&format!("with-{rows}")).await;
    let house = House::of(Shop { app, tenant });
    let terms = json!([{ "basis": "PERCENT", "value": "10" }]);
    let campaign = house
        .shop
        .campaign_with(json!({ "externalId": "k", "terms": terms }))
        .await;
    let tier = json!({
        "name": "Many", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "GLOBAL",
        "applyToAllPartners": true, "campaignIds": [campaign], "goals": [{ "metric": "CONVERSION", "goal": "1000" }],
        "payout": { "action": "INCREASE", "value": "1" },
    });
    house
        .shop
        .make("createTieredCommission", "tieredCommission", tier)
        .await;
    let mut costs = Vec::new();
    let mut partners = "externalId,name,email,campaignExternalId\n".to_owned();
    for number in 0..rows {
        writeln!(partners, "p{number},P{number},p{number}@example.com,k").unwrap();
    }
    costs.push(("partners", cost(&house, FileKind::Partners, partners).await));
    // Half of them are bound to nobody.
    let mut customers = "externalId,acquiredAt,partnerExternalId\n".to_owned();
    for number in 0..2 * rows {
        let partner = if number < rows {
            String::new()
        } else {
            format!("p{}", number % PARTNERS)
        };
        writeln!(customers, "c{number},2024-01-01,{partner}").unwrap();
    }
    costs.push(("customers", cost(&house, FileKind::Customers, customers).await));
    let header = "externalId,kind,amount,currency,occurredAt,customerExternalId,partnerExternalId,campaignExternalId,originalExternalId\n";
    let mut events = header.to_owned();
    for number in 0..rows {
        let (customer, partner) = (rows + number, number % PARTNERS);
        writeln!(
            events,
            "e{number},CHARGE,10.00,EUR,2025-01-01,c{customer},p{partner},k,"
        )
        .unwrap();
    }
    costs.push(("events", cost(&house, FileKind::Events, events).await));
    // Each customer of nobody is bound, and each event of the page before is taken back in part.
    let mut events = header.to_owned();
    for number in 0..rows {
        let partner = number % PARTNERS;
        writeln!(events, "f{number},CHARGE,10.00,EUR,2025-01-02,c{number},p{partner},k,").unwrap();
        writeln!(events, "r{number},REFUND,4.00,EUR,2025-01-03,,,,e{number}").unwrap();
    }
    costs.push(("later events", cost(&house, FileKind::Events, events).await));
    let mut commissions = "externalId,amount,currency,status,partnerExternalId,eventExternalId,percent\n".to_owned();
    for number in 0..rows {
        let partner = number % PARTNERS;
        writeln!(commissions, "x{number},1.00,EUR,APPROVED,p{partner},f{number},true").unwrap();
    }
    costs.push(("commissions", cost(&house, FileKind::Commissions, commissions).await));
    for number in 0..PARTNERS {
        let id = house.partner(&format!("p{number}")).await;
        let (each, value) = (rows / PARTNERS, rows / PARTNERS * 16);
        assert_eq!(house.shop.lifetime_value(&id).await, [format!("{value}.00 EUR")]);
        assert_eq!(
            house.shop.balances(&id).await,
            [format!("EUR 0.00 {each}.00 0.00 0.00 {each}.00")]
        );
        let document = "query($id: ID!) { customers(filter: { partnerId: $id }) { totalCount } }";
        let bound = house.shop.staff().data_with(document, json!({ "id": id })).await;
        assert_eq!(bound["customers"]["totalCount"], 2 * each);
    }
    house.assert_sound().await;
    costs
}

#[apply(both_databases)]
async fn a_page_costs_the_same_whatever_its_rows(app: TestApp) {
    let few = costs(&app, 4).await;
    for ((kind, few), (_, many)) in few.into_iter().zip(costs(&app, 64).await) {
        assert_eq!(few.len(), many.len(), "{kind}: {few:#?} {many:#?}");
    }
}
