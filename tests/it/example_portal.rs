//! What the pages of examples/portal cost: each is one query, written in the components that show its parts.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::ledger::Shop;
use crate::support::both_databases;
use crate::tier_ledger::{acts, goal};

/// The texts in ``graphql(`...`)`` of the sources in a folder and those below it.
fn documents_in(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the example is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            documents_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "tsx") {
            let source = fs::read_to_string(&path).expect("a text");
            let parts = source.split("graphql(`").skip(1);
            found.extend(parts.map(|part| part.split('`').next().unwrap_or_default().to_owned()));
        }
    }
}

/// An operation with the fragments that it spreads, and those that these spread.
fn operation(name: &str) -> String {
    let mut all = Vec::new();
    documents_in(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/portal/src"),
        &mut all,
    );
    let of = |start: String| {
        let found = all.iter().find(|text| text.trim_start().starts_with(&start));
        found.unwrap_or_else(|| panic!("no {start} in {all:?}")).clone()
    };
    let mut document = of(format!("query {name}("));
    let mut names: Vec<String> = Vec::new();
    loop {
        let spread = document
            .split("...")
            .skip(1)
            .filter_map(|rest| rest.split_whitespace().next());
        let next = spread
            .map(str::to_owned)
            .find(|name| name != "on" && !names.contains(name));
        let Some(next) = next else { return document };
        document.push_str(&of(format!("fragment {next} on ")));
        names.push(next);
    }
}

/// The names of all queries of the pages: each has one, beside what it asks for once something is chosen on it.
fn page_queries() -> Vec<String> {
    let mut documents = Vec::new();
    documents_in(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/portal/src"),
        &mut documents,
    );
    let names = documents.iter().filter_map(|text| {
        let name = text.trim_start().strip_prefix("query ")?.split('(').next()?;
        name.ends_with("Page").then(|| name.to_owned())
    });
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[apply(both_databases)]
async fn a_page_of_the_portal_takes_few_statements(app: TestApp) {
    let shop = Shop::new(&app).await;
    let rules = json!([{ "recurring": { "percentage": "10" } }, { "partnerLtvUpgrade": { "minLtvTotal": "5000", "upgradePercentage": "5" } }]);
    shop.make(
        "createPartnerGroup",
        "partnerGroup",
        json!({ "name": "Everybody", "default": true, "rules": rules }),
    )
    .await;
    let campaign = shop.campaign(json!([{ "basis": "GROUP_RULES" }])).await;
    let ann = shop.partner_with("ann", json!({ "campaignIds": [campaign] })).await;
    shop.make("createTieredCommission", "tieredCommission", json!({
        "name": "Silver", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
        "applyToAllPartners": true, "campaignIds": [campaign], "goals": goal("CONVERSION", "2"), "payout": acts("INCREASE", "10"),
    })).await;
    let leads_to = json!({ "id": campaign, "destinationUrl": "https://shop.example/" });
    shop.staff().done("updateCampaign", leads_to, "campaign { id }").await;
    for key in ["spring", "summer"] {
        shop.make(
            "createLink",
            "link",
            json!({ "partnerId": ann, "campaignId": campaign, "key": key }),
        )
        .await;
    }
    let mut rows = Vec::new();
    for number in 0..6 {
        rows.push(shop.sale(&number.to_string(), &ann, &campaign, "1000").await);
    }
    shop.staff()
        .mutate(
            "approveCommissions",
            json!({ "ids": [rows[0], rows[1]] }),
            "id userErrors { message }",
        )
        .await;
    let run = shop
        .staff()
        .done("createPayoutRun", json!({}), "payoutRun { id }")
        .await;

    let now = app.clock.now();
    let (from, to) = (now - chrono::Duration::days(365), now + chrono::Duration::days(1));
    let shared = json!({
        "campaign": campaign, "count": 10, "lines": 500, "from": from, "to": to, "leaksFrom": from, "since": from,
        "filter": {}, "shown": {}, "earned": { "status": ["ACCRUED", "APPROVED", "PAID"] }, "order": {},
        "run": run["payoutRun"]["id"], "backtest": "", "open": true,
    });
    let mut seen = Vec::new();
    // How many statements a page may take, beside the look at a partner's token: each list, sum and kind of object is one,
    // however many rows there are.
    for (page, side, most, sample) in [
        ("BacktestsPage", "staff", 10, "/campaigns/nodes/0/id"),
        ("EarningsPage", "partner", 10, "/viewer/partner/commissions/nodes/5/id"),
        ("LinksPage", "partner", 10, "/viewer/partner/links/nodes/0/all/0/clicks"),
        ("OverviewPage", "partner", 10, "/viewer/partner/tierProgress/0/tier"),
        ("PartnersPage", "staff", 10, "/partners/nodes/0/balances/0/currency"),
        ("PayoutRunsPage", "staff", 20, "/payoutRun/payouts/nodes/0/id"),
        ("PayoutsPage", "partner", 10, "/viewer/partner/payouts/nodes/0/id"),
        ("ProgrammePage", "staff", 10, "/commissionSeries/0/total/amount"),
        (
            "TermsPage",
            "partner",
            10,
            "/viewer/partner/termsInForce/tiers/0/counters/0/value",
        ),
    ] {
        let client = match side {
            "partner" => app.partner(&shop.tenant, &ann),
            _ => shop.staff(),
        };
        let mut variables = shared.clone();
        variables["open"] = json!(page == "PayoutRunsPage");
        app.reset_statements();
        let data = client.data_with(&operation(page), variables).await;
        let statements = app.statements();
        assert!(
            statements.len() <= most + 1,
            "{page} takes {}: {statements:#?}",
            statements.len()
        );
        assert!(data.pointer(sample).is_some(), "{page} has no {sample}: {data}");
        seen.push(page.to_owned());
    }
    assert_eq!(seen, page_queries(), "every page is counted");
}
