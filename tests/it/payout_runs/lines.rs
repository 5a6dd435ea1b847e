//! What a run says of every payee: paid, or left and why.

use serde_json::{Value, json};

use super::{Individuals, LINE, Office, TOTALS, line, told, totals};
use crate::ledger::{euros, text};
use crate::support::both_databases;

/// The largest amount of a currency with cents.
const LARGEST: &str = "10000000000000.00";

#[apply(both_databases)]
async fn every_outcome_has_its_line(app: TestApp) {
    let office = Office::new(&app).await;
    office
        .make("updateTenant", "tenant", json!({ "minimumPayouts": [euros("10.00")] }))
        .await;
    let mut partners = Vec::new();
    for name in ["ann", "ben", "cas", "dan", "eva", "fay", "gus"] {
        partners.push(office.partner(name).await);
    }
    let [ann, ben, cas, dan, eva, fay, gus] = partners.try_into().expect("seven");
    office.approved(&ann, "7").await;
    office.approved(&ann, "3").await;
    office.approved(&ben, "9.99").await;
    office.approved(&cas, "50").await;
    office.approved(&cas, "-50").await;
    office.approved(&dan, "1000").await;
    office.approved_in(&dan, "-1", "USD").await;
    office
        .make(
            "updatePartner",
            "partner",
            json!({ "id": eva, "payoutCurrency": "USD" }),
        )
        .await;
    office.approved(&eva, "20").await;
    office.approved_in(&eva, "0.01", "USD").await;
    office.approved(&fay, LARGEST).await;
    office.approved(&fay, "0.01").await;
    let individuals = Individuals::new(&office, json!({ "holdbackDays": 1 })).await;
    let rows = [
        individuals.row(&office, &gus, "150", Some("Ida")).await,
        individuals.row(&office, &gus, "50", Some("Ida")).await,
        individuals.row(&office, &ann, "120", Some("Abe")).await,
        individuals.row(&office, &dan, "130", Some("Dot")).await,
    ];
    office.approve(&[&rows[0], &rows[1], &rows[2], &rows[3]]).await;
    individuals.row(&office, &ann, "110", None).await;
    individuals.row(&office, &gus, "10", None).await;
    office
        .make("suspendPartner", "partner", json!({ "id": dan, "reason": "check" }))
        .await;
    // What has not matured waits for more than somebody to be named; what is not approved is not looked at.
    office.days_later(1);
    individuals.row(&office, &gus, "5000", None).await;
    office.entered(&ann, "5000", "EUR").await;

    let run = office.previewed_run(json!({ "respectPayoutCurrency": true })).await;
    assert_eq!(
        told(&run),
        [
            "EUR 10000000000000.01 fay - 2 TOO_LARGE",
            "EUR 1000.00 dan - 1 PARTNER_SUSPENDED",
            "EUR 20.00 eva - 1 CURRENCY_NOT_CHOSEN",
            "EUR 20.00 gus Ida 2 PAID_OUT",
            "EUR 13.00 dan Dot 1 PARTNER_SUSPENDED",
            "EUR 12.00 ann Abe 1 PAID_OUT",
            "EUR 11.00 ann - 1 RECIPIENT_UNASSIGNED",
            "EUR 10.00 ann - 2 PAID_OUT",
            "EUR 9.99 ben - 1 BELOW_MINIMUM",
            "EUR 1.00 gus - 1 RECIPIENT_UNASSIGNED",
            "EUR 0.00 cas - 2 NOT_POSITIVE",
            "USD 0.01 eva - 1 PAID_OUT",
            "USD -1.00 dan - 1 PARTNER_SUSPENDED",
        ]
    );
    assert_eq!(
        totals(&run),
        [
            "PAID_OUT PENDING EUR 3 42.00",
            "PAID_OUT PENDING USD 1 0.01",
            "BELOW_MINIMUM - EUR 1 9.99",
            "NOT_POSITIVE - EUR 1 0.00",
            "PARTNER_SUSPENDED - EUR 2 1013.00",
            "PARTNER_SUSPENDED - USD 1 -1.00",
            "RECIPIENT_UNASSIGNED - EUR 2 12.00",
            "CURRENCY_NOT_CHOSEN - EUR 1 20.00",
            "TOO_LARGE - EUR 1 10000000000000.01",
        ]
    );
    for line in run["lines"]["nodes"].as_array().unwrap() {
        let expected = (line["outcome"] == "PAID_OUT").then(|| (json!("PENDING"), line["amount"].clone()));
        let payout = line["payout"]
            .as_object()
            .map(|payout| (payout["status"].clone(), payout["amount"].clone()));
        assert_eq!(payout, expected, "{line}");
    }
    office.assert_verified().await;

    // What was left stays, and the next run finds it.
    let run = office
        .previewed_run(json!({ "currency": "EUR", "partnerIds": [eva, fay, dan] }))
        .await;
    assert_eq!(
        told(&run),
        [
            "EUR 10000000000000.01 fay - 2 TOO_LARGE",
            "EUR 1000.00 dan - 1 PARTNER_SUSPENDED",
            "EUR 20.00 eva - 1 PAID_OUT",
            "EUR 13.00 dan Dot 1 PARTNER_SUSPENDED",
        ]
    );
    office.assert_verified().await;
}

