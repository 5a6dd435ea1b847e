//! Coupons: sales that name the code of one are credited to its partner.

use serde_json::{Value, json};
use tributary::auth::Caller;
use tributary::import::moving_in::{FileKind, ImportOptions, ImportReport, run};

use crate::ledger::{Shop, euros, merged, text};
use crate::support::both_databases;

const CREDITED: &str = "attribution { via partner { id } campaign { id } coupon { code } } \
    decision { earned reason detail } customer { partner { id } }";

/// A charge of 100.00 with a code, and whatever else.
fn sale(id: &str, code: &str, more: Value) -> Value {
    let charge = json!({ "externalId": id, "kind": "CHARGE", "amount": euros("100"), "couponCode": code });
    merged(charge, more)
}

async fn recorded(shop: &Shop<'_>, input: Value) -> Value {
    let selection = format!("event {{ {CREDITED} }} commissions {{ amount {{ amount }} }}");
    shop.staff().done("recordEvent", input, &selection).await
}

async fn coupon(shop: &Shop<'_>, partner: &str, campaign: &str, code: &str, more: Value) -> String {
    let input = json!({ "partnerId": partner, "campaignId": campaign, "code": code });
    shop.make("createCoupon", "coupon", merged(input, more)).await
}

#[apply(both_databases)]
async fn a_code_credits_a_sale_however_it_is_typed(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, bob) = (shop.partner("ann").await, shop.partner("bob").await);
    let (campaign, other) = (shop.percent("10").await, shop.percent("20").await);
    coupon(&shop, &ann, &campaign, "Straße-10", json!({})).await;
    for (id, code) in [("1", "Straße-10"), ("2", " STRASSE-10 "), ("3", "ｓｔｒａｓｓｅ－１０")] {
        let sold = recorded(&shop, sale(id, code, json!({ "customerExternalId": "c1" }))).await;
        let attribution = &sold["event"]["attribution"];
        assert_eq!(attribution["via"], "COUPON", "{code}");
        assert_eq!(attribution["partner"]["id"], json!(ann), "{code}");
        assert_eq!(attribution["campaign"]["id"], json!(campaign), "{code}");
        assert_eq!(attribution["coupon"]["code"], "Straße-10");
        assert_eq!(sold["commissions"][0]["amount"]["amount"], "10.00");
        assert_eq!(sold["event"]["customer"]["partner"]["id"], json!(ann));
    }
    // It credits sales of customers of others, too, and binds nobody who is bound.
    let named = json!({ "customerExternalId": "c2", "partnerId": bob, "campaignId": other });
    let bound = recorded(&shop, merged(sale("4", "Straße-10", json!({})), named)).await;
    assert_eq!(bound["event"]["attribution"]["via"], "NAMED");
    assert_eq!(bound["commissions"][0]["amount"]["amount"], "20.00");
    let sold = recorded(&shop, sale("5", "straße-10", json!({ "customerExternalId": "c2" }))).await;
    assert_eq!(sold["event"]["attribution"]["partner"]["id"], json!(ann));
    assert_eq!(sold["event"]["customer"]["partner"]["id"], json!(bob));
    let later = json!({ "couponCode": null, "customerExternalId": "c2" });
    let later = recorded(&shop, merged(sale("6", "", json!({})), later)).await;
    assert_eq!(later["event"]["attribution"]["via"], "BINDING");
    assert_eq!(later["event"]["attribution"]["partner"]["id"], json!(bob));
    // A refund takes back from whom the sale was credited to.
    let back = json!({ "externalId": "7", "kind": "REFUND", "originalExternalId": "5" });
    let back = recorded(&shop, back).await;
    assert_eq!(back["event"]["attribution"]["via"], "COUPON");
    assert_eq!(back["event"]["attribution"]["coupon"]["code"], "Straße-10");
}

