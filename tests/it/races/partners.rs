//! Decisions, amendments and moves of one partner at the same moment.

use std::collections::BTreeSet;

use serde_json::json;

use super::{at_once, codes, one_winner};
use crate::support::programme::{Programme, made_id};
use crate::support::{TestApp, both_databases};

async fn count(app: &TestApp, table: &str) -> usize {
    app.rows().await[table].len()
}

#[apply(both_databases)]
async fn a_request_is_decided_once(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    for round in 0..8 {
        let input = json!({ "name": "N", "email": format!("asks{round}@a.example"), "campaignId": p.campaign });
        let id = made_id(&p.staff, "createPartnershipRequest", "partnershipRequest", input).await;
        let (snapshots, partners) = (count(&app, "commission_snapshot").await, count(&app, "partner").await);
        let approve = (
            "approvePartnershipRequest",
            json!({ "id": id }),
            "partnershipRequest { status partner { id } }",
        );
        let reject = (
            "rejectPartnershipRequest",
            json!({ "id": id, "reason": "no" }),
            "partnershipRequest { status partner { id } }",
        );
        let both = if round % 2 == 0 {
            vec![approve.clone(), approve.clone(), approve]
        } else {
            vec![approve, reject]
        };
        let answers = at_once(&p.staff, both).await;
        one_winner(&answers, "INVALID_TRANSITION");
        let approved = answers
            .iter()
            .filter(|answer| answer["partnershipRequest"]["status"] == "APPROVED")
            .count();
        assert_eq!(count(&app, "commission_snapshot").await, snapshots + approved);
        assert_eq!(count(&app, "partner").await, partners + approved);
    }
}

#[apply(both_databases)]
async fn requests_of_one_newcomer_approved_at_once_make_one_partner(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    for round in 0..8 {
        let mut approvals = Vec::new();
        for campaign in [&p.campaign, &p.second_campaign, &p.other_campaign] {
            let input = json!({ "name": "N", "email": format!("asks{round}@a.example"), "campaignId": campaign });
            let id = made_id(&p.staff, "createPartnershipRequest", "partnershipRequest", input).await;
            approvals.push((
                "approvePartnershipRequest",
                json!({ "id": id }),
                "partnershipRequest { partner { id } }",
            ));
        }
        let partners = count(&app, "partner").await;
        let answers = at_once(&p.staff, approvals).await;
        assert!(codes(&answers).iter().all(Vec::is_empty), "{answers:?}");
        let made: BTreeSet<_> = answers
            .iter()
            .map(|answer| answer["partnershipRequest"]["partner"]["id"].to_string())
            .collect();
        assert_eq!(
            (made.len(), count(&app, "partner").await),
            (1, partners + 1),
            "{answers:?}"
        );
        let document = format!(
            "{{ node(id: {}) {{ ... on Partner {{ campaigns {{ totalCount }} commissionSnapshots {{ version }} }} }} }}",
            made.first().unwrap()
        );
        let partner = p.staff.data(&document).await["node"].clone();
        assert_eq!(
            partner,
            json!({ "campaigns": { "totalCount": 3 }, "commissionSnapshots": [{ "version": 1 }, { "version": 1 }, { "version": 1 }] })
        );
    }
}

#[apply(both_databases)]
async fn amendments_at_once_count_without_gap(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let amend = |number: usize| {
        let terms = json!([{ "basis": "PERCENT", "value": number.to_string() }]);
        let input = json!({ "partnerId": p.a, "campaignId": p.second_campaign, "terms": terms, "reason": "r" });
        ("amendCommissionSnapshot", input, "commissionSnapshot { version }")
    };
    let answers = at_once(&p.staff, (1..=8).map(amend).collect()).await;
    let versions: BTreeSet<_> = answers
        .iter()
        .map(|answer| answer["commissionSnapshot"]["version"].as_u64().expect("a version"))
        .collect();
    // The approval of the request was the first.
    assert_eq!(versions, (2..=9).collect());
    let data = p.staff.data(&format!(
        "{{ partner(id: {:?}) {{ commissionSnapshots {{ version supersededAt campaign {{ id }} }} commissionSnapshot(campaignId: {:?}) {{ version }} }} }}",
        p.a, p.second_campaign,
    )).await;
    let all = data["partner"]["commissionSnapshots"].as_array().unwrap().iter();
    let in_force: Vec<_> = all
        .filter(|snapshot| snapshot["campaign"]["id"] == *p.second_campaign && snapshot["supersededAt"].is_null())
        .collect();
    assert_eq!(in_force.len(), 1);
    assert_eq!(
        (
            &in_force[0]["version"],
            &data["partner"]["commissionSnapshot"]["version"]
        ),
        (&json!(9), &json!(9))
    );
}

#[apply(both_databases)]
async fn moves_of_one_partner_at_once_take_turns(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    for _ in 0..6 {
        let suspend = (
            "suspendPartner",
            json!({ "id": p.a, "reason": "r" }),
            "partner { status }",
        );
        one_winner(
            &at_once(&p.staff, vec![suspend.clone(), suspend.clone(), suspend]).await,
            "INVALID_TRANSITION",
        );
        let activate = ("activatePartner", json!({ "id": p.a }), "partner { status }");
        one_winner(
            &at_once(&p.staff, vec![activate.clone(), activate]).await,
            "INVALID_TRANSITION",
        );
    }
    let data = p
        .staff
        .data(&format!("{{ partner(id: {:?}) {{ transitions {{ from to }} }} }}", p.a))
        .await;
    let transitions = data["partner"]["transitions"].as_array().unwrap();
    assert_eq!(transitions.len(), 3 + 12);
    for pair in transitions.windows(2) {
        assert_eq!(pair[0]["to"], pair[1]["from"], "{transitions:?}");
    }
}
