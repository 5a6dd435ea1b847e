//! What files may look like, and what is said of them.

use serde_json::json;
use tributary::auth::Caller;
use tributary::import::moving_in::{FileKind, ImportOptions, run};

use super::{House, PARTNERS, problems};
use crate::support::both_databases;

#[apply(both_databases)]
async fn files_are_read_as_spreadsheets_and_exports_write_them(app: TestApp) {
    let house = House::new(&app).await;
    let text = "\u{feff}name;externalId;email;tags;Nobody\r\n\"Ann; \"\"A\"\"\";'=p1;ANN@example.com;a,b;x\r\n";
    let report = house.import(FileKind::Partners, text).await;
    assert_eq!(
        (problems(&report), report.created, report.ignored.as_slice()),
        (vec![], 1, &["Nobody".to_owned()][..])
    );
    let document = "{ partner(externalId: \"=p1\") { name email tags status } }";
    let data = house.shop.staff().data(document).await;
    assert_eq!(
        data["partner"],
        json!({ "name": "Ann; \"A\"", "email": "ann@example.com", "tags": ["a", "b"], "status": "ACTIVE" })
    );
    house.assert_sound().await;
}

#[apply(both_databases)]
async fn columns_are_mapped(app: TestApp) {
    let house = House::new(&app).await;
    let map = [
        ("externalId", "Key"),
        ("name", "Who"),
        ("email", "Mail"),
        ("type", "=referral"),
        ("status", ""),
    ];
    let map = map.map(|(ours, theirs)| (ours.to_owned(), theirs.to_owned())).to_vec();
    let options = ImportOptions {
        map,
        ..ImportOptions::default()
    };
    let report = house
        .import_with(
            FileKind::Partners,
            "Key,Who,Mail,status\np1,Ann,ann@example.com,whatever\n",
            &options,
        )
        .await;
    assert_eq!((problems(&report), report.created), (vec![], 1));
    let data = house
        .shop
        .staff()
        .data("{ partner(externalId: \"p1\") { type status } }")
        .await;
    assert_eq!(data["partner"], json!({ "type": "REFERRAL", "status": "ACTIVE" }));
}

#[apply(both_databases)]
async fn every_wrong_line_is_named_at_once(app: TestApp) {
    let house = House::new(&app).await;
    house.moved(FileKind::Partners, PARTNERS).await;
    let text = b"externalId,kind,amount,currency,occurredAt,partnerExternalId,originalExternalId\n\
            e1,CHARGE,10.00,EUR,2025-01-01,p1,\n\
            e2,GIFT,10.00,EUR,2025-01-01,p1,\n\
            e3,CHARGE,10.001,EUR,yesterday,p9,\n\
            e4,CHARGE,\xff,EUR,2025-01-01,p1,\n\
            e5,REFUND,4.00,EUR,2025-01-02,,e1\n\
            e6,REFUND,7.00,EUR,2025-01-02,,nothing\n\
            e7,GIFT\n\
            e8,CHARGE,1.00,EUR,2025-01-01,p1,,,x\n";
    let expected = [
        "line 3: kind must be one of CHARGE, CONVERSION, REFUND, CHARGEBACK, SALE, PAYMENT, TRANSACTION, LEAD, SIGNUP, ACTION, not \"GIFT\"",
        "line 4: partnerExternalId \"p9\" matches no partner: import partners first",
        "line 4: amount is \"10.001\", which may be 10.001 or 10001: write it without the point or with 2 decimals, or use --decimal-comma if the point separates thousands",
        "line 4: occurredAt must be a date such as 2026-03-01, or with a time such as 2026-03-01T09:30:00Z, not \"yesterday\"",
        "line 5: is not UTF-8: save the file as UTF-8",
        "line 7: originalExternalId not found",
        "line 8: kind must be one of CHARGE, CONVERSION, REFUND, CHARGEBACK, SALE, PAYMENT, TRANSACTION, LEAD, SIGNUP, ACTION, not \"GIFT\"",
        "line 9: has 9 cells, and the header has 7",
    ];
    let told = |mut found: Vec<String>| {
        found.iter_mut().for_each(|line| {
            if line.starts_with("line 7") {
                *line = expected[5].to_owned();
            }
        });
        found
    };
    for options in [
        ImportOptions {
            dry_run: true,
            ..ImportOptions::default()
        },
        ImportOptions {
            all_or_nothing: true,
            ..ImportOptions::default()
        },
    ] {
        let report = house.import_with(FileKind::Events, text, &options).await;
        assert_eq!(
            (told(problems(&report)), report.is_dry, report.created),
            (expected.map(str::to_owned).to_vec(), true, 2)
        );
        let data = house.shop.staff().data("{ events { totalCount } }").await;
        assert_eq!(data["events"]["totalCount"], 0);
    }
    let report = house.import(FileKind::Events, text).await;
    assert_eq!(
        (told(problems(&report)), report.is_dry, report.created),
        (expected.map(str::to_owned).to_vec(), false, 2)
    );
    house.assert_sound().await;
}

