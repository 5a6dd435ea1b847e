//! What ends a subscription: its client, its token, its partner, its slowness, the program.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tributary::http::{HttpOptions, SubscriptionsSection};

use super::socket::Socket;
use super::{CHANGES, Gateway, codes, of_partner, token, until_listening};
use crate::ledger::{Shop, charge};
use crate::support::both_databases;
use crate::support::program::Program;

/// The last result of a stream, and that it is the last.
async fn last(stream: &mut super::Events) -> Value {
    let result = stream.next().await;
    assert_eq!(stream.piece().await.as_deref(), Some("event: complete\ndata:"));
    assert_eq!(stream.piece().await, None);
    result
}

#[apply(both_databases)]
async fn a_token_that_expires_ends_what_it_began(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let now = app.clock.now().timestamp();
    let start = Instant::now();
    let brief = token(&app, json!({ "exp": now + 2 }));
    let mut socket = gateway.socket(&brief).await;
    socket.subscribe("1", CHANGES).await;
    let mut stream = gateway.events(&brief, CHANGES).await;
    let row = shop.sale("1", &ann, &campaign, "100").await;
    assert_eq!(socket.changed("1").await, format!("ACCRUED {row}"));
    assert_eq!(stream.changed().await, format!("ACCRUED {row}"));
    // Nothing more happens, and it ends all the same, at that moment.
    assert_eq!(socket.closed().await, (4403, "Forbidden".to_owned()));
    assert!((Duration::from_secs(2)..Duration::from_secs(10)).contains(&start.elapsed()));
    assert_eq!(codes(&last(&mut stream).await["errors"]), ["UNAUTHENTICATED"]);
    until_listening(&app.app, 0).await;
    // What expired a little while ago still passes for a request on its way, not for a stream.
    let mut socket = Socket::open(gateway.address).await;
    let authorization = format!("Bearer {}", token(&app, json!({ "exp": now - 2 })));
    socket
        .say(json!({ "type": "connection_init", "payload": { "authorization": authorization } }))
        .await;
    assert_eq!(socket.closed().await.0, 4403);
}

#[apply(both_databases)]
async fn a_partner_who_is_suspended_hears_nothing_more(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let own = of_partner(&app, &ann);
    let mut socket = gateway.socket(&own).await;
    socket.subscribe("1", CHANGES).await;
    let mut stream = gateway.events(&own, CHANGES).await;
    let mut staff = gateway.socket(&token(&app, json!({}))).await;
    staff.subscribe("1", CHANGES).await;
    let row = shop.sale("1", &ann, &campaign, "100").await;
    assert_eq!(socket.changed("1").await, format!("ACCRUED {row}"));
    assert_eq!(stream.changed().await, format!("ACCRUED {row}"));
    assert_eq!(staff.changed("1").await, format!("ACCRUED {row}"));
    shop.staff()
        .done(
            "suspendPartner",
            json!({ "id": ann, "reason": "mistake" }),
            "partner { id }",
        )
        .await;
    shop.approve(&[&row]).await;
    assert_eq!(staff.changed("1").await, format!("APPROVED {row}"));
    assert_eq!(socket.closed().await.0, 4403);
    assert_eq!(codes(&last(&mut stream).await["errors"]), ["UNAUTHENTICATED"]);
}

#[apply(both_databases)]
async fn who_is_out_does_not_stay_where_nothing_happens(app: TestApp) {
    let shop = Shop::new(&app).await;
    let ann = shop.partner("ann").await;
    let options = HttpOptions {
        subscriptions: SubscriptionsSection {
            ping_seconds: 1,
            ..SubscriptionsSection::default()
        },
        ..HttpOptions::default()
    };
    let gateway = Gateway::with(&app.app, options).await;
    let own = of_partner(&app, &ann);
    let mut socket = gateway.socket(&own).await;
    socket.subscribe("1", CHANGES).await;
    let mut stream = gateway.events(&own, CHANGES).await;
    shop.staff()
        .done(
            "suspendPartner",
            json!({ "id": ann, "reason": "mistake" }),
            "partner { id }",
        )
        .await;
    assert_eq!(socket.closed().await.0, 4403);
    assert_eq!(codes(&last(&mut stream).await["errors"]), ["UNAUTHENTICATED"]);
    until_listening(&app.app, 0).await;
}

#[apply(both_databases)]
async fn a_key_that_is_revoked_asks_and_hears_nothing_more(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let input = json!({ "name": "listener", "scopes": ["commissions:read", "partners:read"] });
    let made = shop.staff().done("createApiKey", input, "apiKey { id } key").await;
    let key = made["key"].as_str().expect("it is shown once");
    let mut socket = gateway.socket(key).await;
    socket.subscribe("1", CHANGES).await;
    let mut asking = gateway.socket(key).await;
    let row = shop.sale("1", &ann, &campaign, "100").await;
    assert_eq!(socket.changed("1").await, format!("ACCRUED {row}"));
    shop.staff()
        .done("revokeApiKey", json!({ "id": made["apiKey"]["id"] }), "deletedId")
        .await;
    asking.start("1", "{ viewer { subject } }").await;
    assert_eq!(asking.closed().await.0, 4403);
    shop.approve(&[&row]).await;
    assert_eq!(socket.closed().await.0, 4403);
}

