//! Coming back: what happened while somebody was away is heard once and in order, by whoever may hear it, as long as it is
//! kept.

use axum::http::header;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use tributary::domain::id::CommissionId;
use tributary::service::webhook::prune::prune;
use tributary::store::Transaction;

use super::{CHANGES, Events, Gateway, of_partner, replica, summary, token, until_listening, whole};
use crate::ledger::{Shop, charge};
use crate::support::{TestApp, both_databases};

/// The same as [`CHANGES`] from a place on.
const AFTER: &str = "subscription($after: String) { commissionChanged(after: $after) { id status partner { id } } }";

/// Listens from a place on, which is given as an argument.
async fn after(gateway: &Gateway, token: &str, cursor: &str) -> Events {
    let body = json!({ "query": AFTER, "variables": { "after": cursor } });
    let response = gateway.stream(token, &body).await;
    assert_eq!(response.status(), 200);
    Events::of(response)
}

/// Records so many sales at once; gives the summaries of their rows.
async fn sales(shop: &Shop<'_>, name: &str, count: usize, partner: &str, campaign: &str) -> Vec<String> {
    let input: Vec<_> = (0..count)
        .map(|number| charge(&format!("{name} {number}"), partner, campaign, "10"))
        .collect();
    let document = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) { commissions { id } userErrors { code } } }";
    let recorded = shop.staff().data_with(document, json!({ "input": input })).await;
    let payloads = recorded["recordEvents"].as_array().unwrap().iter();
    let ids = payloads.map(|payload| payload["commissions"][0]["id"].as_str().expect("a row").to_owned());
    ids.map(|id| format!("ACCRUED {id}")).collect()
}

async fn changed(stream: &mut Events, count: usize) -> Vec<String> {
    let mut heard = Vec::new();
    while heard.len() < count {
        heard.push(stream.changed().await);
    }
    heard
}

/// The message of the one error of what does not begin.
async fn refused(gateway: &Gateway, token: &str, cursor: &str) -> String {
    let body = json!({ "query": AFTER, "variables": { "after": cursor } });
    let mut stream = Events::of(gateway.stream(token, &body).await);
    let result = stream.next().await;
    let error = &result["errors"][0];
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{result}");
    assert_eq!(stream.piece().await.as_deref(), Some("event: complete\ndata:"));
    error["message"].as_str().expect("a text").to_owned()
}

const FOREIGN: &str = "the cursor does not belong to this subscription: subscribe without one";
const PRUNED: &str =
    "the events since this cursor are no longer kept: subscribe without one, then query what was missed";

#[apply(both_databases)]
async fn what_happened_meanwhile_is_heard_once_and_then_what_comes(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let admin = token(&app, json!({}));
    let mut stream = gateway.events(&admin, CHANGES).await;
    let first = sales(&shop, "first", 3, &ann, &campaign).await;
    assert_eq!(stream.changed().await, first[0]);
    let (cursor, second) = stream.behind().await;
    assert_eq!(summary(&second), first[1]);
    drop(stream);
    // More than are read at once, in transactions of many and of one.
    let mut missed = first[2..].to_vec();
    for round in 0..5 {
        missed.extend(sales(&shop, &format!("many {round}"), 120, &ann, &campaign).await);
        missed.push(format!(
            "ACCRUED {}",
            shop.sale(&format!("one {round}"), &ann, &campaign, "10").await
        ));
    }
    let mut by_argument = after(&gateway, &admin, &cursor).await;
    let mut by_header = Events::of(gateway.back(&admin, CHANGES, &cursor).await);
    let mut socket = gateway.socket(&admin).await;
    socket
        .start(
            "1",
            &AFTER
                .replace("($after: String)", "")
                .replace("$after", &format!("{cursor:?}")),
        )
        .await;
    assert_eq!(changed(&mut by_argument, missed.len()).await, missed);
    assert_eq!(changed(&mut by_header, missed.len()).await, missed);
    for expected in &missed {
        assert_eq!(&socket.changed("1").await, expected);
    }
    let coming = sales(&shop, "coming", 2, &ann, &campaign).await;
    assert_eq!(changed(&mut by_argument, 2).await, coming);
    assert_eq!(changed(&mut by_header, 2).await, coming);
    for expected in &coming {
        assert_eq!(&socket.changed("1").await, expected);
    }
}

