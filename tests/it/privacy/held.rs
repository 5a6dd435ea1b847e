//! Exports of what is held of a person have what an erasure takes away, and codes of coupons go with their partner.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::erasing::{MARK, announce, erase, sale, tables};
use crate::ledger::{Shop, charge, merged, text};
use crate::support::{Client, both_databases};
use crate::webhooks;

async fn get(client: &Client, path: &str) -> (StatusCode, String) {
    let (head, body) = client.begin(path, &[]).await.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a whole body");
    (head.status, String::from_utf8(bytes.to_vec()).expect("UTF-8"))
}

/// The places and values that are held of a person.
async fn held(client: &Client, of: &str) -> Vec<(String, Value)> {
    let (status, text) = get(client, &format!("/export/personal-data?{of}")).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let line = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("JSON Lines");
        assert!(line["row"].is_string(), "{line}");
        let place = format!(
            "{}.{}",
            line["table"].as_str().unwrap(),
            line["column"].as_str().unwrap()
        );
        (place, line["value"].clone())
    };
    text.lines().map(line).collect()
}

fn places(held: &[(String, Value)]) -> BTreeSet<&str> {
    let marked = held
        .iter()
        .filter(|(_, value)| value.to_string().to_lowercase().contains(MARK));
    marked.map(|(place, _)| place.as_str()).collect()
}

#[apply(both_databases)]
async fn what_is_held_of_a_partner_is_exported_until_it_is_erased(app: TestApp) {
    let shop = Shop::new(&app).await;
    let more = json!({
        "externalId": format!("crm-{MARK}"), "email": format!("{MARK}@example.com"),
        "metadata": { "phone": MARK }, "payoutReference": format!("acct_{MARK}"), "tags": ["gold"],
    });
    let partner = shop.partner_with(&format!("Ann {MARK}"), more).await;
    let campaign = shop.percent("20").await;
    webhooks::endpoint(&shop.staff(), "https://hooks.example.com/", &["COMMISSION_ACCRUED"]).await;
    let coupon = json!({ "partnerId": partner, "campaignId": campaign, "code": format!("{MARK}10") });
    let coupon = shop.make("createCoupon", "coupon", coupon).await;
    let by_code = |id: &str| {
        let event = json!({ "externalId": id, "kind": "CHARGE", "couponCode": format!(" {}10", MARK.to_uppercase()) });
        merged(event, json!({ "amount": { "amount": "100", "currency": "EUR" } }))
    };
    let paid = shop.record(by_code("1")).await;
    let paid = text(&paid["commissions"][0]["id"]);
    shop.approve(&[&paid]).await;
    shop.pay().await;
    let disabled = json!({ "id": coupon, "status": "DISABLED" });
    shop.staff().done("updateCoupon", disabled, "coupon { id }").await;
    shop.record(by_code("2")).await;
    let suspended = json!({ "id": partner, "reason": format!("{MARK} does not answer") });
    shop.staff().done("suspendPartner", suspended, "partner { id }").await;
    announce(&app).await;

    let of = format!("partnerId={partner}");
    let before = held(&shop.staff(), &of).await;
    let found = places(&before);
    for place in [
        "partner.name",
        "partner.email",
        "partner.external_id",
        "partner.metadata",
        "partner.payout_reference",
        "partner_transition.reason",
        "coupon.code",
        "event_decision.detail",
        "payout.payout_reference",
        "audit_entry.changes",
        "webhook_delivery.payload",
    ] {
        assert!(found.contains(place), "{place}: {before:?}");
    }
    assert!(
        before.contains(&("partner.tags".to_owned(), json!(["gold"]))),
        "{before:?}"
    );
    // Nothing that an erasure looks for is left out.
    let exported: BTreeSet<_> = found
        .iter()
        .filter_map(|place| Some(place.split_once('.')?.0.to_owned()))
        .collect();
    let there: BTreeSet<_> = tables(&app).await.into_iter().collect();
    assert!(there.is_subset(&exported), "{there:?} {exported:?}");
    // Who exported what is on record.
    let log = shop
        .staff()
        .data("{ auditLog(first: 1) { nodes { operation changes { after } } } }")
        .await;
    let entry = &log["auditLog"]["nodes"][0];
    assert_eq!(entry["operation"], "export personal-data");
    assert_eq!(
        entry["changes"][0]["after"]["filter"],
        json!({ "partnerId": partner }),
        "{entry}"
    );

    erase(&shop, json!({ "partnerId": partner })).await;
    assert_eq!(places(&held(&shop.staff(), &of).await), BTreeSet::new());
    let document = "query($id: ID!) { coupon(id: $id) { code status } }";
    let shown = shop.staff().data_with(document, json!({ "id": coupon })).await["coupon"].clone();
    assert!(shown["code"].as_str().unwrap().starts_with("erased 1 "), "{shown}");
    let now_unknown = shop.record(by_code("3")).await;
    assert_eq!(now_unknown["commissions"], json!([]));
}