#[apply(both_databases)]
async fn other_content_is_a_conflict(app: TestApp) {
    let house = House::new(&app).await;
    house.moved(FileKind::Partners, PARTNERS).await;
    let report = house.import(FileKind::Partners, PARTNERS.replace("Bob", "Rob")).await;
    assert_eq!((problems(&report).len(), report.unchanged), (1, 1));
    assert!(
        problems(&report)[0].starts_with("line 3: name"),
        "{:?}",
        problems(&report)
    );
    let customers = "externalId,acquiredAt,partnerExternalId\nc1,2024-05-01,p1\nc2,2024-06-01,\n";
    assert_eq!(house.moved(FileKind::Customers, customers).await, 2);
    let report = house
        .import(
            FileKind::Customers,
            customers.replace("c1,2024-05-01,p1", "c1,2024-05-01,p2"),
        )
        .await;
    assert!(
        problems(&report)[0].starts_with("line 2: partnerExternalId"),
        "{:?}",
        problems(&report)
    );
    house.assert_sound().await;
}

#[apply(both_databases)]
async fn a_file_that_is_none_is_said_to_be_none(app: TestApp) {
    let house = House::new(&app).await;
    let wrong = async |kind: FileKind, name: &str, text: &[u8], map: &[(&str, &str)], earn: bool| {
        let path = house.file(name, text);
        let caller = Caller::operator(house.shop.tenant.id, "import");
        let map = map
            .iter()
            .map(|(ours, theirs)| ((*ours).to_owned(), (*theirs).to_owned()))
            .collect();
        let mut told = Vec::new();
        for (dry_run, all_or_nothing) in [(false, false), (true, false), (false, true)] {
            let map = Vec::clone(&map);
            let options = ImportOptions {
                map,
                dry_run,
                all_or_nothing,
                earn,
                ..ImportOptions::default()
            };
            told.push(
                run(&app.app, &caller, kind, &path, &options, |_| {})
                    .await
                    .expect_err(name)
                    .to_string(),
            );
        }
        told.dedup();
        assert_eq!(told.len(), 1, "{told:?}");
        told.remove(0)
    };
    let before = app.rows_but_log().await;
    let says = "=COLUMN says which it is, --map";
    for (kind, name, text, map, expected) in [
        (FileKind::Partners, "empty.csv", &b""[..], &[][..], "it is empty: a file begins with the names of its columns".to_owned()),
        (FileKind::Partners, "empty.csv", b"\xef\xbb\xbf\r\n\r\n", &[], "it is empty: a file begins with the names of its columns".to_owned()),
        (FileKind::Partners, "list.json", b"[{\"id\": 1}]", &[],
            "it looks like JSON: such a file has an object on each line, and a name that ends in .jsonl".to_owned()),
        (FileKind::Partners, "wide.csv", b"\xff\xfeE\0x\0\n\0", &[], "line 1: is not UTF-8: save the file as UTF-8".to_owned()),
        (FileKind::Partners, "other.csv", b"Key;Name;Mail\n1;Ann;a@a.example\n", &[],
            format!("there is no column for externalId or id, nor for email: there are Key, Name, Mail; --map externalId{says} externalId==VALUE gives all rows a value")),
        (FileKind::Commissions, "other.csv", b"id,partnerEmail,amountMinor\n", &[("status", "=PAID")],
            format!("there is no column for currency: there are id, partnerEmail, amountMinor; --map currency{says} currency==VALUE gives all rows a value")),
        (FileKind::Events, "other.csv", b"id,kind\n", &[],
            format!("there is no column for occurredAt: there are id, kind; --map occurredAt{says} occurredAt==VALUE gives all rows a value")),
        (FileKind::Partners, "twice.csv", b"id,name,email,Email\n", &[], String::new()),
        (FileKind::Partners, "twice.csv", b"id,name,Email,EMAIL\n", &[], "there are 2 columns \"email\": rename all but one of them".to_owned()),
        (FileKind::Partners, "map.csv", b"id,name,email\n", &[("name", "Who")], "there is no column \"Who\": there are id, name, email".to_owned()),
        (FileKind::Customers, "map.csv", b"id\n", &[("id", "a"), ("id", "b")], "--map is given twice for id".to_owned()),
        (FileKind::Customers, "map.csv", b"id\n", &[("ID", "a")],
            "there is no column \"ID\" here: there are externalId, id, acquiredAt, partnerExternalId, partnerEmail, partnerId, partner, campaignExternalId, campaignId, campaign".to_owned()),
    ] {
        if expected.is_empty() {
            let report = house.import(kind, text).await;
            assert_eq!((problems(&report), report.ignored), (vec![], vec!["Email".to_owned()]));
            continue;
        }
        assert_eq!(wrong(kind, name, text, map, false).await, expected, "{name}");
    }
    let told = wrong(FileKind::Events, "earn.csv", b"kind,amount\n", &[], true).await;
    assert!(told.starts_with("there is no column for externalId or id: "), "{told}");
    assert_eq!(app.rows_but_log().await, before);
}

#[apply(both_databases)]
async fn members_that_no_line_has_are_named(app: TestApp) {
    let house = House::new(&app).await;
    let path = house.file(
        "partners.jsonl",
        "{\"id\":\"p1\",\"name\":\"Ann\",\"mail\":{\"work\":\"a@a.example\"}}\n\n",
    );
    let caller = Caller::operator(house.shop.tenant.id, "import");
    let map = [("email", "mail.work"), ("tierLabel", "level"), ("status", "=ACTIVE")];
    let map = map.map(|(ours, theirs)| (ours.to_owned(), theirs.to_owned())).to_vec();
    let options = ImportOptions {
        map,
        ..ImportOptions::default()
    };
    let report = run(&app.app, &caller, FileKind::Partners, &path, &options, |_| {})
        .await
        .expect("a file");
    assert_eq!(
        (problems(&report), report.created, report.missing),
        (vec![], 1, vec!["level".to_owned()])
    );
}