#[apply(both_databases)]
async fn lines_are_paged_and_filtered(app: TestApp) {
    let office = Office::new(&app).await;
    for (number, amount) in ["5", "-1", "4", "0.5", "3", "-2", "2", "1"].into_iter().enumerate() {
        let partner = office.partner(&format!("p{number}")).await;
        office.approved(&partner, amount).await;
    }
    let run = office.run_of(json!({})).await;
    let all = told(&run);
    assert_eq!(all.len(), 8);
    let document = format!(
        "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $outcome: [PayoutOutcome!]) {{
               payoutRun(id: $id) {{ lines(first: $first, after: $after, last: $last, before: $before, outcome: $outcome) {{
                 totalCount edges {{ cursor node {{ {LINE} }} }} pageInfo {{ hasNextPage hasPreviousPage endCursor startCursor }} }} }} }}"
    );
    let page = async |arguments: Value| {
        let mut variables = arguments;
        variables["id"] = run["id"].clone();
        office.staff().data_with(&document, variables).await["payoutRun"]["lines"].clone()
    };
    let lines = |page: &Value| {
        page["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|edge| line(&edge["node"]))
            .collect::<Vec<_>>()
    };
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = page(json!({ "first": 3, "after": after })).await;
        assert_eq!(page["totalCount"], 8);
        seen.extend(lines(&page));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen, all);
    let last = page(json!({ "last": 3 })).await;
    assert_eq!(lines(&last), all[5..]);
    let before = page(json!({ "last": 2, "before": last["pageInfo"]["startCursor"] })).await;
    assert_eq!(lines(&before), all[3..5]);
    assert_eq!(before["pageInfo"]["hasPreviousPage"], true);
    let left = page(json!({ "outcome": ["NOT_POSITIVE"] })).await;
    assert_eq!((lines(&left).as_slice(), &left["totalCount"]), (&all[6..], &json!(2)));
    assert_eq!(page(json!({ "outcome": [] })).await["totalCount"], 0);
    // A preview of the same, which runs out of the same list.
    for payout in run["lines"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["payout"].is_object())
    {
        office.settle(&payout["payout"], "CANCELED").await;
    }
    let selection = format!(
        "lines(first: 3, outcome: [PAID_OUT]) {{ totalCount nodes {{ {LINE} }} pageInfo {{ hasNextPage endCursor }} }} left: lines(last: 1) {{ nodes {{ {LINE} }} pageInfo {{ hasPreviousPage }} }}"
    );
    let preview = office.staff().done("previewPayoutRun", json!({}), &selection).await;
    assert_eq!(told(&preview), all[..3]);
    assert_eq!(
        (
            &preview["lines"]["totalCount"],
            &preview["lines"]["pageInfo"]["hasNextPage"]
        ),
        (&json!(6), &json!(true))
    );
    assert_eq!(line(&preview["left"]["nodes"][0]), all[7]);
    assert_eq!(preview["left"]["pageInfo"]["hasPreviousPage"], true);
    let after = text(&preview["lines"]["pageInfo"]["endCursor"]);
    let more = format!(
        "lines(first: 5, after: \"{after}\", outcome: [PAID_OUT]) {{ nodes {{ {LINE} }} pageInfo {{ hasNextPage hasPreviousPage }} }}"
    );
    let more = office.staff().done("previewPayoutRun", json!({}), &more).await;
    assert_eq!(told(&more), all[3..6]);
    assert_eq!(
        more["lines"]["pageInfo"],
        json!({ "hasNextPage": false, "hasPreviousPage": true })
    );
    // A cursor belongs to its input.
    let other = format!("lines(after: \"{after}\") {{ totalCount }}");
    let answer = office.staff().try_mutate("previewPayoutRun", json!({}), &other).await;
    assert_eq!(answer.body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[apply(both_databases)]
async fn runs_and_payouts_know_who_made_them_and_what_the_payee_is_called(app: TestApp) {
    let office = Office::new(&app).await;
    let ann = office.partner("ann").await;
    let ben = office
        .partner_with("ben", json!({ "payoutReference": " ben@pay.example " }))
        .await;
    let individuals = Individuals::new(&office, json!({})).await;
    let spiff = individuals.row(&office, &ben, "100", Some("Ida")).await;
    office.approve(&[&spiff]).await;
    office.approved(&ann, "10").await;
    office.approved(&ben, "20").await;
    let run = office.run_of(json!({ "accruedBefore": "2027-01-01T00:00:00Z" })).await;
    assert_eq!(
        (&run["createdBy"], &run["accruedBefore"]),
        (&json!("ann"), &json!("2027-01-01T00:00:00Z"))
    );
    // Later changes change nothing.
    office
        .make(
            "updatePartner",
            "partner",
            json!({ "id": ben, "payoutReference": "other", "email": "new@ben.example" }),
        )
        .await;
    office
        .make(
            "updatePartner",
            "partner",
            json!({ "id": ann, "payoutReference": "other" }),
        )
        .await;
    let payout = run["lines"]["nodes"][0]["payout"].clone();
    let settled = app.staff_called("bob", &office.tenant, "payouts:write payouts:read");
    settled
        .done(
            "settlePayout",
            json!({ "id": payout["id"], "status": "PAID", "reference": "wire" }),
            "payout { id }",
        )
        .await;
    let document = "{ payouts { nodes { run { id createdBy } createdBy settledBy payoutReference reference recipient amount { amount } } } }";
    let data = office.staff().data(document).await;
    let mut told: Vec<_> = data["payouts"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|payout| {
            assert_eq!(payout["run"], json!({ "id": run["id"], "createdBy": "ann" }));
            let words = ["payoutReference", "createdBy", "settledBy", "reference"]
                .map(|name| payout[name].as_str().unwrap_or("-"));
            format!("{} {}", text(&payout["amount"]["amount"]), words.join(" "))
        })
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            "10.00 Ida ann - -",
            "10.00 ann@example.com ann - -",
            "20.00 ben@pay.example ann bob wire"
        ]
    );
    let data = office
        .staff()
        .data_with(
            "query($id: ID!) { partner(id: $id) { payoutReference } }",
            json!({ "id": ben }),
        )
        .await;
    assert_eq!(data["partner"]["payoutReference"], "other");
    office
        .make(
            "updatePartner",
            "partner",
            json!({ "id": ben, "payoutReference": null }),
        )
        .await;
    for (wrong, code) in [(" ", "REQUIRED"), ("a\nb", "INVALID")] {
        let input = json!({ "id": ben, "payoutReference": wrong });
        assert_eq!(
            office.staff().problems("updatePartner", input, "partner").await,
            [format!("{code} payoutReference")]
        );
    }
}

