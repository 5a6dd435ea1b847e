//! After an erasure no table holds a value of the subject, and the ledger goes on as before.

use serde_json::{Value, json};
use tributary::service::erasure::work_on;
use tributary::service::ledger::verify::verify;
use tributary::service::webhook::fan_out::fan_out;

use crate::ledger::{Shop, charge, merged, refund, text};
use crate::support::{TestApp, both_databases};
use crate::webhooks;

/// Part of every value of the subject, in letters that no id has.
pub const MARK: &str = "ulmquist";

/// The rows in which the marker is left, as "table: row".
pub async fn marked(app: &TestApp) -> Vec<String> {
    let in_table = |(table, rows): (String, Vec<String>)| {
        let marked = rows.into_iter().filter(|row| row.to_lowercase().contains(MARK));
        marked.map(|row| format!("{table}: {row}")).collect::<Vec<_>>()
    };
    app.rows().await.into_iter().flat_map(in_table).collect()
}

/// The files of an SQLite database in which the marker is left, beside those of rows.
pub fn files_with_mark(app: &TestApp) -> Vec<String> {
    let url = app.database_url();
    let Some(path) = url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//")) else {
        return Vec::new();
    };
    let path = path.split('?').next().unwrap_or_default();
    let files = ["", "-wal"].map(|end| format!("{path}{end}"));
    assert!(
        std::fs::metadata(&files[0]).is_ok_and(|file| file.len() > 100_000),
        "{path}"
    );
    let is_marked = |file: &String| {
        let bytes = std::fs::read(file).unwrap_or_default();
        String::from_utf8_lossy(&bytes).to_lowercase().contains(MARK)
    };
    files.into_iter().filter(is_marked).collect()
}

/// The tables in which the marker is.
pub async fn tables(app: &TestApp) -> Vec<String> {
    let marked = marked(app).await;
    let mut tables: Vec<_> = marked
        .iter()
        .filter_map(|row| Some(row.split_once(':')?.0.to_owned()))
        .collect();
    tables.dedup();
    tables
}

pub async fn asked(shop: &Shop<'_>, subject: Value, more: Value) -> Value {
    let input = merged(json!({ "subject": subject, "reason": "asked for on paper" }), more);
    let selection = "erasure { number subjectType subjectId requestedBy reason forced finishedAt changedRows }";
    shop.staff().done("erasePersonalData", input, selection).await["erasure"].clone()
}

/// Does what the job does, in batches of few rows.
pub async fn finish(app: &TestApp) {
    while work_on(&app.app, 3).await.expect("a batch").is_some() {}
}

/// Creates the deliveries of webhooks, and sends none.
pub async fn announce(app: &TestApp) {
    while !fan_out(&app.app).await.expect("the outbox is read").is_whole {}
}

/// Erases, and checks what holds after every erasure.
pub async fn erase(shop: &Shop<'_>, subject: Value) {
    let erasure = asked(shop, subject, json!({ "force": true })).await;
    assert_eq!(
        (&erasure["finishedAt"], &erasure["changedRows"]),
        (&Value::Null, &json!(0))
    );
    finish(shop.app).await;
    let listed = shop
        .staff()
        .data("{ erasures { nodes { number finishedAt changedRows } } }")
        .await["erasures"]["nodes"][0]
        .clone();
    assert_eq!(listed["number"], erasure["number"]);
    assert!(
        listed["finishedAt"].is_string() && listed["changedRows"].as_i64() > Some(0),
        "{listed}"
    );
    assert_eq!(marked(shop.app).await, Vec::<String>::new());
    assert_eq!(files_with_mark(shop.app), Vec::<String>::new());
    assert_eq!(verify(&shop.app.app, &shop.tenant).await.unwrap(), []);
}

pub fn sale(id: &str, customer: &str, of: &Value) -> Value {
    let event = charge(id, "", "", "100");
    let mut event = merged(
        event,
        json!({ "customerExternalId": customer, "metadata": { "to": format!("{MARK} road 1") } }),
    );
    for (field, value) in of.as_object().unwrap() {
        event[field] = value.clone();
    }
    event
}

