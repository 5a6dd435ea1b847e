//! The columns of the entities, and those that docs/privacy.md lists.

use std::collections::BTreeSet;
use std::path::Path;

/// A column that can hold personal values: `table.column`, of which subjects, and the period for which it is kept.
pub type PersonalColumn = (String, Vec<String>, String);

/// The columns that the page lists.
pub struct KnownColumns {
    pub personal: Vec<PersonalColumn>,
    /// As `table.column`, with those that hold no personal values.
    pub all: BTreeSet<String>,
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn page() -> String {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/privacy.md"))
}

/// The cells of the rows of the table below a heading, without backticks.
pub fn rows_below(page: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, below) = page
        .split_once(&format!("{heading}\n"))
        .unwrap_or_else(|| panic!("no {heading}"));
    let section = below.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells = row.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().replace('`', "")).collect()
    })
    .collect()
}

pub fn known() -> KnownColumns {
    let page = page();
    let mut known = KnownColumns {
        personal: Vec::new(),
        all: BTreeSet::new(),
    };
    let mut add = |column: String| assert!(known.all.insert(column.clone()), "{column} is listed twice");
    for row in rows_below(&page, "## Columns that can hold personal values") {
        let subjects = row[1].split(", ").map(str::to_owned).collect();
        let period = row.last().cloned().unwrap_or_default();
        add(row[0].clone());
        known.personal.push((row[0].clone(), subjects, period));
    }
    for row in rows_below(&page, "## Columns that hold none") {
        for column in row[1].split(", ") {
            add(format!("{}.{column}", row[0]));
        }
    }
    known
}

/// All columns for text, documents or bytes, as `table.column`. Structs of parts of a table repeat its columns.
pub fn in_entities() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("entity/src");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let labelled = "labelled!(\"";
    let mut columns = BTreeSet::new();
    for text in files.map(|path| read(&path)) {
        if let Some((_, table)) = text.split_once(labelled)
            && let Some((table, _)) = table.split_once('"')
        {
            columns.extend(["label", "external_id"].map(|column| format!("{table}.{column}")));
        }
        let Some((_, rest)) = text.split_once("table_name = \"") else {
            continue;
        };
        let table = rest.split('"').next().unwrap_or_default();
        let mut renamed = None;
        for line in rest.lines() {
            if let Some((_, name)) = line.split_once("column_name = \"") {
                renamed = name.split('"').next();
            } else if let Some(field) = of_field(line) {
                columns.insert(format!("{table}.{}", renamed.take().unwrap_or(field)));
            }
        }
    }
    columns
}

/// The name of a struct's field, unless it is an id, a number, a time or a truth value. A type that is not known counts
/// as one that could hold anything.
fn of_field(line: &str) -> Option<&str> {
    let (name, kind) = line.trim().strip_prefix("pub ")?.strip_suffix(',')?.split_once(": ")?;
    let kind = kind.trim_start_matches("Option<").trim_end_matches('>');
    let holds_none = ["Uuid", "i32", "i64", "bool", "DateTimeUtc"].contains(&kind);
    (!holds_none).then(|| name.trim_start_matches("r#"))
}

#[test]
fn fields_are_told_apart_by_their_types() {
    for (line, column) in [
        ("    pub name: String,", Some("name")),
        ("    pub r#type: Option<String>,", Some("type")),
        ("    pub tags: Json,", Some("tags")),
        ("    pub hash: Option<Vec<u8>>,", Some("hash")),
        ("    pub unknown: NewKind,", Some("unknown")),
        ("    pub partner_id: Option<Uuid>,", None),
        ("    pub at: DateTimeUtc,", None),
        ("pub struct Model {", None),
    ] {
        assert_eq!(of_field(line), column, "{line}");
    }
}
