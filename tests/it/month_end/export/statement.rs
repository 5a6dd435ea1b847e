//! A statement as a file: what was owed, what moved it, and what was owed then.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{file, get, rows_of_csv, rows_of_json, seeded_with};
use crate::support::{Client, both_databases};

const DOCUMENT: &str = "query($id: ID!, $from: DateTime!, $to: DateTime!, $after: String) {
    statement(partnerId: $id, currency: \"EUR\", from: $from, to: $to) { opening { amount } closing { amount }
      movements(first: 500, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes {
        at kind amount { amount currency } balance { amount } payout { id }
        commission { id kind campaign { id externalId name } event { id externalId } } } } } }";

/// The statement's opening and closing, and its movements as a file has them.
async fn stated(client: &Client, id: &str, from: &str, to: &str) -> (Value, Value, Vec<Value>) {
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "id": id, "from": from, "to": to, "after": after });
        let statement = client.data_with(DOCUMENT, variables).await["statement"].clone();
        let movements = &statement["movements"];
        for node in movements["nodes"].as_array().unwrap() {
            let row = &node["commission"];
            rows.push(json!({
                "at": node["at"], "kind": node["kind"], "amount": node["amount"]["amount"],
                "currency": node["amount"]["currency"], "balance": node["balance"]["amount"], "commissionId": row["id"],
                "commissionKind": row["kind"], "campaignId": row["campaign"]["id"],
                "campaignExternalId": row["campaign"]["externalId"], "campaignName": row["campaign"]["name"],
                "eventId": row["event"]["id"], "eventExternalId": row["event"]["externalId"],
                "payoutId": node["payout"]["id"],
            }));
        }
        if movements["pageInfo"]["hasNextPage"] == false {
            assert_eq!(movements["totalCount"], rows.len());
            return (
                statement["opening"]["amount"].clone(),
                statement["closing"]["amount"].clone(),
                rows,
            );
        }
        after = movements["pageInfo"]["endCursor"].clone();
    }
}

#[apply(both_databases)]
async fn a_file_has_the_statement_from_its_opening_to_its_closing(app: TestApp) {
    let tenant = seeded_with(&app, "acme", 1, 900).await;
    let staff = app.staff(&tenant, "admin");
    let partner = staff.data("{ partners(first: 1) { nodes { id } } }").await["partners"]["nodes"][0]["id"].clone();
    let partner = partner.as_str().unwrap();
    let own = app.partner(&tenant, partner);
    let mut lengths = Vec::new();
    for (from, to) in [
        ("2020-01-01T00:00:00Z", "2026-03-01T12:00:00Z"),
        ("2026-01-10T00:00:00Z", "2026-02-10T00:00:00Z"),
        ("2019-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
    ] {
        let (opening, closing, movements) = stated(&staff, partner, from, to).await;
        let path = format!("/export/statement?partnerId={partner}&currency=EUR&from={from}&to={to}");
        let csv = file(&staff, &path).await;
        let mut rows = rows_of_json(&file(&staff, &format!("{path}&format=jsonl")).await);
        assert_eq!(rows_of_csv(&csv).len(), rows.len());
        assert_eq!(file(&own, &path).await, csv, "it is the partner's own");
        let (first, last) = (rows.remove(0), rows.pop().expect("two ends"));
        for (end, at, owed) in [(&first, from, &opening), (&last, to, &closing)] {
            assert_eq!(
                (&end["at"], &end["balance"], &end["currency"]),
                (&json!(at), owed, &json!("EUR"))
            );
            assert_eq!(
                (&end["kind"], &end["amount"], &end["commissionId"]),
                (&Value::Null, &Value::Null, &Value::Null)
            );
        }
        assert!(
            rows.iter()
                .zip(&movements)
                .all(|(row, movement)| json!(row) == *movement),
            "{from} {to}"
        );
        assert_eq!(rows.len(), movements.len());
        lengths.push(rows.len());
    }
    assert!(lengths[0] > 500 && lengths[1] > 0 && lengths[2] == 0, "{lengths:?}");
}

#[apply(both_databases)]
async fn a_statement_that_cannot_be_is_said(app: TestApp) {
    let tenant = seeded_with(&app, "acme", 20, 20).await;
    let staff = app.staff(&tenant, "admin");
    let ids = staff
        .data("{ partners(first: 2, filter: { status: ACTIVE }) { nodes { id } } }")
        .await["partners"]["nodes"]
        .clone();
    let (one, other) = (ids[0]["id"].as_str().unwrap(), ids[1]["id"].as_str().unwrap());
    let of = |more: &str| format!("/export/statement?currency=EUR&{more}");
    for (query, says) in [
        (
            "from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z",
            "partnerId is required",
        ),
        (
            "partnerId=par_01h2xcejqtf2nbrexx3vqjhp41&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z",
            "partnerId does not exist",
        ),
        (
            "partnerId=x&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z",
            "partnerId ",
        ),
        (
            &format!("partnerId={one}&from=2026-01-01T00:00:00Z&to=2036-02-01T00:00:00Z"),
            "to ",
        ),
        (
            &format!("partnerId={one}&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&status=PAID"),
            "unknown parameter",
        ),
    ] {
        let refused = get(&staff, &of(query)).await;
        let (code, text) = refused.refusal();
        assert_eq!(
            (refused.status, code.as_str()),
            (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"),
            "{query}: {text}"
        );
        assert!(text.contains(says), "{query}: {text}");
    }
    let query = of(&format!(
        "partnerId={other}&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z"
    ));
    // Another partner's reads as nobody's.
    assert!(
        get(&app.partner(&tenant, one), &query)
            .await
            .refusal()
            .1
            .contains("partnerId does not exist")
    );
    assert_eq!(
        get(&app.staff(&tenant, "payouts:read"), &query).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        get(&app.staff(&tenant, "commissions:read"), &query).await.status,
        StatusCode::OK
    );
}
