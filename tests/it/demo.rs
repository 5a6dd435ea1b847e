//! The demo's programme is there after the first start, and the same after every other one, however the first one ended.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use serde_json::{Value, json};
use tributary::app::App;
use tributary::domain::tenant::Tenant;
use tributary::seed::demo::{portal_partner, prepare};
use tributary::service::ledger::verify::verify;
use tributary::store::{self, StoreOptions};

use crate::support::{Client, TestApp, both_databases};

mod ledger;

/// The whole programme without its ids.
async fn programme(admin: &Client) -> Value {
    admin
        .data(
            "{ viewer { tenant { slug name baseCurrency timeZone minimumPayouts { amount currency } } }
               partnerGroups { nodes { name default version tags rules { __typename } } }
               partnerTiers { label } partnerCategories { label } advertisers { nodes { name } }
               campaigns { nodes { name status holdbackDays startsAt endsAt terms { basis value currency trigger eventType recurringMonths } } }
               partners(first: 100) { totalCount nodes {
                 name email type status createdAt updatedAt group { name } tier { label } categories { label } campaigns { nodes { name } }
                 transitions { from to actor reason at }
                 commissionSnapshots { version source reason campaign { name } terms { basis value } supersededAt }
               } }
               partnershipRequests { nodes { name email status reason message createdAt decidedAt partner { name } } } }",
        )
        .await
}

async fn filled(app: &TestApp) -> Tenant {
    let process = another_process(app).await;
    let tenant = prepare(&process).await.expect("nothing is in the way");
    process.store.close().await;
    tenant
}

/// The program once more on the same database, with connections of its own that do not wait for the disk.
async fn another_process(app: &TestApp) -> App {
    let timeout = Duration::from_secs(30);
    let options = StoreOptions {
        url: app.database_url(),
        max_connections: 2,
        acquire_timeout: timeout,
        statement_timeout: timeout,
        durable: false,
        ..StoreOptions::default()
    };
    let store = store::connect(&options).await.expect("the test database opens");
    App::new(store, app.clock.clone(), app.app.keys.clone())
}