#[apply(both_databases)]
async fn runs_are_listed_newest_first_and_found_by_id(app: TestApp) {
    let office = Office::new(&app).await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(office.run_of(json!({})).await["id"].clone());
        office.days_later(1);
    }
    made.reverse();
    let data = office.staff().data(
        "{ payoutRuns { totalCount nodes { id createdAt totals { count } lines { totalCount } } } first: payoutRuns(first: 1) { nodes { id } pageInfo { endCursor hasNextPage } } }",
    ).await;
    let listed: Vec<_> = data["payoutRuns"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["id"].clone())
        .collect();
    assert_eq!(listed, made);
    assert_eq!(data["payoutRuns"]["totalCount"], 3);
    let document = "query($after: String) { payoutRuns(after: $after) { nodes { id } } }";
    let rest = office
        .staff()
        .data_with(document, json!({ "after": data["first"]["pageInfo"]["endCursor"] }))
        .await;
    assert_eq!(
        rest["payoutRuns"]["nodes"],
        json!([{ "id": made[1] }, { "id": made[2] }])
    );
    let document = "query($id: ID!) { payoutRun(id: $id) { id lines { nodes { outcome } } totals { count } } node(id: $id) { id ... on PayoutRun { createdBy } } }";
    let data = office.staff().data_with(document, json!({ "id": made[0] })).await;
    assert_eq!(
        data["payoutRun"],
        json!({ "id": made[0], "lines": { "nodes": [] }, "totals": [] })
    );
    assert_eq!(data["node"], json!({ "id": made[0], "createdBy": "ann" }));
    let unknown = json!({ "id": "run_00000000000000000000000000" });
    assert_eq!(
        office.staff().data_with(document, unknown).await["payoutRun"],
        Value::Null
    );
}

