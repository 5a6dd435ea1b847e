//! Partners that leave.

use serde_json::json;

use super::{Office, told};
use crate::support::both_databases;

#[apply(both_databases)]
async fn what_is_owed_to_a_revoked_partner_has_no_minimum(app: TestApp) {
    let office = Office::new(&app).await;
    let minimums = json!({ "minimumPayouts": [{ "amount": "50", "currency": "EUR" }] });
    office.staff().done("updateTenant", minimums, "tenant { id }").await;
    let (ann, bob) = (office.partner("ann").await, office.partner("bob").await);
    office.approved(&ann, "12.50").await;
    office.approved(&bob, "12.40").await;
    office
        .staff()
        .done(
            "revokePartner",
            json!({ "id": ann, "reason": "left" }),
            "partner { status }",
        )
        .await;
    let run = office.previewed_run(json!({})).await;
    assert_eq!(
        told(&run),
        ["EUR 12.50 ann - 1 PAID_OUT", "EUR 12.40 bob - 1 BELOW_MINIMUM"]
    );
}
