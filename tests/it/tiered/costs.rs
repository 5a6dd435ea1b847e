//! What reading and making tiers costs: a constant number of SQL statements, whatever the size of the page.

use serde_json::json;

use super::Network;
use crate::support::both_databases;

/// Document (with SIZE for the page size) and its statements.
const COSTS: [(&str, usize); 5] = [
    (
        "{ tieredCommissions(first: SIZE) { nodes { id name goals { metric goal } payout { value } } } }",
        1,
    ),
    ("{ tieredCommissions(first: SIZE) { totalCount nodes { id } } }", 2),
    (
        "{ tieredCommissions(first: SIZE) { nodes { partners(first: 2) { totalCount nodes { name } } } } }",
        3,
    ),
    (
        "{ tieredCommissions(first: SIZE) { nodes { campaigns { name } advertisers { name } } } }",
        3,
    ),
    (
        "{ tieredCommissions(first: SIZE) { nodes { partners(first: 5) { nodes { name campaigns(first: 1) { nodes { name } } } } \
         campaigns { name advertiser { name } } advertisers { name } } } }",
        // The advertisers of the campaigns are those of the tiers, and known by then.
        5,
    ),
];

#[apply(both_databases)]
async fn a_page_of_tiers_costs_the_same_statements_whatever_its_size(app: TestApp) {
    let network = Network::new(&app).await;
    for number in 0..30 {
        network
            .create(json!({
                "name": format!("Tier {number}"), "applyToAllPartners": false, "partnerIds": [network.ann, network.ben],
                "campaignIds": [network.shoes, network.hats], "advertiserIds": [network.brand],
            }))
            .await;
    }
    let staff = network.shop.staff();
    for (document, statements) in COSTS {
        for size in ["1", "3", "30"] {
            let document = document.replace("SIZE", size);
            app.reset_statements();
            staff.data(&document).await;
            // The lists of a single row are read together.
            let cost = app.statements().len();
            let is_less = size == "1" && app.is_postgres() && cost < statements;
            assert!(cost == statements || is_less, "{document}: {:#?}", app.statements());
        }
    }
}

#[apply(both_databases)]
async fn simulating_fifty_tiers_looks_their_references_up_together(app: TestApp) {
    let network = Network::new(&app).await;
    let tier = network.tier(json!({ "partnerIds": [network.ann], "advertiserIds": [network.brand] }));
    let conversions = json!([{ "occurredAt": "2026-03-01T12:00:00Z", "basePayout": "4" }]);
    let staff = network.shop.staff();
    for (tiers, statements) in [
        (json!(vec![&tier; 50]), 4),
        (
            json!([{
                "name": "Bare", "status": "ACTIVE", "startDate": "2026-01-01", "endDate": "2026-12-31", "period": "DAILY",
                "goals": tier["goals"],
            }]),
            1,
        ),
    ] {
        app.reset_statements();
        let input = json!({ "tiers": tiers, "conversions": conversions });
        staff
            .done("simulateTieredCommission", input, "totalPayout { amount }")
            .await;
        assert_eq!(app.statements().len(), statements, "{:#?}", app.statements());
    }
}