#[apply(both_databases)]
async fn a_code_that_is_not_valid_says_why_and_credits_nobody(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, rob) = (shop.partner("ann").await, shop.partner("rob").await);
    let (campaign, other) = (shop.percent("10").await, shop.percent("20").await);
    let range = json!({ "startsAt": "2026-02-01T00:00:00Z", "endsAt": "2026-02-02T00:00:00Z" });
    coupon(&shop, &ann, &campaign, "DAY", range).await;
    coupon(&shop, &ann, &campaign, "OUT", json!({ "status": "DISABLED" })).await;
    coupon(&shop, &rob, &campaign, "ROB", json!({})).await;
    shop.make("revokePartner", "partner", json!({ "id": rob, "reason": "r" }))
        .await;
    let at = |time: &str| json!({ "occurredAt": time });
    let refused = [
        ("NONE", json!({}), "is unknown"),
        ("OUT", json!({}), "is disabled"),
        ("ROB", json!({}), "is of a partner that was revoked"),
        (
            "DAY",
            at("2026-01-31T23:59:59.999999Z"),
            "was not valid yet when the event happened",
        ),
        (
            "DAY",
            at("2026-02-02T00:00:00Z"),
            "was no longer valid when the event happened",
        ),
        (
            "DAY",
            json!({ "campaignId": other }),
            "is of another campaign than the event",
        ),
    ];
    for (number, (code, more, why)) in refused.into_iter().enumerate() {
        let sold = recorded(&shop, sale(&format!("no-{number}"), code, more)).await;
        assert_eq!(sold["event"]["attribution"], Value::Null, "{code}");
        let decision = &sold["event"]["decision"];
        assert_eq!(decision["reason"], "COUPON_INVALID", "{code}");
        assert_eq!(text(&decision["detail"]), format!("the coupon {code:?} {why}"));
    }
    for (id, time) in [
        ("first", "2026-02-01T00:00:00Z"),
        ("last", "2026-02-01T23:59:59.999999Z"),
    ] {
        let sold = recorded(&shop, sale(id, "DAY", at(time))).await;
        assert_eq!(sold["commissions"][0]["amount"]["amount"], "10.00", "{id}");
    }
    // Whoever the customer is bound to earns all the same.
    let bound = json!({ "customerExternalId": "c1", "partnerId": ann, "campaignId": campaign, "couponCode": null });
    recorded(&shop, merged(sale("bound", "", json!({})), bound)).await;
    let sold = recorded(&shop, sale("again", "NONE", json!({ "customerExternalId": "c1" }))).await;
    assert_eq!(sold["event"]["attribution"]["via"], "BINDING");
    assert_eq!(sold["event"]["decision"]["detail"], Value::Null);
    // A suspended partner is credited, and earns nothing.
    shop.make("suspendPartner", "partner", json!({ "id": ann, "reason": "r" }))
        .await;
    let sold = recorded(&shop, sale("suspended", "DAY", at("2026-02-01T00:00:00Z"))).await;
    assert_eq!(sold["event"]["attribution"]["partner"]["id"], json!(ann));
    assert_eq!(sold["event"]["decision"]["reason"], "PARTNER_SUSPENDED");
}

#[apply(both_databases)]
async fn coupons_are_made_changed_and_deleted(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let staff = shop.staff();
    let id = coupon(
        &shop,
        &ann,
        &campaign,
        "SPRING",
        json!({ "customerBenefit": "20 % off" }),
    )
    .await;
    let input = |more| merged(json!({ "partnerId": ann, "campaignId": campaign, "code": "NEW" }), more);
    for (more, problems) in [
        (json!({ "code": "spring" }), vec!["TAKEN code"]),
        (json!({ "code": " " }), vec!["REQUIRED code"]),
        (json!({ "code": "x".repeat(65) }), vec!["INVALID code"]),
        (json!({ "code": "a\nb" }), vec!["INVALID code"]),
        (
            json!({ "partnerId": "par_01h2xcejqtf2nbrexx3vqjhp41", "campaignId": "cmp_01h2xcejqtf2nbrexx3vqjhp41" }),
            vec!["NOT_FOUND campaignId", "NOT_FOUND partnerId"],
        ),
        (
            json!({ "startsAt": "2026-02-01T00:00:00Z", "endsAt": "2026-02-01T00:00:00Z" }),
            vec!["INVALID endsAt"],
        ),
    ] {
        assert_eq!(staff.problems("createCoupon", input(more), "coupon").await, problems);
    }
    let disabled = json!({ "id": id, "status": "DISABLED", "customerBenefit": null });
    let changed = staff
        .done(
            "updateCoupon",
            disabled,
            "coupon { status customerBenefit code history { totalCount } }",
        )
        .await;
    assert_eq!(
        changed["coupon"],
        json!({ "status": "DISABLED", "customerBenefit": null, "code": "SPRING", "history": { "totalCount": 2 } })
    );
    let list = "query($id: ID!) { coupons(filter: { search: \"pri\", status: [DISABLED] }) { totalCount nodes { id } }
        partner(id: $id) { coupons(first: 5) { totalCount nodes { code campaign { id } } } } }";
    app.reset_statements();
    let data = staff.data_with(list, json!({ "id": ann })).await;
    assert!(app.statements().len() <= 5, "{:#?}", app.statements());
    assert_eq!(data["coupons"], json!({ "totalCount": 1, "nodes": [{ "id": id }] }));
    let of_partner = json!({ "totalCount": 1, "nodes": [{ "code": "SPRING", "campaign": { "id": campaign } }] });
    assert_eq!(data["partner"]["coupons"], of_partner);
    // One that credited a sale stays; another one goes.
    let used = coupon(&shop, &ann, &campaign, "USED", json!({})).await;
    recorded(&shop, sale("1", "used", json!({}))).await;
    let problems = staff.problems("deleteCoupon", json!({ "id": used }), "deletedId").await;
    assert_eq!(problems, ["IN_USE id"]);
    staff.done("deleteCoupon", json!({ "id": id }), "deletedId").await;
    let none = "query($id: ID!) { coupon(id: $id) { id } }";
    assert_eq!(staff.data_with(none, json!({ "id": id })).await["coupon"], Value::Null);
}