#[apply(both_databases)]
async fn what_is_held_of_customers_recipients_requests_and_staff_is_exported(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let of = json!({ "partnerId": partner, "campaignId": campaign });
    let recorded = shop
        .record(sale(&format!("order-{MARK}"), &format!("{MARK}@shop"), &of))
        .await;
    let customer = text(&recorded["event"]["customer"]["id"]);
    let staff = shop.staff();
    let of_customer = held(&staff, &format!("customerId={customer}")).await;
    let found = places(&of_customer);
    for place in ["customer.external_id", "event.external_id", "event.metadata"] {
        assert!(found.contains(place), "{place}: {of_customer:?}");
    }
    let deal = json!({
        "name": "Deal", "partnerId": partner, "value": { "amount": "5", "currency": "EUR" },
        "leadCreator": format!("Lea {MARK}"), "owner": format!("Lea {MARK}"),
    });
    staff.done("createDeal", deal, "deal { id }").await;
    let of_recipient = held(&staff, &format!("partnerId={partner}&recipient=Lea%20{MARK}")).await;
    let found = places(&of_recipient);
    assert!(
        found.contains("deal.owner") && found.contains("deal.lead_creator"),
        "{of_recipient:?}"
    );
    let request = json!({
        "name": format!("Ann {MARK}"), "email": format!("{MARK}@example.com"), "campaignId": campaign,
        "message": format!("I am {MARK}"),
    });
    let request = shop
        .make("createPartnershipRequest", "partnershipRequest", request)
        .await;
    let of_request = held(&staff, &format!("requestId={request}")).await;
    assert!(
        places(&of_request).contains("partnership_request.message"),
        "{of_request:?}"
    );
    let another = app.staff_called(MARK, &shop.tenant, "admin");
    another
        .done("recordEvent", charge("1", &partner, &campaign, "1"), "event { id }")
        .await;
    let of_staff = held(&staff, &format!("staffActor={MARK}")).await;
    assert!(places(&of_staff).contains("audit_entry.actor"), "{of_staff:?}");
    // The log does not repeat the names of those who may ask to be erased.
    let log = staff
        .data("{ auditLog(first: 1) { nodes { changes { after } } } }")
        .await
        .to_string();
    assert!(!log.contains(MARK), "{log}");
}

#[apply(both_databases)]
async fn only_admins_export_what_is_held_and_of_one_person_at_a_time(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    let path = format!("/export/personal-data?partnerId={partner}");
    let few = app.staff(&shop.tenant, "partners:read audit:read");
    for (client, path, status, says) in [
        (&few, path.as_str(), StatusCode::FORBIDDEN, "admin"),
        (&app.partner(&shop.tenant, &partner), &path, StatusCode::FORBIDDEN, ""),
        (
            &shop.staff(),
            "/export/personal-data",
            StatusCode::BAD_REQUEST,
            "name one person",
        ),
        (
            &shop.staff(),
            "/export/personal-data?staffActor=a&requestId=b",
            StatusCode::BAD_REQUEST,
            "name one person",
        ),
        (
            &shop.staff(),
            "/export/personal-data?partnerId=par_01h2xcejqtf2nbrexx3vqjhp41",
            StatusCode::BAD_REQUEST,
            "partnerId",
        ),
        (
            &shop.staff(),
            "/export/personal-data?format=csv&staffActor=a",
            StatusCode::BAD_REQUEST,
            "jsonl",
        ),
    ] {
        let (found, text) = get(client, path).await;
        assert_eq!(found, status, "{path}: {text}");
        assert!(text.contains(says), "{path}: {text}");
    }
}
