//! Made-up data are the same for the same numbers, and made once.

mod commissions;
mod replay;

use serde_json::{Value, json};
use tributary::domain::tenant::Tenant;
use tributary::seed::{SeedAmounts, SeedCounts, fill};

use crate::support::{Client, TestApp, both_databases};

async fn seed(app: &TestApp, tenant: &Tenant, partners: u32, campaigns: u32, rng_seed: u64) -> SeedCounts {
    let amounts = SeedAmounts {
        partners,
        campaigns,
        commissions: 0,
        rng_seed,
    };
    fill(&app.app, tenant, amounts, |_| ())
        .await
        .expect("nothing is in the way")
}

/// Everything that a tenant holds, in the order of its external ids.
async fn content(admin: &Client) -> Value {
    let group = "externalId name default version rules { __typename }";
    let terms = "terms { basis value currency trigger eventType recurringMonths }";
    let mut partners = Vec::new();
    let mut after = Value::Null;
    loop {
        let data = admin
            .data_with(
                &format!(
                    "query($after: String) {{ partners(first: 500, after: $after, orderBy: {{ field: NAME, direction: ASC }}) {{
                       pageInfo {{ hasNextPage endCursor }}
                       nodes {{
                         externalId name email type status tags metadata payoutCurrency createdAt updatedAt activatedAt revokedAt
                         group {{ externalId }} tier {{ label }} categories {{ label }}
                         campaigns {{ nodes {{ externalId }} }}
                         transitions {{ from to actor reason at }}
                         commissionSnapshots {{ version source reason holdbackDays createdAt supersededAt campaign {{ externalId }} {terms} }}
                       }} }} }}"
                ),
                json!({ "after": after }),
            )
            .await;
        let page = &data["partners"];
        partners.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    partners.sort_by_key(|partner| partner["externalId"].to_string());
    let data = admin
        .data(&format!(
            "{{ partnerGroups {{ nodes {{ {group} }} }} partnerTiers {{ label externalId }}
                partnerCategories {{ label externalId }} advertisers {{ nodes {{ name externalId }} }}
                campaigns {{ nodes {{ externalId name status holdbackDays startsAt endsAt advertiser {{ name }} {terms} }} }} }}"
        ))
        .await;
    json!({ "partners": partners, "programme": data })
}

async fn ids(admin: &Client) -> Value {
    admin.data("{ partners(first: 500) { nodes { id commissionSnapshots { id } campaigns { nodes { id } } group { id } } } }").await
}

#[apply(both_databases)]
async fn seeding_twice_doubles_nothing(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    let made = seed(&app, &tenant, 60, 5, 7).await;
    assert_eq!((made.partners, made.campaigns), (60, 5));
    assert!(made.snapshots > 0);
    let before = content(&admin).await;
    assert_eq!(seed(&app, &tenant, 60, 5, 7).await, SeedCounts::default());
    assert_eq!(content(&admin).await, before);
    let statuses = before["partners"]
        .as_array()
        .unwrap()
        .iter()
        .map(|partner| partner["status"].as_str().unwrap());
    assert!(
        statuses.collect::<std::collections::HashSet<_>>().len() >= 3,
        "a programme has partners of every kind"
    );
}

#[apply(both_databases)]
async fn the_same_numbers_give_the_same_content_in_every_tenant(app: TestApp) {
    let (one, two) = (app.tenant("one").await, app.tenant("two").await);
    seed(&app, &one, 300, 10, 3).await;
    app.clock.advance(std::time::Duration::from_secs(86_400));
    // In two goes: a thing does not depend on how many there are.
    seed(&app, &two, 120, 10, 3).await;
    seed(&app, &two, 300, 10, 3).await;
    let (one, two) = (app.staff(&one, "admin"), app.staff(&two, "admin"));
    assert_eq!(content(&one).await, content(&two).await);
    assert_ne!(ids(&one).await, ids(&two).await, "ids are unique across tenants");
    let other = app.tenant("other").await;
    seed(&app, &other, 300, 10, 4).await;
    assert_ne!(
        content(&app.staff(&other, "admin")).await["partners"],
        content(&one).await["partners"]
    );
}

#[apply(both_databases)]
async fn seeds_go_together_with_each_other_and_with_what_is_there(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    admin
        .done("createPartnerTier", json!({ "label": "Gold" }), "partnerTier { id }")
        .await;
    admin
        .done(
            "createPartnerGroup",
            json!({
                "name": "Own", "default": true, "rules": [{ "recurring": { "percentage": "1" } }],
            }),
            "partnerGroup { id }",
        )
        .await;
    seed(&app, &tenant, 20, 2, 1).await;
    assert_eq!(seed(&app, &tenant, 20, 2, 2).await.partners, 20);
    assert_eq!(seed(&app, &tenant, 5, 0, 3).await.partners, 5);
    let data = admin.data("{ partners { totalCount } campaigns { totalCount } partnerTiers { id } partnerGroups { nodes { name default } } }").await;
    assert_eq!(
        (&data["partners"]["totalCount"], &data["campaigns"]["totalCount"]),
        (&json!(45), &json!(4))
    );
    assert_eq!(data["partnerTiers"].as_array().unwrap().len(), 4, "labels are unique");
    let groups = data["partnerGroups"]["nodes"].as_array().unwrap();
    let defaults: Vec<_> = groups
        .iter()
        .filter(|group| group["default"] == true)
        .map(|group| &group["name"])
        .collect();
    assert_eq!(defaults, ["Own"], "the tenant's default stays");
}

#[apply(both_databases)]
async fn seeding_reads_and_writes_whole_sets(app: TestApp) {
    let tenant = app.tenant("acme").await;
    app.reset_statements();
    seed(&app, &tenant, 400, 10, 1).await;
    let first = app.statements().len();
    assert!(first < 100, "{first} statements for 400 partners");
    app.reset_statements();
    seed(&app, &tenant, 400, 10, 1).await;
    assert!(
        app.statements().len() < 30,
        "{} statements to find that all are there",
        app.statements().len()
    );
}

#[tokio::test]
async fn the_same_command_gives_the_same_ids_in_another_database() {
    let mut found = Vec::new();
    for _ in 0..2 {
        let app = TestApp::on_sqlite().await;
        let tenant = app.tenant("acme").await;
        seed(&app, &tenant, 50, 3, 1).await;
        found.push(ids(&app.staff(&tenant, "admin")).await);
    }
    assert_eq!(found[0], found[1]);
}
