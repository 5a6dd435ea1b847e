//! The file itself: who may read it, whether it is damaged, whether it can be written.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use tributary::store::integrity::{faults, faults_after_crash};

use super::{file_of, open};
use crate::support::TestApp;

const TIMEOUT: Duration = Duration::from_secs(30);

/// What is beside it, while somebody has it open.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// The file as a crash leaves it.
fn crashed(file: &Path, folder: &tempfile::TempDir) -> PathBuf {
    let copy = folder.path().join("crashed.db");
    for ending in ["", "-wal"] {
        std::fs::copy(beside(file, ending), beside(&copy, ending)).unwrap();
    }
    copy
}

/// Overwrites a page that is not in the log: the first one of an index that nobody has used.
async fn damage(app: &TestApp, file: &Path) {
    let number = async |sql: &str| -> u64 {
        let texts = app.texts(sql).await;
        texts[0].parse().expect("a number")
    };
    let index = "SELECT CAST(rootpage AS TEXT) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'deal'";
    let page = number(index).await;
    let size = number("SELECT CAST(page_size AS TEXT) FROM pragma_page_size").await;
    let mut file = File::options().write(true).open(file).unwrap();
    file.seek(SeekFrom::Start((page - 1) * size)).unwrap();
    file.write_all(&[0xEE; 512]).unwrap();
}

fn program(file: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tributary"))
        .args(["--database-url", &format!("sqlite://{}", file.display())])
        .args([
            "--jwt-secret",
            "nobody outside of these tests knows it",
            "--listen",
            "127.0.0.1:0",
        ])
        .args(arguments)
        .output()
        .expect("it starts")
}

#[tokio::test]
async fn a_damaged_page_is_noticed() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let sound = open(&crashed(&file_of(&app), &folders[0]), TIMEOUT, TIMEOUT).await;
    assert_eq!(faults_after_crash(&sound).await.unwrap(), [""; 0]);
    assert_eq!(faults(&sound).await.unwrap(), [""; 0]);
    let file = crashed(&file_of(&app), &folders[1]);
    damage(&app, &file).await;
    let refused = program(&file, &["serve"]);
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && error.contains("the database file is damaged"),
        "{error}"
    );
    let damaged = open(&file, TIMEOUT, TIMEOUT).await;
    assert!(!faults(&damaged).await.unwrap().is_empty());
    damaged.close().await;
    // Closed in order, it is looked at only when it is asked for.
    let damaged = open(&file, TIMEOUT, TIMEOUT).await;
    assert_eq!(faults_after_crash(&damaged).await.unwrap(), [""; 0]);
    damaged.close().await;
    let told = program(&file, &["verify"]);
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(
        !told.status.success() && text.starts_with("the database file: "),
        "{text}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_a_file_that_is_made() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.db");
    let store = open(&file, TIMEOUT, TIMEOUT).await;
    tributary::store::migrate(&store).await.unwrap();
    for ending in ["", "-wal", "-shm"] {
        let mode = beside(&file, ending).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{ending}");
    }
    // Whoever has opened it to others stays with that.
    store.close().await;
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).unwrap();
    let store = open(&file, TIMEOUT, TIMEOUT).await;
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    store.close().await;
}

#[tokio::test]
async fn it_is_not_ready_while_it_cannot_be_written() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let store = open(&file_of(&app), Duration::from_millis(500), TIMEOUT).await;
    store.ping().await.expect("it can be written");
    let holder = app.store().begin_unaudited().await.expect("it begins");
    assert!(store.begin_unaudited().await.is_err());
    for _ in 0..100 {
        assert!(store.ping().await.is_err());
    }
    holder.rollback().await.expect("it ends");
    // It is tried again now and then, without a request's write.
    while store.ping().await.is_err() {
        tokio::task::yield_now().await;
    }
    let room = "SELECT tbl FROM sqlite_stat1 WHERE tbl = 'room'";
    assert_eq!(app.texts(room).await, [""; 0]);
}
