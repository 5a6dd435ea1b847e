//! A programme of thousands of partners closes its month in a few calls.

use chrono::Duration;
use serde_json::{Value, json};
use tributary::domain::Timestamp;
use tributary::domain::history::Moment;
use tributary::domain::id::{PartnerId, PartnerTransitionId};
use tributary::domain::partner::{Partner, PartnerStatus, PartnerTransition, PartnerType};
use tributary::store::{self, bulk};

use super::{Office, TOTALS, totals};
use crate::support::both_databases;

const PARTNERS: usize = 5_000;
/// More than one call looks at.
const SALES: usize = 10_500;

/// Thousands of partners at once.
async fn partners(office: &Office<'_>) -> Vec<String> {
    let created_at: Timestamp = office.app.clock.now() - Duration::days(1);
    let partners: Vec<_> = (0..PARTNERS)
        .map(|number| Partner {
            id: PartnerId::new(created_at),
            name: format!("p{number}"),
            email: format!("p{number}@p.example"),
            external_id: None,
            partner_type: PartnerType::Affiliate,
            status: PartnerStatus::Active,
            tags: Vec::new(),
            metadata: None,
            group_id: None,
            tier_id: None,
            payout_currency: None,
            payout_reference: None,
            created_at,
            updated_at: created_at,
            activated_at: None,
            revoked_at: None,
            tokens_valid_from: created_at,
        })
        .collect();
    let transitions: Vec<_> = partners
        .iter()
        .map(|partner| {
            let (from, to, at) = (None, partner.status, created_at);
            let (actor, reason, sequence) = ("ann".to_owned(), None, 1);
            let transition = PartnerTransition {
                from,
                to,
                actor,
                reason,
                at,
                sequence,
            };
            (PartnerTransitionId::new(at), partner.id, transition)
        })
        .collect();
    let transaction = office.app.store().begin_unaudited().await.expect("a transaction");
    let tenant = office.tenant.id;
    bulk::insert_partners(&transaction, tenant, &partners)
        .await
        .expect("new partners");
    bulk::insert_partner_transitions(&transaction, tenant, &transitions)
        .await
        .expect("new histories");
    let first = Moment {
        sequence: 1,
        at: created_at,
    };
    let moments = partners.iter().map(|partner| (partner.id, first));
    transaction
        .write(|writes| store::partner::advance(writes, tenant, moments))
        .await
        .expect("their first steps");
    transaction.commit().await.expect("it lasts");
    partners.into_iter().map(|partner| partner.id.to_string()).collect()
}

/// Records a sale after the other, in turn of all partners.
async fn sell(office: &Office<'_>, partners: &[String]) {
    let campaign = office.percent("10").await;
    let staff = office.staff();
    let sales: Vec<_> = (0..SALES)
        .map(|number| crate::ledger::charge(&format!("s{number}"), &partners[number % PARTNERS], &campaign, "100"))
        .collect();
    let document = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) { userErrors { code } } }";
    for some in sales.chunks(500) {
        let data = staff.data_with(document, json!({ "input": some })).await;
        let mut answers = data["recordEvents"].as_array().unwrap().iter();
        assert!(answers.all(|answer| answer["userErrors"] == json!([])));
    }
}

#[apply(both_databases)]
async fn thousands_are_approved_in_two_calls_and_settled_in_ten(app: TestApp) {
    let office = Office::new(&app).await;
    let partners = partners(&office).await;
    sell(&office, &partners).await;

    let (mut after, mut approved, mut calls) = (Value::Null, 0, 0);
    loop {
        let input = json!({ "filter": {}, "after": after });
        let answer = office
            .staff()
            .done("approveMatchingCommissions", input, "approved refusedCount next")
            .await;
        assert_eq!(answer["refusedCount"], 0);
        approved += answer["approved"].as_u64().unwrap();
        calls += 1;
        after = answer["next"].clone();
        if after.is_null() {
            break;
        }
    }
    assert_eq!((approved, calls), (SALES as u64, 2));

    let preview = office.staff().done("previewPayoutRun", json!({}), TOTALS).await;
    let selection = format!("payoutRun {{ id {} lines {{ totalCount }} }}", TOTALS);
    let run = office.staff().done("createPayoutRun", json!({}), &selection).await["payoutRun"].clone();
    assert_eq!(run["lines"]["totalCount"], PARTNERS);
    assert_eq!(totals(&run), ["PAID_OUT PENDING EUR 5000 105000.00"]);
    assert_eq!(preview["totals"], run["totals"]);

    let what = json!({ "run": { "runId": run["id"], "status": "PAID", "reference": "batch" } });
    let (mut calls, mut settled) = (0, 0);
    loop {
        app.reset_statements();
        let answer = office.settled(what.clone()).await;
        let statements = app.statements().len();
        let most = if app.is_postgres() { 15 } else { 150 };
        assert!(statements <= most, "{statements}");
        calls += 1;
        settled += answer["settled"].as_u64().unwrap();
        if answer["remaining"] == 0 {
            break;
        }
    }
    assert_eq!((calls, settled), (10, PARTNERS as u64));
    let document = format!("query($id: ID!) {{ payoutRun(id: $id) {{ {} }} }}", TOTALS);
    let data = office.staff().data_with(&document, json!({ "id": run["id"] })).await;
    assert_eq!(totals(&data["payoutRun"]), ["PAID_OUT PAID EUR 5000 105000.00"]);
    let again = office.settled(what).await;
    assert_eq!((&again["settled"], &again["remaining"]), (&json!(0), &json!(0)));
    office.assert_verified().await;
}
