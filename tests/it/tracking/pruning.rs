//! How long touches are kept.

use std::time::Duration;

use serde_json::json;
use tributary::service::tracking::prune;

use super::{days, follow, link, send, touches, written};
use crate::ledger::{Shop, euros};
use crate::support::both_databases;

const DAY: Duration = Duration::from_secs(24 * 3600);

#[apply(both_databases)]
async fn touches_that_credited_nothing_are_kept_for_400_days(app: TestApp) {
    let shop = Shop::new(&app).await;
    link(&app, &shop).await;
    follow(&app, "/r/acme/ann-1").await;
    send(&app, &json!({ "visitor": "visitor-1", "ref": "ann-1" })).await;
    written(&app.app).await;
    let sale = json!({ "externalId": "1", "kind": "CHARGE", "amount": euros("100"), "visitorId": "visitor-1" });
    shop.staff().done("recordEvent", sale, "event { id }").await;
    app.clock.advance(400 * DAY);
    assert_eq!(prune(&app.app).await.unwrap(), 0);
    follow(&app, "/r/acme/ann-1").await;
    written(&app.app).await;
    app.clock.advance(Duration::from_secs(1));
    let other = app.replica().await;
    let (here, there) = tokio::join!(prune(&app.app), prune(&other));
    assert_eq!(here.unwrap() + there.unwrap(), 1);
    assert_eq!(touches(&app).await, ["CLICK visitor-1", "CLICK nobody clicked"]);
    // What was counted stays.
    assert_eq!(days(&app).await, ["2026-03-01 2", "2027-04-05 1"]);
}
