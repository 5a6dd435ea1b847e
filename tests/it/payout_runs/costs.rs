//! What month-end costs in SQL statements: as many whatever the number of payees.

use serde_json::{Value, json};

use super::{LINE, Office, TOTALS};
use crate::support::both_databases;

/// So many partners who have something to be paid.
async fn owed(office: &Office<'_>, partners: usize, name: &str) {
    let mut rows = Vec::new();
    for number in 0..partners {
        let partner = office.partner(&format!("{name}{number}")).await;
        rows.push(office.entered(&partner, "10", "EUR").await);
    }
    office
        .approve(&rows.iter().map(String::as_str).collect::<Vec<_>>())
        .await;
}

/// How many statements a mutation takes.
async fn cost(office: &Office<'_>, field: &str, input: Value, selection: &str) -> (Value, usize) {
    let staff = office.staff();
    office.app.reset_statements();
    let payload = staff.done(field, input, selection).await;
    (payload, office.app.statements().len())
}

#[apply(both_databases)]
async fn runs_and_settlements_take_as_many_statements_whatever_their_size(app: TestApp) {
    let office = Office::new(&app).await;
    let mut costs = Vec::new();
    for (round, partners) in [4, 60].into_iter().enumerate() {
        owed(&office, partners, &format!("round{round}-")).await;
        let (_, previewed) = cost(&office, "previewPayoutRun", json!({}), TOTALS).await;
        let (run, made) = cost(&office, "createPayoutRun", json!({}), "payoutRun { id }").await;
        let id = run["payoutRun"]["id"].clone();
        let document = "query($id: ID!) { payoutRun(id: $id) { payouts(first: 500) { nodes { id } } } }";
        let payouts = office.staff().data_with(document, json!({ "id": id })).await;
        let payouts = payouts["payoutRun"]["payouts"]["nodes"].as_array().unwrap().clone();
        assert_eq!(payouts.len(), partners);
        let half = payouts[..partners / 2]
            .iter()
            .map(|payout| json!({ "id": payout["id"], "status": "PAID" }));
        let list = json!({ "what": { "settlements": half.collect::<Vec<_>>() } });
        let (_, listed) = cost(&office, "settlePayouts", list, "settled").await;
        let rest = json!({ "what": { "run": { "runId": id, "status": "PAID" } } });
        let (settled, of_run) = cost(&office, "settlePayouts", rest, "settled remaining").await;
        assert_eq!(settled["settled"], partners - partners / 2);
        costs.push([previewed, made, listed, of_run]);
    }
    // SQLite takes rows in statements of 64, 16, 4 and 1.
    let (few, many) = (costs[0], costs[1]);
    if app.is_postgres() {
        assert_eq!(few, many);
        // One of them is the lock that keeps out who would settle or record meanwhile.
        assert!(many.iter().all(|cost| *cost <= 15), "{many:?}");
    } else {
        assert_eq!(few[0], many[0]);
        assert!(many.iter().all(|cost| *cost <= 60), "{many:?}");
    }
}

#[apply(both_databases)]
async fn approving_by_a_filter_takes_as_many_statements_whatever_matches(app: TestApp) {
    let office = Office::new(&app).await;
    let mut costs = Vec::new();
    for (round, rows) in [4, 60].into_iter().enumerate() {
        for number in 0..rows {
            let partner = office.partner(&format!("round{round}-{number}")).await;
            office.entered(&partner, "10", "EUR").await;
        }
        let (answer, cost) = cost(
            &office,
            "approveMatchingCommissions",
            json!({ "filter": {} }),
            "approved",
        )
        .await;
        assert_eq!(answer["approved"], rows);
        costs.push(cost);
    }
    if app.is_postgres() {
        assert_eq!(costs[0], costs[1]);
    }
    assert!(costs[1] <= 50, "{costs:?}");
}

/// What looks at rows that no argument names has a price of its own.
#[apply(both_databases)]
async fn requests_cost_what_they_look_at(app: TestApp) {
    let office = Office::new(&app).await;
    let staff = office.staff();
    for (least, most, document) in [
        (
            1_200,
            1_220,
            "mutation { previewPayoutRun(input: {}) { userErrors { code } } }",
        ),
        (
            10,
            20,
            "mutation { createPayoutRun(input: {}) { userErrors { code } } }",
        ),
        (
            1_000,
            1_020,
            "mutation { approveMatchingCommissions(input: { filter: {} }) { approved userErrors { code } } }",
        ),
        (
            1_500,
            1_530,
            "mutation { approveMatchingCommissions(input: { filter: {} }) { refused { id } userErrors { code } } }",
        ),
        (
            510,
            520,
            "mutation { settlePayouts(input: { what: { run: { runId: \"x\", status: PAID } } }) { userErrors { code } } }",
        ),
        (
            1_010,
            1_030,
            "mutation { settlePayouts(input: { what: { run: { runId: \"x\", status: PAID } } }) { results { id } userErrors { code } } }",
        ),
        (
            11,
            30,
            "mutation { settlePayouts(input: { what: { settlements: [{ id: \"x\", status: PAID }] } }) { results { id } userErrors { code } } }",
        ),
        (30, 60, "{ payoutRuns(first: 1) { nodes { totals { count } } } }"),
        (
            102,
            102,
            "{ partners(first: 1, orderBy: { field: PAYABLE, currency: \"EUR\" }) { nodes { id } } }",
        ),
        (
            2,
            2,
            "{ partners(first: 1, orderBy: { field: NAME }) { nodes { id } } }",
        ),
    ] {
        let answer = staff.ask(document).await;
        let cost = answer.body["extensions"]["cost"]["requestedQueryCost"]
            .as_u64()
            .expect("a cost");
        assert!((least..=most).contains(&cost), "{document} costs {cost}");
    }
}

#[apply(both_databases)]
async fn lists_of_runs_cost_a_few_statements(app: TestApp) {
    let office = Office::new(&app).await;
    for round in 0..3 {
        owed(&office, 5, &format!("round{round}-")).await;
        office.run_of(json!({})).await;
    }
    let staff = office.staff();
    for (statements, document) in [
        (
            1,
            "{ payoutRuns { nodes { id createdAt createdBy accruedBefore } } }".to_owned(),
        ),
        (
            3,
            format!(
                "{{ payoutRuns {{ nodes {{ {TOTALS} lines(first: 3) {{ nodes {{ {LINE} payout {{ status }} }} }} }} }} }}"
            ),
        ),
        (2, "{ payoutRuns { nodes { lines { totalCount } } } }".to_owned()),
        (
            1,
            "{ payouts(first: 50) { nodes { run { id createdBy } createdBy settledBy payoutReference } } }".to_owned(),
        ),
        (
            1,
            "{ partners(first: 5, orderBy: { field: PAYABLE, currency: \"EUR\" }) { nodes { name group { name } } } }"
                .to_owned(),
        ),
    ] {
        app.reset_statements();
        staff.data(&document).await;
        assert_eq!(
            app.statements().len(),
            statements,
            "{document}: {:#?}",
            app.statements()
        );
    }
}
