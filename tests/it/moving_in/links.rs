//! Links and touches of another system.

use serde_json::{Value, json};
use tributary::import::moving_in::{FileKind, ImportOptions};

use super::{House, PARTNERS, problems};
use crate::ledger::{Shop, euros};
use crate::support::both_databases;

/// As a spreadsheet in Germany saves it.
const LINKS: &str = "\u{feff}key;externalId;destinationUrl;status;disabledAt;partnerExternalId;campaignExternalId\r\n\
    spring;l1;https://shop.example/spring;active;;p1;offer\r\n\
    Old_1;;;paused;31.01.2026;p2;offer\r\n\
    ;l3;;;;p2;offer\r\n";

const TOUCHES: &str = "externalId;occurredAt;visitorId;customerExternalId;linkKey;couponCode;partnerExternalId;campaignExternalId\r\n\
    t1;27.02.2026 10:00;visitor-1;;spring;;p1;offer\r\n\
    t2;27.02.2026 11:00;visitor-2;;spring;;;\r\n\
    t3;28.02.2026;visitor-3;;Old_1;;;\r\n\
    t4;26.02.2026 09:30;visitor-3;;;bob10;;\r\n\
    t5;20.02.2026;;c1;;;p2;offer\r\n";

/// A tenant in Berlin with two partners, a customer, a coupon, and a campaign whose links lead to shop.example.
async fn house(app: &crate::support::TestApp) -> House<'_> {
    let house = House::new(app).await;
    house.moved(FileKind::Partners, PARTNERS).await;
    let offer = json!({ "externalId": "offer", "terms": [{ "basis": "PERCENT", "value": "10" }],
        "destinationUrl": "https://shop.example/" });
    let offer = house.shop.campaign_with(offer).await;
    let coupon = json!({ "code": "BOB10", "partnerId": house.partner("p2").await, "campaignId": offer });
    house.shop.make("createCoupon", "coupon", coupon).await;
    house.moved(FileKind::Customers, "externalId\nc1\n").await;
    house
}

async fn sale(shop: &Shop<'_>, id: &str, who: (&str, &str)) -> Value {
    let mut input = json!({ "externalId": id, "kind": "CHARGE", "amount": euros("100") });
    input[who.0] = json!(who.1);
    let selection = "event { attribution { via partner { externalId } link { key } coupon { code } } }";
    shop.staff().done("recordEvent", input, selection).await["event"]["attribution"].clone()
}