#[apply(both_databases)]
async fn an_erased_customer_is_nowhere_and_still_found(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, other, campaign) = (
        shop.partner("ann").await,
        shop.partner("bob").await,
        shop.percent("20").await,
    );
    webhooks::endpoint(
        &shop.staff(),
        "https://hooks.example.com/",
        &["COMMISSION_ACCRUED", "CUSTOMER_REASSIGNED"],
    )
    .await;
    let (customer, order) = (format!("{MARK}@shop"), format!("order-{MARK}-1"));
    let of = json!({ "partnerId": partner, "campaignId": campaign });
    let first = merged(sale(&order, &customer, &of), json!({ "idempotencyKey": "first" }));
    let recorded = shop.record(first.clone()).await;
    let id = text(&recorded["event"]["customer"]["id"]);
    shop.record(sale(&format!("order-{MARK}-2"), &customer, &of)).await;
    let row = text(&recorded["commissions"][0]["id"]);
    shop.reverse(&[&row]).await;
    let moved =
        json!({ "customerId": id, "partnerId": other, "campaignId": campaign, "reason": format!("{MARK} called") });
    shop.staff().done("reassignCustomer", moved, "customer { id }").await;
    announce(&app).await;
    let before = tables(&app).await;
    for table in ["customer", "event", "outbox", "reassignment", "webhook_delivery"] {
        assert!(before.iter().any(|name| name == table), "{table}: {before:?}");
    }
    erase(&shop, json!({ "customerId": id })).await;

    // A repetition is none, a refund finds its order, and the next sale its customer.
    let repeated = shop.staff().mutate("recordEvent", first, "event { id }").await;
    let error = &repeated["userErrors"][0];
    assert_eq!(error["code"], "CONFLICT", "{repeated}");
    assert!(error["message"].as_str().unwrap().contains("erased"), "{error}");
    let refunded = shop.record(refund("back", &order, Some("10"))).await;
    assert_eq!(refunded["event"]["customer"]["id"], *id);
    let next = merged(charge("next", "", "", "50"), json!({ "customerExternalId": customer }));
    let mut next = next;
    for field in ["partnerId", "campaignId"] {
        next.as_object_mut().unwrap().remove(field);
    }
    let recorded = shop.record(next.clone()).await;
    assert_eq!(recorded["event"]["customer"]["id"], *id);
    assert_eq!(recorded["event"]["attribution"]["partner"]["id"], *other, "{recorded}");
    assert_eq!(shop.record(next).await["duplicate"], true);
    assert_eq!(marked(&app).await, Vec::<String>::new());
    assert_eq!(verify(&app.app, &shop.tenant).await.unwrap(), []);
}

#[apply(both_databases)]
async fn an_erased_partner_is_nowhere(app: TestApp) {
    let shop = Shop::new(&app).await;
    let more = json!({
        "externalId": format!("crm-{MARK}"), "email": format!("{MARK}@example.com"),
        "metadata": { "phone": MARK }, "payoutReference": format!("acct_{MARK}"),
    });
    let partner = shop.partner_with(&format!("Ann {MARK}"), more).await;
    let campaign = shop.percent("20").await;
    webhooks::endpoint(
        &shop.staff(),
        "https://hooks.example.com/",
        &["COMMISSION_ACCRUED", "PARTNER_SUSPENDED"],
    )
    .await;
    let row = shop.sale("1", &partner, &campaign, "100").await;
    shop.approve(&[&row]).await;
    shop.pay().await;
    let manual = json!({
        "partnerId": partner, "amount": { "amount": "5", "currency": "EUR" }, "reason": format!("{MARK} asked"),
        "note": format!("note on {MARK}"),
    });
    shop.staff()
        .done("createManualCommission", manual, "commission { id }")
        .await;
    let key = json!({ "name": format!("key of {MARK}"), "scopes": ["commissions:read"], "partnerId": partner });
    shop.staff().done("createApiKey", key, "apiKey { id }").await;
    let suspended = json!({ "id": partner, "reason": format!("{MARK} does not answer") });
    shop.staff().done("suspendPartner", suspended, "partner { id }").await;
    announce(&app).await;
    let before = tables(&app).await;
    for table in [
        "audit_entry",
        "commission",
        "partner",
        "partner_transition",
        "payout",
        "webhook_delivery",
    ] {
        assert!(before.iter().any(|name| name == table), "{table}: {before:?}");
    }
    // The rest is still owed.
    let subject = json!({ "partnerId": partner });
    let refused = shop
        .staff()
        .problems("erasePersonalData", json!({ "subject": subject }), "erasure { number }")
        .await;
    assert_eq!(refused, ["CONFLICT subject.partnerId"]);
    erase(&shop, subject).await;
    let document = "query($id: ID!) { partner(id: $id) { name email externalId } }";
    let shown = shop.staff().data_with(document, json!({ "id": partner })).await["partner"].clone();
    assert_eq!(
        shown,
        json!({ "name": "erased 1", "email": "erased 1", "externalId": null })
    );
}

