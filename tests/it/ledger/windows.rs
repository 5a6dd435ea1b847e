//! When campaigns and partners earn: windows, pauses, ends and suspensions.

use serde_json::{Value, json};

use super::{Shop, charge, euros, merged};
use crate::support::both_databases;

fn at(when: &str, event: Value) -> Value {
    merged(event, json!({ "occurredAt": when }))
}

#[apply(both_databases)]
async fn what_happened_in_the_campaigns_window_earns_however_late_it_comes(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    let campaign = shop
        .campaign_with(json!({
            "terms": [{ "basis": "PERCENT", "value": "20" }],
            "startsAt": "2026-02-01T00:00:00Z", "endsAt": "2026-02-10T00:00:00Z",
        }))
        .await;
    for (id, when, earned) in [
        ("1", "2026-01-31T23:59:59.999999Z", 0),
        ("2", "2026-02-01T00:00:00Z", 1),
        ("3", "2026-02-09T23:59:59.999999Z", 1),
        ("4", "2026-02-10T00:00:00Z", 0),
    ] {
        let recorded = shop.record(at(when, charge(id, &partner, &campaign, "10"))).await;
        assert_eq!(recorded["commissions"].as_array().unwrap().len(), earned, "{when}");
        assert_eq!(recorded["event"]["attribution"]["campaign"]["id"], campaign);
    }
}

#[apply(both_databases)]
async fn a_paused_campaign_earns_nothing_and_an_ended_one_what_happened_before(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let set = async |status: &str| {
        shop.make(
            "updateCampaign",
            "campaign",
            json!({ "id": campaign, "status": status }),
        )
        .await
    };
    set("PAUSED").await;
    assert_eq!(
        shop.earned(charge("1", &partner, &campaign, "10")).await,
        [] as [&str; 0]
    );
    set("ACTIVE").await;
    assert_eq!(shop.earned(charge("2", &partner, &campaign, "10")).await, ["2.00"]);
    shop.days_later(1);
    set("ENDED").await;
    assert_eq!(
        shop.earned(charge("3", &partner, &campaign, "10")).await,
        [] as [&str; 0]
    );
    let late = at("2026-03-02T11:59:59Z", charge("4", &partner, &campaign, "10"));
    assert_eq!(shop.earned(late).await, ["2.00"]);
    assert_eq!(shop.lifetime_value(&partner).await, ["40.00 EUR"]);
}

#[apply(both_databases)]
async fn suspended_and_revoked_partners_are_credited_and_earn_nothing(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let event = |id: &str| {
        merged(
            charge(id, &partner, &campaign, "10"),
            json!({ "customerExternalId": id }),
        )
    };
    shop.make("suspendPartner", "partner", json!({ "id": partner, "reason": "check" }))
        .await;
    let recorded = shop.record(event("1")).await;
    assert_eq!(
        (
            &recorded["commissions"],
            &recorded["event"]["attribution"]["partner"]["id"]
        ),
        (&json!([]), &json!(partner))
    );
    shop.make("activatePartner", "partner", json!({ "id": partner })).await;
    // The event while it was suspended is not made up for; the customer stays bound.
    assert_eq!(shop.record(event("1")).await["commissions"], json!([]));
    let later = json!({ "externalId": "2", "kind": "CHARGE", "customerExternalId": "1", "amount": euros("10") });
    assert_eq!(shop.earned(later).await, ["2.00"]);
    shop.make("revokePartner", "partner", json!({ "id": partner, "reason": "gone" }))
        .await;
    assert_eq!(shop.earned(event("3")).await, [] as [&str; 0]);
    assert_eq!(shop.ledger(&partner).await, ["EVENT ACCRUED 2.00"]);
}

#[apply(both_databases)]
async fn a_campaign_with_rows_is_ended_not_deleted(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    shop.sale("1", &partner, &campaign, "10").await;
    assert_eq!(
        shop.staff()
            .problems("deleteCampaign", json!({ "id": campaign }), "deletedId")
            .await,
        ["IN_USE id"]
    );
}

#[apply(both_databases)]
async fn snapshots_win_over_the_campaign_and_the_nearer_over_the_wider(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let other = shop.percent("10").await;
    let amend = async |campaign: Option<&str>, value: &str| {
        shop.make(
            "amendCommissionSnapshot",
            "commissionSnapshot",
            json!({
                "partnerId": partner, "campaignId": campaign, "reason": "agreed",
                "terms": [{ "basis": "PERCENT", "value": value }],
            }),
        )
        .await
    };
    assert_eq!(shop.earned(charge("1", &partner, &campaign, "100")).await, ["20.00"]);
    let wide = amend(None, "30").await;
    let row = shop.record(charge("2", &partner, &campaign, "100")).await["commissions"][0].clone();
    assert_eq!(
        (&row["amount"]["amount"], &row["snapshot"]["id"]),
        (&json!("30.00"), &json!(wide))
    );
    amend(Some(&campaign), "40").await;
    amend(None, "31").await;
    assert_eq!(shop.earned(charge("3", &partner, &campaign, "100")).await, ["40.00"]);
    assert_eq!(shop.earned(charge("4", &partner, &other, "100")).await, ["31.00"]);
    amend(Some(&campaign), "41").await;
    assert_eq!(shop.earned(charge("5", &partner, &campaign, "100")).await, ["41.00"]);
}