#[apply(both_databases)]
async fn who_falls_behind_hears_so_and_nothing_more(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let mut slow = gateway.events(&token(&app, json!({})), CHANGES).await;
    let mut quick = gateway.events(&token(&app, json!({})), CHANGES).await;
    // Each is a batch of its own, since the quick one hears it before there is another.
    for number in 0..260 {
        let row = shop.sale(&number.to_string(), &ann, &campaign, "1").await;
        assert_eq!(quick.changed().await, format!("ACCRUED {row}"));
    }
    let result = last(&mut slow).await;
    assert_eq!(codes(&result["errors"]), ["THROTTLED"]);
    assert!(
        result["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("some were lost"),
        "{result}"
    );
    assert!(result.get("data").is_none());
    until_listening(&app.app, 1).await;
}

#[apply(both_databases)]
async fn what_clients_leave_behind_is_let_go(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let admin = token(&app, json!({}));
    let mut socket = gateway.socket(&admin).await;
    socket.subscribe("1", CHANGES).await;
    socket.subscribe("2", CHANGES).await;
    let stream = gateway.events(&admin, CHANGES).await;
    assert_eq!(app.app.changes.listeners(), 3);
    let counted = || {
        let text = app.app.metrics.render(&[], None);
        let value = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.trim().parse::<u32>().ok())
        };
        (value("tributary_subscriptions "), value("tributary_websockets "))
    };
    assert_eq!(counted(), (Some(3), Some(1)));
    drop(stream);
    assert_eq!(app.app.changes.listeners(), 2);
    socket.say(json!({ "type": "complete", "id": "1" })).await;
    until_listening(&app.app, 1).await;
    // The name is free again, and the other goes on.
    socket.subscribe("1", CHANGES).await;
    assert_eq!(app.app.changes.listeners(), 2);
    let row = shop.sale("1", &ann, &campaign, "100").await;
    let mut heard = [socket.hear().await, socket.hear().await];
    heard.sort_by_key(|message| message["id"].to_string());
    for (message, id) in heard.iter().zip(["1", "2"]) {
        assert_eq!(message["id"], id);
        assert_eq!(message["payload"]["data"]["commissionChanged"]["id"], row.as_str());
    }
    drop(socket);
    until_listening(&app.app, 0).await;
}

#[apply(both_databases)]
async fn the_end_of_the_program_is_said_to_sockets_and_cuts_streams(app: TestApp) {
    let shop = Shop::new(&app).await;
    let program = Program::start(&app, "");
    let gateway = Gateway::start(&app).await;
    let mut sockets = Vec::new();
    for _ in 0..5 {
        let mut socket = Socket::open(program.address).await;
        socket.init(&program.token).await;
        socket.subscribe("1", CHANGES).await;
        sockets.push(socket);
    }
    let fresh = Socket::open(program.address).await;
    program.terminate();
    for socket in sockets.iter_mut().chain([&mut { fresh }]) {
        assert_eq!(socket.closed().await, (1001, "Going away".to_owned()));
    }
    drop(sockets);
    let ended = tokio::task::spawn_blocking(move || program.wait()).await.unwrap();
    assert_eq!(ended.code(), Some(0));

    // A stream ends without the event that says it is complete: so clients ask again, elsewhere.
    let mut stream = gateway.events(&token(&app, json!({})), CHANGES).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    shop.sale("1", &ann, &campaign, "100").await;
    stream.changed().await;
    gateway.tell.send_replace(true);
    assert_eq!(stream.piece().await, None);
    gateway.serving.await.unwrap();
}

#[apply(both_databases)]
async fn who_does_not_read_a_stream_does_not_hold_up_the_end(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let program = Program::start(&app, "[timeouts]\nshutdown_seconds = 600\n[limits]\naliases = 600");
    let ids: String = (0..600).map(|number| format!("a{number}: id ")).collect();
    let body = json!({ "query": format!("subscription {{ commissionChanged {{ {ids} }} }}") }).to_string();
    let mut wire = program.connect();
    wire.write(&program.post("accept: text/event-stream\r\n", body.as_bytes()));
    assert!(wire.hears(":\n\n"), "it listens");
    // More than what the systems of both sides keep for somebody who does not read.
    let sales: Vec<_> = (0..400)
        .map(|number| charge(&number.to_string(), &ann, &campaign, "1"))
        .collect();
    let document = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) { event { id } } }";
    shop.staff().data_with(document, json!({ "input": sales })).await;
    assert!(wire.hears("event: next"));
    let start = Instant::now();
    program.terminate();
    let ended = tokio::task::spawn_blocking(move || program.wait()).await.unwrap();
    assert_eq!(ended.code(), Some(0));
    assert!(
        start.elapsed() < Duration::from_secs(300),
        "nobody waits for somebody who does not read"
    );
    drop(wire);
}