#[apply(both_databases)]
async fn applicants_recipients_and_staff_are_erased_too(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let request = json!({
        "name": format!("Ann {MARK}"), "email": format!("{MARK}@example.com"), "campaignId": campaign,
        "message": format!("I am {MARK}"),
    });
    let request = shop
        .make("createPartnershipRequest", "partnershipRequest", request)
        .await;
    erase(&shop, json!({ "requestId": request })).await;

    let deal = json!({
        "name": "Deal", "partnerId": partner, "value": { "amount": "5", "currency": "EUR" },
        "leadCreator": format!("Lea {MARK}"), "owner": format!("Lea {MARK}"),
    });
    shop.staff().done("createDeal", deal, "deal { id }").await;
    erase(
        &shop,
        json!({ "recipient": { "partnerId": partner, "name": format!("Lea {MARK}") } }),
    )
    .await;

    let staff = app.staff_called(MARK, &shop.tenant, "admin");
    let sale = charge("1", &partner, &campaign, "100");
    let made = staff.done("recordEvent", sale, "commissions { id }").await;
    let ids = json!({ "ids": [made["commissions"][0]["id"]], "overrideHoldbackReason": "agreed" });
    staff.mutate("approveCommissions", ids, "id").await;
    staff
        .done("createPayoutRun", json!({ "idempotencyKey": "k" }), "payoutRun { id }")
        .await;
    staff
        .done(
            "suspendPartner",
            json!({ "id": partner, "reason": "r" }),
            "partner { id }",
        )
        .await;
    let before = tables(&app).await;
    for table in [
        "audit_entry",
        "commission_transition",
        "idempotency",
        "partner_transition",
        "payout",
        "payout_run",
    ] {
        assert!(before.iter().any(|name| name == table), "{table}: {before:?}");
    }
    erase(&shop, json!({ "staffActor": MARK })).await;
}

/// Whatever order they come in, batches of several replicas do each row once, and any of them may never end.
#[apply(both_databases)]
async fn batches_of_several_replicas_and_lost_ones_come_to_the_same(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let of = json!({ "partnerId": partner, "campaignId": campaign });
    let mut id = Value::Null;
    for number in 0..12 {
        let recorded = shop
            .record(sale(&format!("{MARK}-{number}"), &format!("{MARK}@shop"), &of))
            .await;
        id = recorded["event"]["customer"]["id"].clone();
    }
    asked(&shop, json!({ "customerId": id }), json!({})).await;
    let replica = app.replica().await;
    for statements in 1..12 {
        // Given up somewhere within a batch, as by a kill.
        drop(app.given_up_after(statements, work_on(&app.app, 4)).await);
    }
    let both = async |gateway| while work_on(gateway, 2).await.unwrap_or(Some(Default::default())).is_some() {};
    tokio::join!(both(&app.app), both(&replica));
    assert_eq!(marked(&app).await, Vec::<String>::new());
    assert_eq!(verify(&app.app, &shop.tenant).await.unwrap(), []);
    let erased = app.texts("SELECT external_id FROM event").await;
    assert_eq!(erased.len(), 12);
    assert!(erased.iter().all(|id| id.starts_with("erased:")), "{erased:?}");
}
