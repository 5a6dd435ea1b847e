//! Whose statements a caller sees.

use serde_json::{Value, json};

use super::{statement, statement_with};
use crate::support::programme::{Programme, unknown};
use crate::support::{TestApp, both_databases};

const FROM: &str = "2026-02-01T00:00:00Z";

fn now(app: &TestApp) -> String {
    app.clock.now().to_rfc3339()
}

#[apply(both_databases)]
async fn a_partner_sees_its_own_statement_and_no_other(app: TestApp) {
    let foreign = Programme::new(&app, "zulu", "foreign", "foreignother").await;
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let arguments = |partner: &str| json!({ "partnerId": partner, "currency": "USD", "from": FROM, "to": now(&app) });
    let (a, staff) = (app.partner(&p.tenant, &p.a), &p.staff);
    let own = statement_with(&a, arguments(&p.a)).await;
    assert_eq!(own, statement_with(staff, arguments(&p.a)).await);
    assert_eq!(
        own["closing"]["amount"], "20.00",
        "its commission of 12 and its deal's of 8"
    );
    assert!(statement_with(staff, arguments(&p.b)).await.is_object());
    // As if there were none.
    for partner in [&p.b, &foreign.a, &unknown(&p.a)] {
        assert_eq!(statement_with(&a, arguments(partner)).await, Value::Null, "{partner}");
    }
    for partner in [&foreign.a, &unknown(&p.a)] {
        assert_eq!(
            statement_with(staff, arguments(partner)).await,
            Value::Null,
            "{partner}"
        );
    }
}

#[apply(both_databases)]
async fn a_statement_needs_the_scope_of_what_it_shows(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let document = "query($id: ID!, $from: DateTime!, $to: DateTime!) { statement(partnerId: $id, currency: \"USD\", from: $from, to: $to) {
            partner { id name externalId } closing { amount } movements { nodes { commission { id } payout { id } } } } }";
    let variables = json!({ "id": p.a, "from": FROM, "to": now(&app) });
    let answer = app
        .staff(&p.tenant, "payouts:read partners:read")
        .ask_with(document, variables.clone())
        .await;
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
    assert_eq!(answer.body["data"]["statement"], Value::Null);
    // Who the partner is goes with it; the rest of the partner does not. None of this was paid.
    let commissions = app.staff(&p.tenant, "commissions:read");
    let shown = commissions.data_with(document, variables.clone()).await;
    assert_eq!(shown["statement"]["partner"]["name"], "alpha partner");
    let email = document.replace("externalId", "email");
    assert_eq!(
        commissions.ask_with(&email, variables.clone()).await.codes(),
        ["FORBIDDEN"]
    );
    let settled = json!({ "id": p.payout, "status": "PAID" });
    p.staff.done("settlePayout", settled, "payout { id }").await;
    app.clock.advance(std::time::Duration::from_secs(60));
    let later = json!({ "id": p.a, "from": FROM, "to": now(&app) });
    let answer = commissions.ask_with(document, later.clone()).await;
    assert_eq!(answer.codes(), ["FORBIDDEN"], "{}", answer.body);
    assert_eq!(
        answer.body["data"]["statement"]["movements"]["nodes"]
            .as_array()
            .map(Vec::len),
        Some(3)
    );
    let both = app.staff(&p.tenant, "commissions:read payouts:read");
    let nodes = both.data_with(document, later).await["statement"]["movements"]["nodes"].clone();
    assert_eq!(nodes[2]["payout"]["id"], p.payout);
    let balances = format!("{{ viewer {{ partner {{ balancesAsOf(at: {FROM:?}) {{ accrued }} }} }} }}");
    assert_eq!(
        app.partner_with(&p.tenant, &p.a, "payouts:read")
            .ask(&balances)
            .await
            .codes(),
        ["FORBIDDEN"]
    );
    assert!(statement(&both, &p.a, FROM, &now(&app)).await.is_object());
}
