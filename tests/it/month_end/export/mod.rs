//! Lists as files, over HTTP and from the command line.

mod banks;
mod cells;
mod command_line;
mod endings;
mod links;
mod payout_files;
mod requests;
mod settlements;
mod spreadsheet;
mod statement;
mod whole;
mod wire;
mod workbook;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Map, Value, json};
use tributary::domain::tenant::Tenant;
use tributary::seed::{SeedAmounts, fill};

use crate::support::{Client, TestApp};

/// An answer that was read to its end.
struct Exported {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Exported {
    async fn of(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let text = read(body).await.expect("a whole body");
        Self {
            status: head.status,
            headers: head.headers,
            text,
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The first error's code, and all texts.
    fn refusal(&self) -> (String, String) {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text));
        let errors = body["errors"].as_array().expect("errors").clone();
        for error in &errors {
            assert!(error["extensions"]["requestId"].is_string(), "{error}");
        }
        let code = errors[0]["extensions"]["code"].as_str().expect("a code").to_owned();
        let texts = errors.iter().map(|error| error["message"].as_str().expect("a text"));
        (code, texts.collect::<Vec<_>>().join("; "))
    }
}

/// The body, if it comes to its end.
async fn read(body: Body) -> Result<String, axum::Error> {
    let bytes = body.collect().await?.to_bytes();
    Ok(String::from_utf8(bytes.to_vec()).expect("UTF-8"))
}

async fn get(client: &Client, path: &str) -> Exported {
    Exported::of(client.begin(path, &[]).await).await
}

/// The file at `path`, which must be there.
async fn file(client: &Client, path: &str) -> String {
    let exported = get(client, path).await;
    assert_eq!(exported.status, StatusCode::OK, "{path}: {}", exported.text);
    exported.text
}

/// The rows of a CSV file by the names of its columns, read by RFC 4180 alone. A cell of neither quotes nor letters is
/// null.
fn rows_of_csv(text: &str) -> Vec<Map<String, Value>> {
    let mut records: Vec<Vec<Value>> = vec![Vec::new()];
    let mut rest = text;
    while !rest.is_empty() {
        let cell;
        (cell, rest) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.replace("\"\"", "  ").find('"').expect("a second quote");
                (json!(quoted[..end].replace("\"\"", "\"")), &quoted[end + 1..])
            }
            None => {
                let end = rest.find([',', '\r']).expect("an end of the line");
                let cell = Some(&rest[..end]).filter(|cell| !cell.is_empty());
                assert!(cell.is_none_or(|cell| !cell.contains(['"', '\n'])), "{cell:?}");
                (json!(cell), &rest[end..])
            }
        };
        records.last_mut().expect("one").push(cell);
        rest = match rest.strip_prefix(',') {
            Some(rest) => rest,
            None => {
                records.push(Vec::new());
                rest.strip_prefix("\r\n").expect("CRLF")
            }
        };
    }
    assert!(
        records.pop().is_some_and(|last| last.is_empty()),
        "the last line has an end"
    );
    let names = records.remove(0);
    let named = |record: Vec<Value>| {
        assert_eq!(record.len(), names.len(), "{record:?}");
        let cells = names.iter().map(|name| name.as_str().expect("a name").to_owned());
        cells.zip(record).collect()
    };
    records.into_iter().map(named).collect()
}

/// The rows of a file of JSON Lines.
fn rows_of_json(text: &str) -> Vec<Map<String, Value>> {
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect()
}

/// A tenant with made-up partners and commissions.
async fn seeded(app: &TestApp, slug: &str, commissions: u64) -> Tenant {
    seeded_with(app, slug, 12, commissions).await
}

async fn seeded_with(app: &TestApp, slug: &str, partners: u32, commissions: u64) -> Tenant {
    let tenant = app.tenant(slug).await;
    let amounts = SeedAmounts {
        partners,
        campaigns: 3,
        commissions,
        rng_seed: 1,
    };
    fill(&app.app, &tenant, amounts, |_| {}).await.expect("a fresh tenant");
    tenant
}

/// A tenant of whose partners the last one cannot be shown.
async fn broken(app: &TestApp) -> Tenant {
    let tenant = seeded_with(app, "acme", 600, 0).await;
    let database = Database::connect(app.database_url()).await.unwrap();
    let sql =
        "UPDATE partner SET type = 'NONSENSE' WHERE id = (SELECT id FROM partner ORDER BY created_at, id LIMIT 1)";
    let statement = Statement::from_string(database.get_database_backend(), sql);
    assert_eq!(database.execute_raw(statement).await.unwrap().rows_affected(), 1);
    tenant
}

/// All rows of a list, page by page.
async fn listed(client: &Client, list: &str, filter: Value, selection: &str) -> Vec<Value> {
    let kind = format!("{}{}Filter", list[..1].to_uppercase(), &list[1..list.len() - 1]);
    let document = format!(
        "query($filter: {kind}, $after: String) {{ {list}(first: 500, after: $after, filter: $filter) {{ nodes {{ {selection} }}
         pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "filter": filter, "after": after });
        let data = client.data_with(&document, variables).await;
        rows.extend(data[list]["nodes"].as_array().expect("a list").clone());
        if data[list]["pageInfo"]["hasNextPage"] == false {
            return rows;
        }
        after = data[list]["pageInfo"]["endCursor"].clone();
    }
}