#[apply(both_databases)]
async fn codes_cost_a_list_of_events_one_statement(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    for code in ["A", "B"] {
        coupon(&shop, &ann, &campaign, code, json!({})).await;
    }
    let document = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) { userErrors { code } } }";
    let (codes, mut counts) = (["a", "b"], Vec::new());
    // The first round also makes the partner a member of the campaign.
    for round in ["first", "without", "with"] {
        let events: Vec<_> = (0..10)
            .map(|number| {
                let credited = match round {
                    "with" => json!({ "couponCode": codes[number % 2] }),
                    _ => json!({ "couponCode": null, "partnerId": ann, "campaignId": campaign }),
                };
                sale(&format!("{round}-{number}"), "", credited)
            })
            .collect();
        app.reset_statements();
        shop.staff().data_with(document, json!({ "input": events })).await;
        counts.push(app.statements().len());
    }
    assert_eq!(counts[2], counts[1] + 1, "{counts:?}");
}

#[apply(both_databases)]
async fn coupons_are_imported_once_and_sales_of_files_name_them(app: TestApp) {
    let shop = Shop::new(&app).await;
    shop.partner_with("ann", json!({ "externalId": "P-1" })).await;
    shop.campaign_with(json!({ "externalId": "C-1", "terms": [{ "basis": "PERCENT", "value": "10" }] }))
        .await;
    let coupons = "code,partnerExternalId,campaignExternalId,status,endsAt\n\
        SPRING,P-1,C-1,enabled,2030-01-01T00:00:00Z\nspring,P-1,C-1,,\nOLD,P-1,C-1,expired,\nNOBODY,P-2,C-1,,\nNONE,P-1,,,\n";
    let first = imported(&app, &shop, FileKind::Coupons, coupons, false).await;
    assert_eq!((first.created, first.unchanged), (2, 1));
    let problems: Vec<_> = first.problems.iter().map(ToString::to_string).collect();
    assert!(
        problems[0].contains("line 5") && problems[0].contains("P-2"),
        "{problems:?}"
    );
    assert!(
        problems[1].contains("line 6") && problems[1].contains("campaign"),
        "{problems:?}"
    );
    let again = imported(&app, &shop, FileKind::Coupons, coupons, false).await;
    assert_eq!((again.created, again.unchanged, again.problems.count()), (0, 3, 2));
    let other = "code,partnerExternalId,campaignExternalId,status\nSPRING,P-1,C-1,disabled\n";
    let other = imported(&app, &shop, FileKind::Coupons, other, false).await;
    assert!(
        other
            .problems
            .iter()
            .any(|problem| problem.to_string().contains("status"))
    );
    let sales = "externalId,kind,amount,currency,couponCode\n1,CHARGE,100,EUR,Spring\n2,CHARGE,100,EUR,old\n";
    let earned = imported(&app, &shop, FileKind::Events, sales, true).await;
    assert_eq!((earned.created, earned.problems.count()), (2, 0));
    let list = "{ events(orderBy: { direction: ASC }) { nodes { attribution { via } decision { reason } } } }";
    let data = shop.staff().data(list).await;
    assert_eq!(data["events"]["nodes"][0]["attribution"]["via"], "COUPON");
    assert_eq!(data["events"]["nodes"][1]["decision"]["reason"], "COUPON_INVALID");
    let history =
        "externalId,kind,amount,currency,occurredAt,couponCode\n3,CHARGE,100,EUR,2026-01-01T00:00:00Z,Spring\n";
    let history = imported(&app, &shop, FileKind::Events, history, false).await;
    assert!(
        history
            .problems
            .iter()
            .any(|problem| problem.to_string().contains("--earn"))
    );
}

async fn imported(
    app: &crate::support::TestApp,
    shop: &Shop<'_>,
    kind: FileKind,
    text: &str,
    earn: bool,
) -> ImportReport {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    std::fs::write(&path, text).unwrap();
    let caller = Caller::operator(shop.tenant.id, "import");
    let options = ImportOptions {
        earn,
        ..Default::default()
    };
    run(&app.app, &caller, kind, &path, &options, |_| {})
        .await
        .expect("a file")
}
