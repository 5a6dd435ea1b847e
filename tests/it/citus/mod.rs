//! Databases whose rows Citus spreads over several servers. `scripts/with-citus` starts those; where it did not, nothing here
//! runs but what an ordinary server refuses.

mod distribute;
mod routing;

use sea_orm::{ConnectionTrait, Database, DbErr, QueryResult, Statement};

use crate::support::TestApp;
use crate::support::database::is_citus;

/// A program on Citus, where that is at hand.
async fn citus() -> Option<TestApp> {
    match is_citus() {
        true => TestApp::on_postgres().await,
        false => None,
    }
}

/// What a statement finds, past every gateway.
async fn run(app: &TestApp, sql: &str) -> Result<Option<QueryResult>, DbErr> {
    let database = Database::connect(app.database_url()).await.unwrap();
    let statement = Statement::from_string(database.get_database_backend(), sql);
    let row = database.query_one_raw(statement).await;
    database.close().await.unwrap();
    row
}

/// The first value that it finds.
async fn value(app: &TestApp, sql: &str) -> i64 {
    let row = run(app, sql).await.unwrap().expect("a row");
    row.try_get_by_index(0).unwrap()
}

/// Why it is refused.
async fn refusal(app: &TestApp, sql: &str) -> String {
    run(app, sql).await.expect_err(sql).to_string()
}

/// Half of the tests silently not running would look like success.
#[test]
fn citus_is_at_hand() {
    use std::io::Write;
    if !is_citus() {
        let text = "\n*** NO CITUS: nothing was tried on several servers. `scripts/with-citus SOURCE_FOLDER cargo test` starts \
                    them. ***\n\n";
        // Past the test runner's capture, which hides what passing tests print.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}