#[apply(both_databases)]
async fn a_preview_says_what_is_wrong_like_a_run(app: TestApp) {
    let office = Office::new(&app).await;
    let input = json!({ "partnerIds": ["par_00000000000000000000000000", "x"] });
    for field in ["createPayoutRun", "previewPayoutRun"] {
        let made = if field == "createPayoutRun" {
            "payoutRun"
        } else {
            "lines { totalCount } totals { count }"
        };
        let problems = office.staff().problems(field, input.clone(), made).await;
        assert_eq!(problems, ["INVALID partnerIds.1", "NOT_FOUND partnerIds.0"], "{field}");
    }
}

#[apply(both_databases)]
async fn totals_follow_what_becomes_of_the_payouts_and_lines_do_not(app: TestApp) {
    let office = Office::new(&app).await;
    for (name, amount) in [("ann", "30"), ("ben", "20"), ("cas", "10"), ("dan", "-1")] {
        let partner = office.partner(name).await;
        office.approved(&partner, amount).await;
    }
    let run = office.run_of(json!({})).await;
    let lines = run["lines"]["nodes"].as_array().unwrap();
    for (line, status) in lines.iter().zip(["PAID", "FAILED"]) {
        office.settle(&line["payout"], status).await;
    }
    let document = format!(
        "query($id: ID!) {{ payoutRun(id: $id) {{ {} lines {{ nodes {{ {LINE} }} }} }} }}",
        TOTALS
    );
    let data = office.staff().data_with(&document, json!({ "id": run["id"] })).await;
    assert_eq!(told(&data["payoutRun"]), told(&run));
    assert_eq!(
        totals(&data["payoutRun"]),
        [
            "PAID_OUT PENDING EUR 1 10.00",
            "PAID_OUT PAID EUR 1 30.00",
            "PAID_OUT FAILED EUR 1 20.00",
            "NOT_POSITIVE - EUR 1 -1.00",
        ]
    );
    office.assert_verified().await;
}
