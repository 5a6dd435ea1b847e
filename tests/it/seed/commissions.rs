//! Made-up commissions: exactly as many as asked for, whatever happened before, and such as the ledger itself writes.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use serde_json::{Value, json};
use tributary::domain::tenant::Tenant;
use tributary::seed::{SeedAmounts, SeedCounts, SeedProgress, fill};
use tributary::service::ServiceError;
use tributary::service::ledger::verify::verify;

use crate::support::{TestApp, both_databases};

pub fn amounts(partners: u32, commissions: u64) -> SeedAmounts {
    SeedAmounts {
        partners,
        campaigns: 12,
        commissions,
        rng_seed: 1,
    }
}

pub async fn seed(app: &TestApp, tenant: &Tenant, amounts: SeedAmounts) -> SeedCounts {
    let made = fill(&app.app, tenant, amounts, |_| ()).await;
    made.expect("nothing is in the way")
}

async fn count(app: &TestApp, what: &str) -> u64 {
    let counts = app.texts(&format!("SELECT CAST(COUNT(*) AS text) FROM {what}")).await;
    counts[0].parse().unwrap()
}

async fn assert_sound(app: &TestApp, tenant: &Tenant) {
    assert_eq!(verify(&app.app, tenant).await.unwrap(), []);
}

/// Every row of every table, with a name for the tenant in the place of its id, which is another every time.
pub async fn rows(app: &TestApp, tenant: &Tenant) -> BTreeMap<String, Vec<String>> {
    // Salts are random, and what they salt is another value every time.
    let mut tables = app.rows_without(&["salt", "content", "entered_content"]).await;
    let uuid = tenant.id.uuid();
    let spellings = [uuid.simple().to_string().to_uppercase(), uuid.to_string()];
    tables.retain(|table, _| !["seaql_migrations", "tenant"].contains(&table.as_str()));
    for (table, rows) in &mut tables {
        for row in rows.iter_mut() {
            for spelling in &spellings {
                *row = row.replace(spelling, "TENANT");
            }
            // Which transaction wrote it is the server's number.
            if let Some((before, number)) = row.split_once("\"transaction_number\":") {
                *row = format!(
                    "{before}{}",
                    number.trim_start_matches(|digit: char| digit == ' ' || digit.is_ascii_digit())
                );
            }
        }
        // That the tenant was made is no part of it.
        let is_tenants = |row: &String| match table.as_str() {
            "audit_entry" => row.contains("tenant create"),
            "audit_object" => row.matches("TENANT").count() > 1,
            _ => false,
        };
        rows.retain(|row| !is_tenants(row));
        rows.sort_unstable();
    }
    tables
}

async fn distinct(app: &TestApp, column: &str, table: &str) -> BTreeSet<String> {
    let texts = app.texts(&format!("SELECT DISTINCT {column} FROM {table}")).await;
    texts.into_iter().collect()
}

fn set<const N: usize>(texts: [&str; N]) -> BTreeSet<String> {
    texts.map(str::to_owned).into()
}

#[apply(both_databases)]
async fn there_are_as_many_as_asked_for_and_of_every_kind(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let made = seed(&app, &tenant, amounts(60, 3_000)).await;
    assert_eq!((made.partners, made.commissions), (60, 3_000));
    assert_eq!(count(&app, "commission").await, 3_000);
    assert_sound(&app, &tenant).await;
    assert_eq!(
        distinct(&app, "status", "commission").await,
        set(["ACCRUED", "APPROVED", "PAID", "REVERSED"])
    );
    assert_eq!(distinct(&app, "kind", "commission").await, set(["CLAWBACK", "EVENT"]));
    assert_eq!(
        distinct(&app, "basis", "commission WHERE basis IS NOT NULL").await,
        set(["FIXED", "GROUP_RULES", "PERCENT"])
    );
    assert_eq!(
        distinct(&app, "status", "payout").await,
        set(["CANCELED", "FAILED", "PAID", "PENDING"])
    );
    assert_eq!(
        distinct(&app, "kind", "event").await,
        set(["CHARGE", "CHARGEBACK", "CONVERSION", "REFUND"])
    );
    assert!(
        distinct(&app, "currency", "commission")
            .await
            .is_superset(&set(["CHF", "EUR", "GBP", "JPY", "USD"]))
    );
    assert!(count(&app, "event WHERE wholly_refunded").await > 0);
    let admin = app.staff(&tenant, "admin");
    let data = admin
        .data("{ commissions(first: 1) { totalCount nodes { accruedAt } } }")
        .await;
    assert_eq!(data["commissions"]["totalCount"], 3_000);
    let newest = data["commissions"]["nodes"][0]["accruedAt"].as_str().unwrap();
    assert!(
        ("2026-02-20".."2026-03-01T12").contains(&newest),
        "the history comes close to the present: {newest}"
    );
}

