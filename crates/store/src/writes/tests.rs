//! The texts of statements, as each engine takes them.

use entity::{outbox, partner_history, partner_standing};
use sea_orm::Value;
use uuid::Uuid;

use super::*;

fn standings(count: usize) -> impl Iterator<Item = partner_standing::ActiveModel> {
    (0..count).map(|number| partner_standing::ActiveModel {
        tenant_id: ActiveValue::Set(Uuid::nil()),
        partner_id: ActiveValue::Set(Uuid::from_u128(number as u128)),
        qualified_customers: ActiveValue::Set(number as i64),
    })
}

fn change() -> outbox::ActiveModel {
    outbox::ActiveModel {
        tenant_id: ActiveValue::Set(Uuid::nil()),
        event_type: ActiveValue::Set("PAID".to_owned()),
        ..Default::default()
    }
}

const HEAD: &str = r#"INSERT INTO "partner_standing" ("tenant_id", "partner_id", "qualified_customers") VALUES "#;
const KEY: &str = r#" ON CONFLICT ("tenant_id", "partner_id") DO UPDATE SET "qualified_customers" = "#;

#[test]
fn postgresql_takes_all_tables_in_one_statement() {
    let writes = Writes::of(|writes| {
        writes.add(standings(2), Conflict::Add);
        writes.add(standings(0), Conflict::Fail);
        writes.add([change()], Conflict::Fail);
    });
    let texts = at_once(cut(writes.tables, |left| left), false);
    let sum = format!(r#"{KEY}"partner_standing"."qualified_customers" + "excluded"."qualified_customers""#);
    let expected = format!(
        r#"WITH "insert_0" AS ({HEAD}($1, $2, $3), ($4, $5, $6){sum}) INSERT INTO "outbox" ("tenant_id", "type") VALUES ($7, $8)"#
    );
    assert_eq!(texts.len(), 1);
    assert_eq!(texts[0].sql, expected);
    assert_eq!(texts[0].values.len(), 8);
    assert_eq!(texts[0].values[5], Value::from(1i64));
}

#[test]
fn updates_go_along_with_inserts() {
    let row = |number: u128| partner_history::ActiveModel {
        tenant_id: ActiveValue::Set(Uuid::nil()),
        id: ActiveValue::Set(Uuid::from_u128(number)),
        history_sequence: ActiveValue::Set(7),
        history_at: ActiveValue::Set(None),
    };
    let writes = || {
        Writes::of(|writes| {
            writes.add([change()], Conflict::Fail);
            writes.set([row(1), row(2)]);
        })
    };
    let head = r#"UPDATE "partner" SET "history_sequence" = "given"."column3", "history_at" = "given"."column4" FROM (VALUES "#;
    let tail = r#") AS "given" WHERE "partner"."tenant_id" = "given"."column1" AND "partner"."id" = "given"."column2""#;
    let change = r#"INSERT INTO "outbox" ("tenant_id", "type") VALUES "#;
    let texts = at_once(cut(writes().tables, |left| left), false);
    assert_eq!(
        texts[0].sql,
        format!(r#"WITH "insert_0" AS ({change}($1, $2)) {head}($3, $4, $5, $6), ($7, $8, $9, $10){tail}"#)
    );
    let texts = at_once(cut(writes().tables, |left| left), true);
    let said_once = r#" AND "partner"."tenant_id" = $3"#;
    assert_eq!(
        texts[0].sql,
        format!(r#"WITH "insert_0" AS ({change}($1, $2)) {head}($3, $4, $5, $6), ($7, $8, $9, $10){tail}{said_once}"#)
    );
    let texts = in_a_row(cut(writes().tables, |_| 1));
    assert_eq!(texts.len(), 1);
    let update = format!("{head}(?, ?, ?, ?){tail}");
    assert_eq!(texts[0].sql, format!("{change}(?, ?); {update}; {update}"));
}

#[test]
fn no_statement_binds_more_than_it_may() {
    let bound = |rows: usize| {
        let writes = Writes::of(|writes| writes.add(standings(rows), Conflict::Fail));
        let texts = at_once(cut(writes.tables, |left| left.min(MAX_ROWS)), false);
        // Each begins anew.
        assert!(texts.iter().all(|text| text.sql.contains("($1, $2, $3)")));
        texts.iter().map(|text| text.values.len()).collect::<Vec<_>>()
    };
    assert_eq!(bound(20_000), [60_000]);
    assert_eq!(bound(20_001), [60_000, 3]);
    assert_eq!(bound(40_500), [60_000, 60_000, 1_500]);
    assert!(bound(0).is_empty());
}

#[test]
fn sqlite_takes_single_rows_in_one_text() {
    let writes = Writes::of(|writes| {
        writes.add(standings(17), Conflict::Replace);
        writes.add([change()], Conflict::Keep);
        writes.add(standings(4), Conflict::Fail);
    });
    let size = |left| SIZES.into_iter().find(|size| *size <= left).unwrap_or(1);
    let texts = in_a_row(cut(writes.tables, size));
    let counts: Vec<_> = texts.iter().map(|text| text.values.len()).collect();
    assert_eq!(counts, [48, 5, 12]);
    let change = r#"INSERT INTO "outbox" ("tenant_id", "type") VALUES (?, ?) ON CONFLICT DO NOTHING"#;
    let expected = format!(r#"{HEAD}(?, ?, ?){KEY}"excluded"."qualified_customers"; {change}"#);
    assert_eq!(texts[1].sql, expected);
    assert_eq!(
        texts[2].sql,
        format!("{HEAD}(?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?)")
    );
}