#[apply(both_databases)]
async fn links_keep_their_keys_and_touches_credit_what_comes_later(app: TestApp) {
    let house = house(&app).await;
    assert_eq!(house.moved(FileKind::Links, LINKS).await, 3);
    assert_eq!(house.moved(FileKind::Touches, TOUCHES).await, 5);
    let shop = &house.shop;
    let document = "{ links(first: 9) { nodes { key externalId destinationUrl status disabledAt partner { externalId }
        performance(from: \"2026-02-01T00:00:00Z\", to: \"2026-03-01T00:00:00Z\") { clicks } } } }";
    let data = shop.staff().data(document).await;
    let link = |name: &str, value: &str| {
        let mut nodes = data["links"]["nodes"].as_array().unwrap().iter();
        nodes.find(|node| node[name] == *value).expect("a link").clone()
    };
    assert_eq!(
        link("key", "spring"),
        json!({ "key": "spring", "externalId": "l1", "destinationUrl": "https://shop.example/spring", "status": "ACTIVE",
            "disabledAt": null, "partner": { "externalId": "p1" }, "performance": [{ "clicks": 2 }] })
    );
    assert_eq!(
        link("key", "Old_1"),
        json!({ "key": "Old_1", "externalId": null, "destinationUrl": null, "status": "DISABLED",
            "disabledAt": "2026-01-30T23:00:00Z", "partner": { "externalId": "p2" }, "performance": [{ "clicks": 1 }] })
    );
    assert_eq!(link("externalId", "l3")["key"].as_str().unwrap().len(), 8);
    // The click at a link that was disabled does not count, the coupon before it does.
    for (id, who, via, partner) in [
        ("1", ("visitorId", "visitor-1"), "LINK", "p1"),
        ("2", ("visitorId", "visitor-3"), "COUPON", "p2"),
        ("3", ("customerExternalId", "c1"), "REFERRAL", "p2"),
    ] {
        let attribution = sale(shop, id, who).await;
        assert_eq!(attribution["via"], via, "{who:?} {attribution}");
        assert_eq!(attribution["partner"]["externalId"], partner, "{who:?}");
    }
    house.assert_sound().await;
}

#[apply(both_databases)]
async fn wrong_lines_are_named_and_the_others_written(app: TestApp) {
    let house = house(&app).await;
    house.moved(FileKind::Links, LINKS).await;
    let text = "key,externalId,destinationUrl,status,disabledAt,partnerExternalId,campaignExternalId\n\
        a b,,,,,p1,offer\n\
        new,,https://other.example/,,,p1,offer\n\
        new,,,,,p9,offer\n\
        new,,,ACTIVE,2026-02-01,p1,offer\n\
        new,l1,,,,p1,offer\n\
        spring,l1,,,,p2,offer\n\
        spring,,https://shop.example/other,,,p1,offer\n\
        ,,,,,p1,offer\n\
        new,,,,,p1,\n\
        new,,,,,p1,offer\n";
    let told = [
        "line 2: key ",
        "line 3: destinationUrl ",
        "line 4: partnerExternalId \"p9\" matches no partner",
        "line 5: disabledAt must be empty",
        "line 6: externalId is that of the link with the key spring",
        "line 7: partnerExternalId differs from the existing link",
        "line 8: destinationUrl differs from the existing link",
        "line 9: key or externalId must be given",
        "line 10: campaign",
    ];
    let dry = ImportOptions {
        dry_run: true,
        ..ImportOptions::default()
    };
    for (options, created) in [
        (&dry, 1),
        (&ImportOptions::default(), 1),
        (&ImportOptions::default(), 0),
    ] {
        let report = house.import_with(FileKind::Links, text, options).await;
        let found = problems(&report);
        assert_eq!((found.len(), report.created), (told.len(), created), "{found:#?}");
        for (problem, expected) in found.iter().zip(told) {
            assert!(problem.starts_with(expected), "{problem}, not {expected}");
        }
    }
    let text = "externalId,occurredAt,visitorId,customerExternalId,linkKey,partnerExternalId,campaignExternalId\n\
        t1,,visitor-1,,spring,,\n\
        t1,2026-02-27,visitor-1,,nothing,,\n\
        t1,2026-02-27,visitor-1,,spring,p2,offer\n\
        t1,2026-02-27,,,spring,,\n\
        t1,2026-02-27,,c9,spring,,\n\
        t1,2026-02-27,visitor-1,,,p2,\n\
        t1,2026-02-27,visitor-1,,,,\n\
        t1,2027-02-27,visitor-1,,spring,,\n\
        t1,2026-02-27,visitor-1,,spring,,\n\
        t1,2026-02-28,visitor-1,,spring,,\n";
    let told = [
        "line 2: occurredAt must be given",
        "line 3: linkKey is the key of no link",
        "line 4: partnerExternalId is not the partner of the link or coupon",
        "line 5: visitorId or customerExternalId must be given",
        "line 6: customerExternalId is not known",
        "line 7: campaignExternalId must be given",
        "line 8: ",
        "line 9: occurredAt is too far in the future",
        "line 11: externalId was recorded before with different content",
    ];
    for (options, created) in [
        (&dry, 1),
        (&ImportOptions::default(), 1),
        (&ImportOptions::default(), 0),
    ] {
        let report = house.import_with(FileKind::Touches, text, options).await;
        let found = problems(&report);
        assert_eq!((found.len(), report.created), (told.len(), created), "{found:#?}");
        for (problem, expected) in found.iter().zip(told) {
            assert!(problem.starts_with(expected), "{problem}, not {expected}");
        }
    }
}

#[apply(both_databases)]
async fn touches_that_were_exported_are_not_doubled(app: TestApp) {
    let house = house(&app).await;
    house.moved(FileKind::Links, LINKS).await;
    house.moved(FileKind::Touches, TOUCHES).await;
    let data = house.shop.staff().data("{ touches(first: 1) { nodes { id } } }").await;
    let id = data["touches"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    let text = format!("id,occurredAt,visitorId,linkKey\n{id},2026-02-27,visitor-1,spring\n");
    let report = house.import(FileKind::Touches, &text).await;
    assert_eq!(report.created, 0);
    assert_eq!(
        problems(&report),
        ["line 2: id is the id of a touch that was recorded here"]
    );
}