#[apply(both_databases)]
async fn seeding_again_writes_nothing(app: TestApp) {
    let tenant = app.tenant("acme").await;
    seed(&app, &tenant, amounts(20, 400)).await;
    let before = app.rows().await;
    app.clock.advance(std::time::Duration::from_secs(90 * 86_400));
    assert_eq!(seed(&app, &tenant, amounts(20, 400)).await, SeedCounts::default());
    assert_eq!(seed(&app, &tenant, amounts(20, 399)).await, SeedCounts::default());
    assert_eq!(seed(&app, &tenant, amounts(0, 400)).await, SeedCounts::default());
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn one_that_was_stopped_goes_on_to_the_same_end(app: TestApp) {
    // More partners than one transaction takes.
    let wanted = amounts(4_000, 4_000);
    let tenant = app.tenant("acme").await;
    // Within the second transaction, when the first is committed.
    let is_killed = Cell::new(false);
    let tell = |progress| {
        if let SeedProgress::Commissions(3_300..) = progress {
            is_killed.set(true);
        }
    };
    {
        let mut filling = pin!(fill(&app.app, &tenant, wanted, tell));
        poll_fn(|context| match filling.as_mut().poll(context) {
            Poll::Pending if !is_killed.get() => Poll::Pending,
            Poll::Pending => Poll::Ready(()),
            Poll::Ready(done) => panic!("was not killed: {done:?}"),
        })
        .await;
    }
    let there = count(&app, "commission").await;
    assert!((1..4_000).contains(&there), "{there} are a part");
    assert_eq!(seed(&app, &tenant, wanted).await.commissions, 4_000 - there);
    assert_eq!(count(&app, "commission").await, 4_000);
    assert_sound(&app, &tenant).await;
    let another = match app.is_postgres() {
        true => TestApp::on_postgres().await.unwrap(),
        false => TestApp::on_sqlite().await,
    };
    let same = another.tenant("acme").await;
    seed(&another, &same, wanted).await;
    assert_eq!(
        rows(&app, &tenant).await,
        rows(&another, &same).await,
        "as if it had never been stopped"
    );
}

#[apply(both_databases)]
async fn more_can_be_asked_for_later(app: TestApp) {
    let tenant = app.tenant("acme").await;
    seed(&app, &tenant, amounts(15, 200)).await;
    let kept = app
        .texts("SELECT CAST(explanation AS text) FROM commission ORDER BY id")
        .await;
    for (partners, commissions) in [(15, 201), (25, 500), (0, 650), (10, 700)] {
        seed(&app, &tenant, amounts(partners, commissions)).await;
        assert_eq!(count(&app, "commission").await, commissions);
        assert_sound(&app, &tenant).await;
    }
    let now = app.texts("SELECT CAST(explanation AS text) FROM commission").await;
    assert!(kept.iter().all(|explanation| now.contains(explanation)));
}

#[apply(both_databases)]
async fn what_is_there_stays_and_other_partners_get_nothing(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    admin
        .done(
            "createPartnerGroup",
            json!({
                "name": "Own", "default": true, "rules": [{ "recurring": { "percentage": "10" } }],
            }),
            "partnerGroup { id }",
        )
        .await;
    let partner = admin
        .done(
            "createPartner",
            json!({ "name": "Own", "email": "own@example.com", "type": "AFFILIATE" }),
            "partner { id }",
        )
        .await;
    let charge = json!({
        "externalId": "own", "kind": "CHARGE", "amount": { "amount": "100", "currency": "EUR" },
        "customerExternalId": "own", "partnerId": partner["partner"]["id"],
    });
    admin.done("recordEvent", charge, "event { id }").await;
    let before = app.rows().await;
    seed(&app, &tenant, amounts(10, 100)).await;
    assert_eq!(count(&app, "commission").await, 101);
    assert_sound(&app, &tenant).await;
    let after = app.rows().await;
    for table in [
        "event",
        "commission",
        "commission_transition",
        "customer",
        "partner",
        "partner_balance",
    ] {
        let kept = before[table].iter().all(|row| after[table].contains(row));
        assert!(kept, "{table}");
    }
    let id = partner["partner"]["id"].as_str().unwrap();
    let data = admin
        .data(&format!(
            "{{ partner(id: \"{id}\") {{ commissions {{ totalCount }} }} }}"
        ))
        .await;
    assert_eq!(data["partner"]["commissions"]["totalCount"], 1);
}

#[apply(both_databases)]
async fn without_partners_it_says_what_is_missing(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    admin
        .done(
            "createPartner",
            json!({ "name": "Own", "email": "own@example.com", "type": "AFFILIATE" }),
            "partner { id }",
        )
        .await;
    match fill(&app.app, &tenant, amounts(0, 10), |_| ()).await {
        Err(ServiceError::Rejected(problems)) => assert!(problems[0].message.contains("--partners"), "{problems:?}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(seed(&app, &tenant, amounts(0, 0)).await.commissions, 0);
}

#[apply(both_databases)]
async fn whoever_cannot_earn_leaves_the_share_to_others(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    admin
        .done(
            "createPartnerGroup",
            json!({
                "name": "Own", "default": true, "rules": [{ "recurring": { "percentage": "0" } }],
            }),
            "partnerGroup { id }",
        )
        .await;
    let wanted = SeedAmounts {
        campaigns: 0,
        ..amounts(40, 300)
    };
    assert_eq!(seed(&app, &tenant, wanted).await.commissions, 300);
    assert_eq!(count(&app, "commission").await, 300);
    let idle = "partner WHERE group_id IS NULL AND status = 'ACTIVE'";
    assert!(count(&app, idle).await > 2);
    assert_eq!(
        count(
            &app,
            "attribution WHERE partner_id IN (SELECT id FROM partner WHERE group_id IS NULL)"
        )
        .await,
        0
    );
    assert_sound(&app, &tenant).await;
}

#[apply(both_databases)]
async fn what_is_recorded_afterwards_goes_on_from_there(app: TestApp) {
    let tenant = app.tenant("acme").await;
    seed(&app, &tenant, amounts(40, 1_200)).await;
    app.clock.advance(std::time::Duration::from_secs(86_400));
    let admin = app.staff(&tenant, "admin");
    // A customer without a campaign who bought before, of a partner in the group whose upgrades look at the LTV.
    let found = app
        .texts(
            "SELECT customer.external_id FROM customer JOIN partner ON partner.id = customer.partner_id
             JOIN partner_group ON partner_group.id = partner.group_id AND partner_group.name = 'Performance agencies'
             JOIN event ON event.customer_id = customer.id AND event.type = 'purchase' AND event.currency = 'EUR'
             WHERE customer.campaign_id IS NULL ORDER BY 1 LIMIT 1",
        )
        .await;
    let customer = &found[0];
    let ltv = app
        .texts(&format!(
        "SELECT CAST(SUM(CASE WHEN event.kind = 'CHARGE' THEN event.amount_minor ELSE -event.amount_minor END) AS text)
             FROM event JOIN attribution ON attribution.id = event.primary_attribution_id
             LEFT JOIN event AS original ON original.id = event.original_id
             WHERE event.currency = 'EUR' AND (event.kind = 'CHARGE' OR original.kind = 'CHARGE')
             AND attribution.partner_id = (SELECT partner_id FROM customer WHERE external_id = '{customer}')"
    ))
        .await;
    let ltv: i64 = ltv[0].parse().unwrap();
    let charge = |name: &str| {
        json!({
            "externalId": name, "kind": "CHARGE", "type": "purchase", "amount": { "amount": "100", "currency": "EUR" },
            "customerExternalId": customer,
        })
    };
    let selection =
        "event { attribution { partner { id } } } commissions { id amount { amount } explanation { detail } }";
    let recorded = admin.done("recordEvent", charge("by rules"), selection).await;
    let steps = recorded["commissions"][0]["explanation"].as_array().unwrap();
    let threshold = steps
        .iter()
        .find_map(|step| step["detail"].as_str().filter(|text| text.contains("lifetime value")));
    let expected = rust_decimal::Decimal::new(ltv, 2);
    assert!(
        threshold.unwrap().contains(&format!("lifetime value {expected} EUR ")),
        "{threshold:?}, not {expected}"
    );
    let partner = recorded["event"]["attribution"]["partner"]["id"].as_str().unwrap();
    admin
        .done(
            "amendCommissionSnapshot",
            json!({
                "partnerId": partner, "reason": "Trying it out",
                "terms": [
                    { "basis": "PERCENT", "value": "30", "trigger": "FIRST", "eventType": "purchase" },
                    { "basis": "PERCENT", "value": "7", "trigger": "SUBSEQUENT", "eventType": "purchase" },
                ],
            }),
            "commissionSnapshot { id }",
        )
        .await;
    let recorded = admin.done("recordEvent", charge("by terms"), selection).await;
    assert_eq!(
        recorded["commissions"][0]["amount"]["amount"], "7.00",
        "it bought before"
    );
    assert_eq!(recorded["commissions"].as_array().map(Vec::len), Some(1));
    // The outbox counts on, and a seeded charge is refunded like any other.
    let event = app.texts(
        "SELECT external_id FROM event WHERE kind = 'CHARGE' AND refunded_minor = 0 AND external_id LIKE 'seed-%' ORDER BY 1 LIMIT 1",
    ).await;
    let refund = json!({ "externalId": "back", "kind": "REFUND", "originalExternalId": event[0] });
    admin.done("recordEvent", refund, "event { id }").await;
    let ids: Vec<u64> = app
        .texts("SELECT CAST(id AS text) FROM outbox")
        .await
        .iter()
        .map(|id| id.parse().unwrap())
        .collect();
    assert_eq!(
        ids.iter().collect::<BTreeSet<_>>().len() as u64,
        count(&app, "commission_transition").await
    );
    assert_sound(&app, &tenant).await;
    // What was recorded by others is not counted as made up.
    assert_eq!(seed(&app, &tenant, amounts(40, 1_200)).await.commissions, 0);
}

#[tokio::test]
async fn the_same_command_gives_the_same_rows_in_another_database() {
    let mut found = Vec::new();
    for _ in 0..2 {
        let app = TestApp::on_sqlite().await;
        let tenant = app.tenant("acme").await;
        seed(&app, &tenant, amounts(30, 600)).await;
        found.push(rows(&app, &tenant).await);
    }
    assert!(found[0]["outbox"].len() > 600);
    assert_eq!(found[0], found[1]);
}

#[tokio::test]
async fn another_seed_has_commissions_of_its_own() {
    let app = TestApp::on_sqlite().await;
    let tenant = app.tenant("acme").await;
    for rng_seed in [1, 2] {
        seed(
            &app,
            &tenant,
            SeedAmounts {
                rng_seed,
                ..amounts(10, 150)
            },
        )
        .await;
    }
    assert_eq!(count(&app, "commission").await, 300);
    assert_sound(&app, &tenant).await;
    let admin = app.staff(&tenant, "admin");
    let data: Value = admin.data("{ payouts { totalCount } }").await;
    assert!(data["payouts"]["totalCount"].as_u64().unwrap() > 0);
}
