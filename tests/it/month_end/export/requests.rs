//! What may be asked for, how, and by whom.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::{Exported, file, get, listed, rows_of_csv, rows_of_json, seeded};
use crate::support::both_databases;

const LISTS: [(&str, &str); 5] = [
    ("commissions", "commissions:read"),
    ("payouts", "payouts:read"),
    ("events", "events:read"),
    ("partners", "partners:read"),
    ("customers", "events:read"),
];

fn ids(rows: impl IntoIterator<Item = impl std::ops::Index<&'static str, Output = Value>>) -> Vec<String> {
    rows.into_iter()
        .map(|row| row["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[apply(both_databases)]
async fn a_filter_is_the_list_s_own(app: TestApp) {
    let tenant = seeded(&app, "acme", 300).await;
    let staff = app.staff(&tenant, "admin");
    let some = listed(
        &staff,
        "commissions",
        json!({}),
        "id accruedAt partner { id } campaign { id }",
    )
    .await;
    let one = some
        .iter()
        .find(|row| !row["campaign"].is_null())
        .expect("one with a campaign");
    let (partner, campaign) = (
        one["partner"]["id"].as_str().unwrap(),
        one["campaign"]["id"].as_str().unwrap(),
    );
    let from = some[200]["accruedAt"].as_str().unwrap();
    for (query, filter) in [
        ("status=PAID".to_owned(), json!({ "status": ["PAID"] })),
        (
            "status=PAID,ACCRUED".to_owned(),
            json!({ "status": ["PAID", "ACCRUED"] }),
        ),
        (
            "status=PAID&status=ACCRUED&format=csv".to_owned(),
            json!({ "status": ["PAID", "ACCRUED"] }),
        ),
        (format!("partnerId={partner}"), json!({ "partnerId": partner })),
        (
            format!("campaignId={campaign}&kind=EVENT&currency=EUR"),
            json!({ "campaignId": campaign, "kind": ["EVENT"], "currency": "EUR" }),
        ),
        (format!("accruedFrom={from}"), json!({ "accruedFrom": from })),
        (
            format!("accruedTo={}", from.replace(':', "%3A")),
            json!({ "accruedTo": from }),
        ),
        (
            "recipient=nobody%20here".to_owned(),
            json!({ "recipient": "nobody here" }),
        ),
    ] {
        let expected = ids(listed(&staff, "commissions", filter, "id").await);
        let found = ids(rows_of_csv(
            &file(&staff, &format!("/export/commissions?{query}")).await,
        ));
        assert_eq!(found, expected, "{query}");
    }
    for (list, query, filter) in [
        (
            "events",
            "kind=REFUND&earned=false",
            json!({ "kind": ["REFUND"], "earned": false }),
        ),
        ("events", "earned=true", json!({ "earned": true })),
        (
            "partners",
            "status=ACTIVE&type=AFFILIATE",
            json!({ "status": ["ACTIVE"], "type": ["AFFILIATE"] }),
        ),
        (
            "customers",
            &format!("partnerId={partner}"),
            json!({ "partnerId": partner }),
        ),
        ("payouts", "status=PENDING", json!({ "status": ["PENDING"] })),
    ] {
        let expected = ids(listed(&staff, list, filter, "id").await);
        let found = ids(rows_of_json(
            &file(&staff, &format!("/export/{list}?format=jsonl&{query}")).await,
        ));
        assert_eq!(found, expected, "{list} {query}");
    }
}

#[apply(both_databases)]
async fn what_is_wrong_is_said_before_anything_is_sent(app: TestApp) {
    let staff = app.admin().await;
    for (path, code, says) in [
        (
            "commissions?statuz=PAID",
            "BAD_USER_INPUT",
            "unknown parameter \"statuz\"",
        ),
        (
            "commissions?status=PAYED",
            "BAD_USER_INPUT",
            "status must be one of ACCRUED, ",
        ),
        (
            "commissions?status=",
            "BAD_USER_INPUT",
            "status must be one of ACCRUED, ",
        ),
        (
            "commissions?accruedFrom=yesterday",
            "BAD_USER_INPUT",
            "accruedFrom must be an RFC 3339 moment",
        ),
        (
            "commissions?currency=EUR&currency=USD",
            "BAD_USER_INPUT",
            "currency is given twice",
        ),
        (
            "commissions?partnerId=par_nonsense",
            "BAD_USER_INPUT",
            "is not an id: ids look like par_",
        ),
        (
            "commissions?partnerId=%00",
            "BAD_USER_INPUT",
            "partnerId must not contain",
        ),
        ("commissions?first=5", "BAD_USER_INPUT", "unknown parameter \"first\""),
        (
            "commissions?format=ods",
            "BAD_USER_INPUT",
            "format must be one of csv, jsonl, xlsx, not \"ods\"",
        ),
        (
            "commissions?format=csv&format=csv",
            "BAD_USER_INPUT",
            "format is given twice",
        ),
        ("events?earned=maybe", "BAD_USER_INPUT", "earned must be true or false"),
    ] {
        let answer = get(&staff, &format!("/export/{path}")).await;
        let (found, text) = answer.refusal();
        assert_eq!(
            (answer.status, found.as_str()),
            (StatusCode::BAD_REQUEST, code),
            "{path}: {text}"
        );
        assert!(text.contains(says), "{path}: {text}");
    }
    let several = get(&staff, "/export/commissions?a=1&status=x&kind=y").await.refusal();
    assert_eq!(several.1.matches("; ").count(), 2, "{several:?}");
    let unknown = get(&staff, "/export/deals").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(
        unknown
            .refusal()
            .1
            .contains("commissions, payouts, events, partners, coupons, links, touches, customers, erasures, statement, report, payout-file, personal-data"),
        "{}",
        unknown.text
    );
    let answer = Exported::of(
        staff
            .begin("/export/events", &[(header::ACCEPT, "application/json")])
            .await,
    )
    .await;
    assert_eq!(
        (answer.status, answer.refusal().0.as_str()),
        (StatusCode::NOT_ACCEPTABLE, "BAD_REQUEST")
    );
    let post = Request::builder()
        .method(Method::POST)
        .uri("/export/events")
        .body(Body::empty())
        .unwrap();
    assert_eq!(staff.send(post).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[apply(both_databases)]
async fn the_header_chooses_where_no_parameter_does(app: TestApp) {
    let staff = app.admin().await;
    for (accept, kind, ending) in [
        ("*/*", "text/csv; charset=utf-8; header=present", "csv"),
        ("application/jsonl", "application/jsonl; charset=utf-8", "jsonl"),
        (
            "application/x-ndjson, text/csv;q=0.1",
            "application/x-ndjson; charset=utf-8",
            "jsonl",
        ),
    ] {
        let answer = Exported::of(staff.begin("/export/partners", &[(header::ACCEPT, accept)]).await).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), kind);
        let file = format!("attachment; filename=\"partners-2026-03-01.{ending}\"");
        assert_eq!(answer.header("content-disposition"), file);
        assert_eq!(
            (answer.header("cache-control"), answer.header("x-content-type-options")),
            ("no-store", "nosniff")
        );
        assert_eq!(answer.text.is_empty(), ending == "jsonl", "{}", answer.text);
    }
}

#[apply(both_databases)]
async fn each_list_takes_its_own_scope(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let nobody = app.client(None);
    let none = get(&nobody, "/export/partners").await;
    assert_eq!(
        (none.status, none.header("www-authenticate")),
        (StatusCode::UNAUTHORIZED, "Bearer")
    );
    for (list, scope) in LISTS {
        let path = format!("/export/{list}");
        assert_eq!(
            get(&app.staff(&tenant, scope), &path).await.status,
            StatusCode::OK,
            "{list}"
        );
        let others: Vec<_> = LISTS
            .iter()
            .map(|(_, scope)| *scope)
            .filter(|other| *other != scope)
            .collect();
        let refused = get(&app.staff(&tenant, &others.join(" ")), &path).await;
        let (code, text) = refused.refusal();
        assert_eq!((refused.status, code.as_str()), (StatusCode::FORBIDDEN, "FORBIDDEN"));
        assert_eq!(text, format!("this needs the scope {scope}"));
    }
}

#[apply(both_databases)]
async fn an_api_key_exports_what_it_may(app: TestApp) {
    let staff = app.admin().await;
    let input = json!({ "name": "books", "scopes": ["partners:read"] });
    let made = staff.done("createApiKey", input, "apiKey { id } key").await;
    let key = made["key"].as_str().expect("a key").to_owned();
    let holder = app.client(Some(key));
    assert_eq!(get(&holder, "/export/partners").await.status, StatusCode::OK);
    assert_eq!(get(&holder, "/export/payouts").await.status, StatusCode::FORBIDDEN);
}