#[apply(both_databases)]
async fn every_event_is_a_place_to_come_back_to(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let other = replica(&app).await;
    let there = Gateway::with(&other, Default::default()).await;
    let admin = token(&app, json!({}));
    let mut stream = gateway.events(&admin, CHANGES).await;
    let mut all = sales(&shop, "many", 7, &ann, &campaign).await;
    for number in 0..4 {
        all.push(format!(
            "ACCRUED {}",
            shop.sale(&number.to_string(), &ann, &campaign, "10").await
        ));
    }
    let mut cursors = Vec::new();
    for expected in &all {
        let (cursor, result) = stream.behind().await;
        assert_eq!(&summary(&result), expected);
        cursors.push(cursor);
    }
    // Also of what was heard of when it was read again, and on another replica.
    let mut again = after(&there, &admin, &cursors[0]).await;
    for number in 1..all.len() {
        let (cursor, result) = again.behind().await;
        assert_eq!(summary(&result), all[number]);
        for (gateway, cursor) in [(&gateway, &cursor), (&there, &cursors[number])] {
            let mut stream = after(gateway, &admin, cursor).await;
            let rest = &all[number + 1..];
            assert_eq!(changed(&mut stream, rest.len()).await, rest, "behind {number}");
        }
    }
}

/// Whoever comes back is told with the others again, wherever it came back to.
#[apply(both_databases)]
async fn listeners_that_came_back_take_the_statements_of_one(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let admin = token(&app, json!({}));
    let mut stream = gateway.events(&admin, CHANGES).await;
    let all = sales(&shop, "many", 20, &ann, &campaign).await;
    let mut cursors = Vec::new();
    for _ in &all {
        cursors.push(stream.behind().await.0);
    }
    drop(stream);
    until_listening(&app.app, 0).await;
    let mut taken = Vec::new();
    for count in [1, 10] {
        let mut sockets = Vec::new();
        for cursor in &cursors[all.len() - count..] {
            let mut socket = gateway.socket(&admin).await;
            let payload = json!({ "query": AFTER, "variables": { "after": cursor } });
            socket
                .say(json!({ "type": "subscribe", "id": "1", "payload": payload }))
                .await;
            sockets.push(socket);
        }
        // What is heard once all of them listen is the last that they read by themselves.
        until_listening(&app.app, count).await;
        let row = shop.sale(&format!("before {count}"), &ann, &campaign, "10").await;
        for socket in &mut sockets {
            while socket.changed("1").await != format!("ACCRUED {row}") {}
        }
        app.reset_statements();
        let row = shop.sale(&count.to_string(), &ann, &campaign, "10").await;
        for socket in &mut sockets {
            assert_eq!(socket.changed("1").await, format!("ACCRUED {row}"));
        }
        let statements = app.statements();
        taken.push(statements.iter().filter(|sql| !sql.contains("outbox")).count());
        drop(sockets);
        until_listening(&app.app, 0).await;
    }
    assert_eq!(taken[0], taken[1]);
}

/// The header goes before the argument, which clients send as they did at first.
#[apply(both_databases)]
async fn a_client_that_comes_back_again_goes_on_where_it_was(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let admin = token(&app, json!({}));
    let mut stream = gateway.events(&admin, CHANGES).await;
    let all = sales(&shop, "many", 3, &ann, &campaign).await;
    let (first, _) = stream.behind().await;
    let (second, _) = stream.behind().await;
    let document = AFTER
        .replace("($after: String)", "")
        .replace("$after", &format!("{first:?}"));
    let mut back = Events::of(gateway.back(&admin, &document, &second).await);
    assert_eq!(back.changed().await, all[2]);
}

