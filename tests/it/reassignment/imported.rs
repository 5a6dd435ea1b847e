//! Imported history that is moved.

use serde_json::{Value, json};
use tributary::import::moving_in::FileKind;
use tributary::service::ledger::verify::verify;

use super::{selection, told};
use crate::ledger::text;
use crate::moving_in::House;
use crate::support::{TestApp, both_databases};

const EVENTS: &str = "externalId,kind,amount,currency,occurredAt,customerExternalId,partnerExternalId\n\
    bare,CHARGE,100.00,EUR,2025-01-01,c1,p1\npaid,CHARGE,200.00,EUR,2025-01-02,c1,p1\n\
    open,CHARGE,300.00,EUR,2025-01-03,c1,p1\n";

const COMMISSIONS: &str = "externalId,amount,currency,status,percent,partnerExternalId,eventExternalId,accruedAt\n\
    k1,40.00,EUR,PAID,true,p1,paid,2025-01-02\nk2,60.00,EUR,ACCRUED,true,p1,open,2025-01-03\n";

async fn moved(app: &TestApp, claws_back: bool) {
    let house = House::new(app).await;
    house
        .moved(FileKind::Partners, "name,email,externalId\nAnn,ann@example.com,p1\n")
        .await;
    house.moved(FileKind::Events, EVENTS).await;
    house.moved(FileKind::Commissions, COMMISSIONS).await;
    let shop = &house.shop;
    let (bob, campaign) = (shop.partner("bob").await, shop.percent("10").await);
    let data: Value = shop.staff().data("{ customers { nodes { id partner { id } } } }").await;
    let customer = &data["customers"]["nodes"][0];
    let ann = text(&customer["partner"]["id"]);
    let input = json!({
        "customerId": customer["id"], "partnerId": bob, "campaignId": campaign, "from": "2000-01-01T00:00:00Z",
        "clawBackPaid": claws_back, "reason": "wrong link",
    });
    let payload = shop.staff().done("reassignCustomer", input, &selection()).await;
    let expected = [
        "bare EARNED ->10.00 -",
        "paid KEPT_PAID 40.00>- -",
        "open KEPT_PAID 60.00>- -",
    ];
    assert_eq!(told(&payload), expected);
    assert_eq!(shop.ledger(&ann).await, ["OPENING PAID 40.00", "OPENING ACCRUED 60.00"]);
    assert_eq!(shop.ledger(&bob).await, ["EVENT ACCRUED 10.00"]);
    assert_eq!(verify(&shop.app.app, &shop.tenant).await.expect("no fault"), []);
}

#[apply(both_databases)]
async fn imported_commissions_stay_and_what_has_none_earns(app: TestApp) {
    moved(&app, false).await;
}

#[apply(both_databases)]
async fn imported_commissions_stay_although_paid_ones_are_clawed_back(app: TestApp) {
    moved(&app, true).await;
}
