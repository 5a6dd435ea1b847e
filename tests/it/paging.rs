//! Connections: every entry once, in both directions, whatever happens to the list meanwhile.

use serde_json::{Value, json};

use crate::support::{Client, both_databases};

const NAMES: [&str; 7] = ["alpha", "Bravo", "bravo", "Éclair", "ächt", "zulu", "Ångström"];

async fn partners(admin: &Client) {
    for (number, name) in NAMES.iter().enumerate() {
        let partner = json!({ "name": name, "email": format!("p{number}@example.com") });
        admin.done("createPartner", partner, "partner { id }").await;
    }
}

fn names(connection: &Value) -> Vec<String> {
    let nodes = connection["edges"].as_array().expect("edges").iter();
    nodes
        .map(|edge| edge["node"]["name"].as_str().expect("a name").to_owned())
        .collect()
}

/// Walks the whole list by pages of `size`, forward or backward, and gives the names in the order of the list.
async fn walk(client: &Client, order: &str, size: usize, backward: bool) -> Vec<String> {
    let (count, bound) = if backward {
        ("last", "before")
    } else {
        ("first", "after")
    };
    let mut walked: Vec<String> = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let document = format!(
            "query($cursor: String) {{ partners({count}: {size}, {bound}: $cursor, orderBy: {order}) {{
             edges {{ cursor node {{ name }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        let page = client.data_with(&document, json!({ "cursor": cursor })).await["partners"].clone();
        let (edges, info) = (page["edges"].as_array().unwrap(), &page["pageInfo"]);
        assert_eq!(
            info["startCursor"],
            edges.first().map_or(Value::Null, |edge| edge["cursor"].clone())
        );
        assert_eq!(
            info["endCursor"],
            edges.last().map_or(Value::Null, |edge| edge["cursor"].clone())
        );
        let (more, behind) = match backward {
            true => (&info["hasPreviousPage"], &info["hasNextPage"]),
            false => (&info["hasNextPage"], &info["hasPreviousPage"]),
        };
        assert_eq!(behind, &json!(!walked.is_empty()));
        match backward {
            true => walked.splice(0..0, names(&page)).for_each(drop),
            false => walked.extend(names(&page)),
        }
        assert!(walked.len() <= NAMES.len(), "{walked:?}");
        if more == &json!(false) {
            return walked;
        }
        cursor = info[if backward { "startCursor" } else { "endCursor" }].clone();
    }
}

#[apply(both_databases)]
async fn pages_cover_the_list_in_every_order_and_direction(app: TestApp) {
    let admin = app.admin().await;
    partners(&admin).await;
    let by_name = ["alpha", "Bravo", "bravo", "zulu", "ächt", "Ångström", "Éclair"];
    for (order, expected) in [
        ("{ field: NAME, direction: ASC }", by_name.to_vec()),
        (
            "{ field: NAME, direction: DESC }",
            by_name.iter().rev().copied().collect(),
        ),
        ("{ direction: ASC }", NAMES.to_vec()),
        ("{}", NAMES.iter().rev().copied().collect()),
    ] {
        for size in 1..=8 {
            for backward in [false, true] {
                assert_eq!(
                    walk(&admin, order, size, backward).await,
                    expected,
                    "{order} {size} {backward}"
                );
            }
        }
    }
}

#[apply(both_databases)]
async fn nested_pages_are_the_same_as_those_of_the_root(app: TestApp) {
    let admin = app.admin().await;
    let rules = json!([{ "recurring": { "percentage": "10" } }]);
    let mut groups = Vec::new();
    for name in ["one", "two", "empty"] {
        let made = admin
            .done(
                "createPartnerGroup",
                json!({ "name": name, "rules": rules }),
                "partnerGroup { id }",
            )
            .await;
        groups.push(made["partnerGroup"]["id"].clone());
    }
    for number in 0..9 {
        let partner = json!({ "name": format!("p{number}"), "email": format!("p{number}@example.com"), "groupId": groups[number % 2] });
        admin.done("createPartner", partner, "partner { id }").await;
    }
    let page = "edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage } totalCount";
    let first = admin
        .data(&format!(
            "{{ partnerGroups {{ nodes {{ name partners(first: 2) {{ {page} }} }} }} }}"
        ))
        .await;
    let nodes = first["partnerGroups"]["nodes"].as_array().unwrap();
    let seen: Vec<_> = nodes
        .iter()
        .map(|group| (names(&group["partners"]), group["partners"]["totalCount"].clone()))
        .collect();
    assert_eq!(
        seen,
        [
            (vec![], json!(0)),
            (vec!["p7".to_owned(), "p5".to_owned()], json!(4)),
            (vec!["p8".to_owned(), "p6".to_owned()], json!(5)),
        ]
    );
    let cursor = &nodes[2]["partners"]["edges"][1]["cursor"];
    let document = format!(
        "query($id: ID!, $after: String) {{ partnerGroup(id: $id) {{ partners(first: 2, after: $after) {{ {page} }} }} }}"
    );
    let next = admin
        .data_with(&document, json!({ "id": groups[0], "after": cursor }))
        .await;
    let next = &next["partnerGroup"]["partners"];
    assert_eq!(names(next), ["p4", "p2"]);
    assert_eq!(
        next["pageInfo"],
        json!({ "hasNextPage": true, "hasPreviousPage": true })
    );
    // A cursor is good only for the list that it came from.
    let foreign = admin
        .ask_with(&document, json!({ "id": groups[1], "after": cursor }))
        .await;
    assert_eq!(foreign.codes(), ["BAD_USER_INPUT"]);
}

#[apply(both_databases)]
async fn wrong_paging_arguments_are_refused(app: TestApp) {
    let admin = app.admin().await;
    partners(&admin).await;
    let data = admin.data("{ partners(first: 1) { edges { cursor } } }").await;
    let cursor = data["partners"]["edges"][0]["cursor"].as_str().unwrap().to_owned();
    for arguments in [
        "first: -1".to_owned(),
        "first: 501".to_owned(),
        "last: -1".to_owned(),
        "last: 501".to_owned(),
        "first: 2147483647".to_owned(),
        "first: 1, last: 1".to_owned(),
        "after: \"\"".to_owned(),
        "after: \"nonsense\"".to_owned(),
        format!("after: \"{}\"", &cursor[1..]),
        format!("after: \"{cursor}AA\""),
        // Of another order, and of another filter.
        format!("after: \"{cursor}\", orderBy: {{ field: NAME }}"),
        format!("after: \"{cursor}\", filter: {{ search: \"a\" }}"),
    ] {
        let answer = admin
            .ask(&format!(
                "{{ viewer {{ subject }} partners({arguments}) {{ nodes {{ id }} }} }}"
            ))
            .await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{arguments}: {}", answer.body);
    }
    let none = admin
        .data("{ partners(first: 0) { nodes { id } totalCount pageInfo { hasNextPage } } }")
        .await;
    assert_eq!(
        none["partners"],
        json!({ "nodes": [], "totalCount": 7, "pageInfo": { "hasNextPage": true } })
    );
}

#[apply(both_databases)]
async fn a_page_goes_on_where_it_ended_though_rows_came_and_changed(app: TestApp) {
    let admin = app.admin().await;
    partners(&admin).await;
    let first = admin
        .data("{ partners(first: 3) { edges { node { name } } pageInfo { endCursor } } }")
        .await;
    assert_eq!(names(&first["partners"]), ["Ångström", "zulu", "ächt"]);
    admin
        .done(
            "createPartner",
            json!({ "name": "late", "email": "late@example.com" }),
            "partner { id }",
        )
        .await;
    let next = admin
        .data_with(
            "query($after: String) { partners(first: 10, after: $after) { edges { node { name } } } }",
            json!({ "after": first["partners"]["pageInfo"]["endCursor"] }),
        )
        .await;
    assert_eq!(names(&next["partners"]), ["Éclair", "bravo", "Bravo", "alpha"]);
}