#[apply(both_databases)]
async fn partners_come_back_to_their_own(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, ben, campaign) = (
        shop.partner("ann").await,
        shop.partner("ben").await,
        shop.percent("10").await,
    );
    app.tenant("other").await;
    let gateway = Gateway::start(&app).await;
    let (admin, own) = (token(&app, json!({})), of_partner(&app, &ann));
    let elsewhere = token(&app, json!({ "tenant": "other" }));
    let mut staff = gateway.events(&admin, CHANGES).await;
    let mut stream = gateway.events(&own, CHANGES).await;
    shop.sale("1", &ann, &campaign, "10").await;
    let ((of_staff, _), (cursor, _)) = (staff.behind().await, stream.behind().await);
    drop((staff, stream));
    let mut expected = Vec::new();
    for number in 2..5 {
        shop.sale(&format!("b{number}"), &ben, &campaign, "10").await;
        expected.push(format!(
            "ACCRUED {}",
            shop.sale(&format!("a{number}"), &ann, &campaign, "10").await
        ));
    }
    let mut stream = after(&gateway, &own, &cursor).await;
    assert_eq!(changed(&mut stream, 3).await, expected);
    shop.sale("b5", &ben, &campaign, "10").await;
    let row = shop.sale("a5", &ann, &campaign, "10").await;
    assert_eq!(stream.changed().await, format!("ACCRUED {row}"));
    // Staff that asks for one partner hears that partner's.
    let document =
        format!("subscription {{ commissionChanged(partnerId: {ann:?}, after: {of_staff:?}) {{ id status }} }}");
    let mut of_ann = gateway.events(&admin, &document).await;
    assert_eq!(changed(&mut of_ann, 3).await, expected);
    // A cursor is good for whom it was given to.
    for (bearer, cursor) in [
        (&own, &of_staff),
        (&admin, &cursor),
        (&of_partner(&app, &ben), &cursor),
        (&elsewhere, &of_staff),
        (&elsewhere, &cursor),
    ] {
        assert_eq!(refused(&gateway, bearer, cursor).await, FOREIGN);
    }
}

#[apply(both_databases)]
async fn what_is_no_cursor_is_refused(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let admin = token(&app, json!({}));
    let mut stream = gateway.events(&admin, CHANGES).await;
    shop.sale("1", &ann, &campaign, "10").await;
    let (cursor, _) = stream.behind().await;
    let list = shop.staff().data("{ commissions { edges { cursor } } }").await;
    let of_list = list["commissions"]["edges"][0]["cursor"].as_str().unwrap();
    for wrong in ["", "nonsense", "💥", &cursor[1..], &format!("{cursor}AAAA"), of_list] {
        assert_eq!(refused(&gateway, &admin, wrong).await, FOREIGN, "{wrong}");
    }
    // As those of a database that has seen more.
    let ahead = ahead_of(&cursor);
    assert_eq!(refused(&gateway, &admin, &ahead).await, FOREIGN, "{ahead}");
    let response = gateway
        .accepting(
            "application/json",
            &admin,
            &json!({ "query": AFTER, "variables": { "after": 1 } }),
        )
        .await;
    assert_eq!(
        whole(response).await["errors"][0]["extensions"]["code"],
        "BAD_USER_INPUT"
    );
    // A header with nothing in it is none.
    let response = gateway.back(&admin, CHANGES, "").await;
    assert_eq!(
        response.headers()[header::CONTENT_TYPE],
        "text/event-stream; charset=utf-8"
    );
    let row = shop.sale("2", &ann, &campaign, "10").await;
    assert_eq!(Events::of(response).changed().await, format!("ACCRUED {row}"));
}

