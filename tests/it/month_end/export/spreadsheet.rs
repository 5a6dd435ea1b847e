//! A file opens in LibreOffice with the same cells. Only where LibreOffice is installed.

use std::process::{Command, Stdio};

use serde_json::json;

use super::{file, rows_of_csv};
use crate::support::TestApp;

/// A cell as LibreOffice has it: its kind, its value or text, and whether it is worked out.
#[derive(Debug, PartialEq)]
pub struct Cell {
    pub kind: String,
    pub value: String,
    pub is_formula: bool,
}

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let rest = tag.split_once(&format!("{name}=\""))?.1;
    rest.split('"').next()
}

/// The cells of each row of a flat document, the repeated ones as often as they are there.
pub fn cells(document: &str) -> Vec<Vec<Cell>> {
    let rows = document.split("<table:table-row").skip(1);
    let cells = rows.map(|row| {
        let row = row.split("</table:table-row>").next().expect("a row");
        let cells = row.split("<table:table-cell").skip(1).flat_map(|cell| {
            let (tag, content) = cell.split_once('>').expect("a tag");
            let kind = attribute(tag, "office:value-type").unwrap_or("none");
            let text = content
                .split_once("<text:p>")
                .and_then(|(_, text)| text.split("</text:p>").next());
            let value = match kind {
                "float" => attribute(tag, "office:value").unwrap_or_default(),
                "date" => attribute(tag, "office:date-value").unwrap_or_default(),
                "boolean" => attribute(tag, "office:boolean-value").unwrap_or_default(),
                _ => text.unwrap_or_default(),
            };
            // LibreOffice reads TRUE and FALSE as functions; some of its versions say that their value is a number.
            let formula = attribute(tag, "table:formula");
            let (kind, value) = match formula {
                Some("of:=TRUE()") => ("boolean", "true"),
                Some("of:=FALSE()") => ("boolean", "false"),
                _ => (kind, value),
            };
            let times = attribute(tag, "table:number-columns-repeated").map_or(1, |times| times.parse().unwrap());
            let cell = || Cell {
                kind: kind.to_owned(),
                value: value
                    .replace("&apos;", "'")
                    .replace("&quot;", "\"")
                    .replace("&amp;", "&"),
                is_formula: formula.is_some() && kind != "boolean",
            };
            std::iter::repeat_with(cell).take(times).collect::<Vec<_>>()
        });
        cells.collect()
    });
    cells.collect()
}

/// The file as LibreOffice reads it when it is opened; `None`: it is not installed.
pub fn opened(name: &str, bytes: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let mut office = Command::new("soffice");
    if name.ends_with(".csv") {
        office.arg("--infilter=CSV:44,34,76,1");
    }
    office
        .args([&profile, "--headless", "--convert-to", "fods", "--outdir"])
        .arg(folder.path())
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match office.status() {
        Ok(status) => assert!(status.success(), "{status}"),
        Err(_) => return None,
    }
    Some(std::fs::read_to_string(folder.path().join("file.fods")).expect("it converts"))
}

#[tokio::test]
async fn a_file_opens_in_libreoffice() {
    let app = TestApp::on_sqlite().await;
    let staff = app.admin().await;
    for (number, name) in ["=1+1", "+1", "-1", "@SUM(A1)", "a \"b\", c"].iter().enumerate() {
        let partner = json!({ "name": name, "email": format!("p{number}@example.com") });
        let made = staff.done("createPartner", partner, "partner { id }").await;
        let amount = json!({ "amount": "-5.50", "currency": "EUR" });
        let taken = json!({ "partnerId": made["partner"]["id"], "amount": amount, "reason": "a slip" });
        staff.done("createManualCommission", taken, "commission { id }").await;
    }
    let csv = file(&staff, "/export/commissions").await;
    let Some(document) = opened("file.csv", csv.as_bytes()) else {
        eprintln!("LibreOffice is not installed: nothing is opened");
        return;
    };
    let rows = cells(&document);
    let place = |name: &str| rows[0].iter().position(|cell| cell.value == name).expect(name);
    let (amount, name, id) = (place("amount"), place("partnerName"), place("id"));
    for (row, expected) in rows[1..].iter().zip(rows_of_csv(&csv)) {
        assert_eq!(
            (row[amount].kind.as_str(), row[amount].value.as_str()),
            ("float", "-5.5")
        );
        assert_eq!(json!(row[id].value), expected["id"]);
        assert_eq!(
            (row[name].kind.as_str(), json!(row[name].value)),
            ("string", expected["partnerName"].clone())
        );
        assert!(row.iter().all(|cell| !cell.is_formula), "{row:?}");
    }
}