/// Runs a future as far as so many polls bring it, then drops it as a killed process would.
async fn killed_after<T>(polls: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut left = polls;
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

fn values(list: &Value, field: &str) -> std::collections::BTreeSet<String> {
    let list = list.as_array().expect("a list").iter();
    list.map(|entry| entry[field].as_str().expect("a text").to_owned())
        .collect()
}

#[apply(both_databases)]
async fn the_demo_is_a_programme_of_every_kind_of_thing(app: TestApp) {
    let tenant = filled(&app).await;
    let data = programme(&app.staff(&tenant, "admin")).await;
    assert_eq!(
        data["viewer"]["tenant"],
        json!({
            "slug": "demo", "name": "Lumen Partner Programme", "baseCurrency": "EUR", "timeZone": "Europe/Berlin",
            "minimumPayouts": [{ "amount": "50.00", "currency": "EUR" }],
        })
    );
    let groups = data["partnerGroups"]["nodes"].as_array().unwrap();
    assert_eq!(groups.iter().filter(|group| group["default"] == true).count(), 1);
    let kinds: std::collections::BTreeSet<_> = groups
        .iter()
        .flat_map(|group| values(&group["rules"], "__typename"))
        .collect();
    assert_eq!(kinds.len(), 5, "{kinds:?}");
    assert_eq!(
        values(&data["campaigns"]["nodes"], "status"),
        ["ACTIVE", "ENDED", "PAUSED"].map(str::to_owned).into()
    );
    let partners = &data["partners"]["nodes"];
    assert_eq!(data["partners"]["totalCount"], 31);
    assert_eq!(
        values(partners, "status"),
        ["ACTIVE", "INVITED", "REVOKED", "SUSPENDED"].map(str::to_owned).into()
    );
    let snapshots: std::collections::BTreeSet<_> = partners
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|partner| values(&partner["commissionSnapshots"], "source"))
        .collect();
    assert_eq!(
        snapshots,
        ["AMENDMENT", "INVITE", "REQUEST_APPROVAL"].map(str::to_owned).into()
    );
    let requests = &data["partnershipRequests"]["nodes"];
    assert_eq!(
        values(requests, "status"),
        ["APPROVED", "PENDING", "REJECTED"].map(str::to_owned).into()
    );
    assert!(
        partners
            .as_array()
            .unwrap()
            .iter()
            .all(|partner| partner["email"].as_str().unwrap().ends_with(".example"))
    );
    let now = "2026-03-01T12:00:00";
    for partner in partners.as_array().unwrap() {
        assert!(
            partner["updatedAt"].as_str().unwrap() < now,
            "nothing happens in the future: {partner}"
        );
    }
    let partner = portal_partner(&app.app, &tenant).await.unwrap().expect("it was made");
    let portal = app.partner(&tenant, &partner.id.to_string());
    let data = portal
        .data("{ viewer { partner { name commissionSnapshots { version } } } }")
        .await;
    assert_eq!(
        data["viewer"]["partner"]["commissionSnapshots"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[apply(both_databases)]
async fn a_second_start_changes_nothing_not_even_what_users_changed(app: TestApp) {
    let tenant = filled(&app).await;
    let admin = app.staff(&tenant, "admin");
    let partner = portal_partner(&app.app, &tenant)
        .await
        .unwrap()
        .expect("it was made")
        .id
        .to_string();
    admin
        .done(
            "suspendPartner",
            json!({ "id": partner, "reason": "Trying it out" }),
            "partner { id }",
        )
        .await;
    let data = admin.data(r#"{ partners(filter: { search: "Okafor" }) { nodes { id } } partnershipRequests { nodes { id status } } }"#).await;
    let waiting = data["partnershipRequests"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|request| request["status"] == "PENDING")
        .unwrap();
    admin
        .done(
            "approvePartnershipRequest",
            json!({ "id": waiting["id"] }),
            "partnershipRequest { id }",
        )
        .await;
    let before = programme(&admin).await;
    assert_eq!(filled(&app).await, tenant);
    assert_eq!(programme(&admin).await, before);
}

#[apply(both_databases)]
async fn a_fill_that_was_killed_goes_on_where_it_ended(app: TestApp) {
    // A statement is one poll or two. Each attempt gets further, so that the last ones die among the payouts.
    let mut polls = 2;
    let mut kills = 0;
    let tenant = loop {
        let process = another_process(&app).await;
        let end = killed_after(polls, prepare(&process)).await;
        // Whatever the database was still doing for it is done when its connections are closed.
        process.store.close().await;
        match end {
            Some(done) => break done.expect("nothing is in the way"),
            None => kills += 1,
        }
        polls += (polls / 2).max(2);
    };
    assert!(kills > 10, "it was killed {kills} times only");
    assert_eq!(verify(&app.app, &tenant).await.unwrap(), []);
    let whole = TestApp::on_sqlite().await;
    let expected = filled(&whole).await;
    let (got, expected) = (app.staff(&tenant, "admin"), whole.staff(&expected, "admin"));
    assert_eq!(programme(&got).await, programme(&expected).await);
    assert_eq!(ledger::lines(&got).await, ledger::lines(&expected).await);
}

#[apply(both_databases)]
async fn a_tenant_of_that_name_made_by_hand_stays_as_it_is(app: TestApp) {
    let tenant = app.tenant("demo").await;
    assert_eq!(filled(&app).await, tenant);
    let data = app
        .staff(&tenant, "admin")
        .data("{ partners { totalCount } partnerGroups { totalCount } }")
        .await;
    assert_eq!(
        data,
        json!({ "partners": { "totalCount": 0 }, "partnerGroups": { "totalCount": 0 } })
    );
    assert_eq!(portal_partner(&app.app, &tenant).await.unwrap(), None);
}

#[apply(both_databases)]
async fn the_source_products_simulation_gives_its_figure(app: TestApp) {
    let document: Value = serde_json::from_str(include_str!("../../examples/donutwork/simulation.json")).unwrap();
    let (inputs, expected) = (
        &document["partnerGroupSimulation"]["simulation"],
        &document["expected"]["result"]["final_fee"],
    );
    let tenant = filled(&app).await;
    let admin = app.staff(&tenant, "admin");
    let groups = admin.data("{ partnerGroups { nodes { id default } } }").await;
    let default = groups["partnerGroups"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["default"] == true)
        .unwrap();
    // The default group has the very rules of the example.
    let payload = admin.done("simulatePartnerGroup", json!({
        "partnerGroupId": default["id"],
        "scenarios": [{
            "chargeAmount": inputs["charge_amount"].to_string(), "customerMonths": inputs["customer_months"],
            "partnerLtv": inputs["partner_ltv"].to_string(), "qualifiedCustomers": inputs["qualified_customers"],
            "firstPaidCustomerBootstrap": inputs["first_paid_customer_bootstrap"],
        }],
    }), "results { finalFee { amount currency } explanation { outcome } }").await;
    let result = &payload["results"][0];
    assert_eq!(
        result["finalFee"],
        json!({ "amount": expected.to_string(), "currency": "EUR" })
    );
    assert_eq!(expected.to_string(), "74.98");
    assert!(!result["explanation"].as_array().unwrap().is_empty());
}
