//! Cursors are good for the list they came from, as its reader saw it.

use crate::support::programme::{Pipeline, Programme};
use crate::support::{Client, both_databases};

/// The lists of the schema, as a document with a place for their arguments, and the way to the connection.
const LISTS: [(&str, &str); 17] = [
    ("{ partners(ARGUMENTS) { edges { cursor } totalCount } }", "/partners"),
    ("{ campaigns(ARGUMENTS) { edges { cursor } totalCount } }", "/campaigns"),
    (
        "{ partnerGroups(ARGUMENTS) { edges { cursor } totalCount } }",
        "/partnerGroups",
    ),
    ("{ deals(ARGUMENTS) { edges { cursor } totalCount } }", "/deals"),
    (
        "{ advertisers(ARGUMENTS) { edges { cursor } totalCount } }",
        "/advertisers",
    ),
    (
        "{ partnershipRequests(ARGUMENTS) { edges { cursor } totalCount } }",
        "/partnershipRequests",
    ),
    (
        "{ partner(id: PARTNER) { campaigns(ARGUMENTS) { edges { cursor } totalCount } } }",
        "/partner/campaigns",
    ),
    (
        "{ campaign(id: CAMPAIGN) { partners(ARGUMENTS) { edges { cursor } totalCount } } }",
        "/campaign/partners",
    ),
    (
        "{ partnerGroup(id: GROUP) { partners(ARGUMENTS) { edges { cursor } totalCount } } }",
        "/partnerGroup/partners",
    ),
    (
        "{ commissionRules(ARGUMENTS) { edges { cursor } totalCount } }",
        "/commissionRules",
    ),
    (
        "{ partner(id: PARTNER) { deals(ARGUMENTS) { edges { cursor } totalCount } } }",
        "/partner/deals",
    ),
    (
        "{ deal(id: DEAL) { commissions(ARGUMENTS) { edges { cursor } totalCount } } }",
        "/deal/commissions",
    ),
    (
        "{ tieredCommissions(ARGUMENTS) { edges { cursor } totalCount } }",
        "/tieredCommissions",
    ),
    ("{ apiKeys(ARGUMENTS) { edges { cursor } totalCount } }", "/apiKeys"),
    (
        "{ webhookDeliveries(ARGUMENTS) { edges { cursor } totalCount } }",
        "/webhookDeliveries",
    ),
    ("{ auditLog(ARGUMENTS) { edges { cursor } totalCount } }", "/auditLog"),
    (
        "{ partner(id: PARTNER) { history(ARGUMENTS) { edges { cursor } totalCount } } }",
        "/partner/history",
    ),
];

fn document(p: &Programme, list: &str, arguments: &str) -> String {
    let quoted = |id: &String| format!("{id:?}");
    list.replace("PARTNER", &quoted(&p.a))
        .replace("CAMPAIGN", &quoted(&p.campaign))
        .replace("GROUP", &quoted(&p.group))
        .replace("DEAL", &quoted(&p.pipeline.deal))
        .replace("ARGUMENTS", arguments)
}

async fn cursors(client: &Client, p: &Programme) -> Vec<Option<String>> {
    let mut cursors = Vec::new();
    for (list, path) in LISTS {
        let data = client.data(&document(p, list, "first: 1")).await;
        let cursor = data.pointer(path).unwrap_or_else(|| panic!("{data}"))["edges"][0]["cursor"].as_str();
        cursors.push(cursor.map(str::to_owned));
    }
    cursors
}

#[apply(both_databases)]
async fn cursors_of_staff_and_of_other_partners_and_tenants_are_refused(app: TestApp) {
    let foreign = Programme::new(&app, "zulu", "zulu", "yankee").await;
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let (a, b) = (app.partner(&p.tenant, &p.a), app.partner(&p.tenant, &p.b));
    let of_staff = cursors(&p.staff, &p).await;
    assert!(of_staff.iter().all(Option::is_some), "{of_staff:?}");
    let of_a = cursors(&a, &p).await;
    for (bearer, name, taken) in [
        (&a, "staff's", of_staff.clone()),
        (&p.staff, "A's", of_a.clone()),
        (&p.staff, "the other tenant's", cursors(&foreign.staff, &foreign).await),
        (&a, "the other tenant's", cursors(&foreign.staff, &foreign).await),
    ] {
        for ((list, _), cursor) in LISTS.iter().zip(taken) {
            let Some(cursor) = cursor else { continue };
            for side in ["first: 1, after", "last: 1, before"] {
                let answer = bearer.ask(&document(&p, list, &format!("{side}: {cursor:?}"))).await;
                assert_eq!(
                    answer.codes(),
                    ["BAD_USER_INPUT"],
                    "{list} with {name} cursor: {}",
                    answer.body
                );
            }
        }
    }
    let of_b = cursors(
        &b,
        &Programme {
            a: p.b.clone(),
            pipeline: Pipeline {
                deal: p.pipeline.other_deal.clone(),
                ..p.pipeline
            },
            ..p
        },
    )
    .await;
    let p = foreign; // only for its lists' names
    for ((list, _), cursor) in LISTS.iter().zip(of_b).take(4) {
        let cursor = cursor.expect("B sees itself, its group, its campaigns and its deals");
        let answer = a
            .ask(&document(&p, list, &format!("first: 1, after: {cursor:?}")))
            .await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{list}: {}", answer.body);
    }
    // The bearer's own are good.
    for ((list, _), cursor) in LISTS.iter().zip(of_a).take(4) {
        let cursor = cursor.expect("A sees itself, its group, its campaigns and its deals");
        a.data(&document(&p, list, &format!("first: 1, after: {cursor:?}")))
            .await;
    }
}

#[apply(both_databases)]
async fn a_cursor_is_good_for_its_own_list_only(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let of_staff = cursors(&p.staff, &p).await;
    for (from, cursor) in of_staff.iter().enumerate() {
        for (to, (list, _)) in LISTS.iter().enumerate() {
            let answer = p
                .staff
                .ask(&document(
                    &p,
                    list,
                    &format!("first: 1, after: {:?}", cursor.as_ref().unwrap()),
                ))
                .await;
            let expected: &[&str] = if from == to { &[] } else { &["BAD_USER_INPUT"] };
            assert_eq!(answer.codes(), expected, "from list {from} to {list}");
        }
    }
    for arguments in [
        r#"filter: { search: "a" }"#,
        "orderBy: { field: NAME }",
        "orderBy: { direction: ASC }",
    ] {
        let cursor = of_staff[0].as_ref().unwrap();
        let answer = p
            .staff
            .ask(&format!(
                "{{ partners({arguments}, after: {cursor:?}) {{ totalCount }} }}"
            ))
            .await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{arguments}");
    }
    for cursor in ["", "x", "AQ", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "\\u0000", "💥"] {
        let answer = p
            .staff
            .ask(&format!("{{ partners(after: \"{cursor}\") {{ totalCount }} }}"))
            .await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{cursor}");
    }
}
