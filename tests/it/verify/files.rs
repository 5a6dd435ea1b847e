//! The file of `tributary verify --since`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{Ledger, Vandal};
use crate::support::{TestApp, both_databases};

fn program(app: &TestApp, file: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command
        .args(["--database-url", &app.database_url(), "verify", "--since"])
        .arg(file);
    command.output().expect("it starts")
}

fn told(output: &Output) -> (bool, String) {
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}

#[apply(both_databases)]
async fn what_holds_is_noted_and_not_looked_at_again(app: TestApp) {
    let ledger = Ledger::new(&app).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("verified");
    let clean = (true, "verified tenants: 1, findings: 0\n".to_owned());
    assert_eq!(told(&program(&app, &file)), clean);
    let noted = fs::read_to_string(&file).unwrap();
    assert!(
        noted.starts_with("tributary ") && noted.contains(&format!("\n{} ", ledger.partner)),
        "{noted}"
    );
    let vandal = Vandal::careful(&app).await;
    let of = format!("WHERE partner_id = {}", vandal.raw(&ledger.partner));
    vandal
        .run(&format!("UPDATE partner_balance SET paid_minor = paid_minor + 1 {of}"))
        .await;
    assert_eq!(told(&program(&app, &file)), clean);
    // Cut off in the middle of its last line, as a run that is killed leaves it: that is not known.
    let cut = noted.trim_end().len() - 3;
    fs::write(&file, &noted[..cut]).unwrap();
    let (done, text) = told(&program(&app, &file));
    assert!(!done && text.contains("the balance in EUR"), "{text}");
    // What another version asked may be less.
    let (head, rest) = noted.split_once('\n').unwrap();
    fs::write(&file, format!("{head}ed long ago\n{rest}")).unwrap();
    assert!(!program(&app, &file).status.success());
    // Without a file everything is looked at.
    fs::remove_file(&file).unwrap();
    assert!(!program(&app, &file).status.success());
    assert!(!fs::read_to_string(&file).unwrap().contains(&ledger.partner));
    vandal
        .run(&format!("UPDATE partner_balance SET paid_minor = paid_minor - 1 {of}"))
        .await;
    assert_eq!(told(&program(&app, &file)), clean);
}

#[apply(both_databases)]
async fn a_file_of_something_else_is_left_alone(app: TestApp) {
    app.tenant("acme").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    for text in [
        "buy milk\n".to_owned(),
        format!("tributary {} verify\nbuy milk\n", env!("CARGO_PKG_VERSION")),
    ] {
        fs::write(&file, &text).unwrap();
        let output = program(&app, &file);
        assert!(
            !output.status.success() && String::from_utf8_lossy(&output.stderr).contains("notes.txt"),
            "{output:?}"
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
}