#[apply(both_databases)]
async fn what_is_no_longer_kept_is_not_passed_over(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let lasting = || token(&app, json!({}));
    let mut cursors: Vec<String> = Vec::new();
    for number in 0..9 {
        let mut stream = match cursors.last() {
            Some(cursor) => after(&gateway, &lasting(), cursor).await,
            None => gateway.events(&lasting(), CHANGES).await,
        };
        shop.sale(&number.to_string(), &ann, &campaign, "10").await;
        cursors.push(stream.behind().await.0);
        shop.days_later(1);
    }
    // Nothing was forgotten so far.
    let mut back = after(&gateway, &lasting(), &cursors[0]).await;
    assert_eq!(changed(&mut back, 8).await.len(), 8);
    while prune(&app.app).await.unwrap() > 0 {}
    for cursor in &cursors[..2] {
        assert_eq!(refused(&gateway, &lasting(), cursor).await, PRUNED);
    }
    for (place, cursor) in cursors.iter().enumerate().skip(3) {
        let mut back = after(&gateway, &lasting(), cursor).await;
        assert_eq!(changed(&mut back, 8 - place).await.len(), 8 - place);
    }
}

/// The same place of a database that has seen ever so much more.
fn ahead_of(cursor: &str) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    const FAR: &str = "9000000000000000000";
    let bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
    let text = std::str::from_utf8(&bytes[9..]).unwrap();
    let parts: Vec<_> = text.split(';').collect();
    let text = match parts[..] {
        [_, at] => format!("{FAR};{at}"),
        [id, at, seen, _] => format!("{id};{at};{seen};{FAR}:{FAR}:"),
        _ => panic!("{text}"),
    };
    URL_SAFE_NO_PAD.encode([&bytes[..9], text.as_bytes()].concat())
}

async fn append(transaction: &Transaction, row: &str) {
    let id: CommissionId = row.parse().unwrap();
    for sql in [
        "UPDATE commission SET recipient = recipient WHERE id = $1",
        "INSERT INTO outbox (tenant_id, object_id, type, at) SELECT tenant_id, id, 'COMMISSION_' || status, accrued_at FROM commission WHERE id = $1",
    ] {
        let statement = Statement::from_sql_and_values(transaction.get_database_backend(), sql, [id.uuid().into()]);
        transaction.execute_raw(statement).await.expect("sound SQL");
    }
}

/// PostgreSQL's transactions commit in any order; who was away meanwhile hears of each once.
#[tokio::test]
async fn transactions_that_were_under_way_are_heard_of_when_they_have_ended() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let mut rows = Vec::new();
    for number in 0..4 {
        rows.push(shop.sale(&number.to_string(), &ann, &campaign, "10").await);
    }
    let gateway = Gateway::start(&app).await;
    let admin = token(&app, json!({}));
    let earliest = app.store().begin_unaudited().await.unwrap();
    append(&earliest, &rows[0]).await;
    let mut stream = gateway.events(&admin, CHANGES).await;
    let undone = app.store().begin_unaudited().await.unwrap();
    append(&undone, &rows[1]).await;
    let between = app.store().begin_unaudited().await.unwrap();
    append(&between, &rows[2]).await;
    between.commit().await.unwrap();
    let (cursor, result) = stream.behind().await;
    assert_eq!(summary(&result), format!("ACCRUED {}", rows[2]));
    drop(stream);
    undone.rollback().await.unwrap();
    earliest.commit().await.unwrap();
    let expected = |rows: &[&String]| rows.iter().map(|row| format!("ACCRUED {row}")).collect::<Vec<_>>();
    let mut back = after(&gateway, &admin, &cursor).await;
    let (again, result) = back.behind().await;
    assert_eq!(summary(&result), format!("ACCRUED {}", rows[0]));
    let row = shop.sale("4", &ann, &campaign, "10").await;
    assert_eq!(changed(&mut back, 1).await, expected(&[&row]));
    // Not those once more that were heard before, in whatever order they have their numbers.
    let mut back = [
        after(&gateway, &admin, &cursor).await,
        after(&gateway, &admin, &again).await,
    ];
    let last = shop.sale("5", &ann, &campaign, "10").await;
    assert_eq!(changed(&mut back[0], 3).await, expected(&[&rows[0], &row, &last]));
    assert_eq!(changed(&mut back[1], 2).await, expected(&[&row, &last]));
}
