//! What a gateway in production does not start with, and that nobody learns a secret from the message that says so.

use std::process::{Command, Output};

use crate::support::TestApp;

const SECRET: &str = "61c8a0f2b7d94e53866fb1a90c3d2e74a5f0918c7b6d4e2f1a3c5b7d9e8f6042";

fn serve(app: &TestApp, settings: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), settings).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command.args([
        "--listen",
        "127.0.0.1:0",
        "--database-url",
        &app.database_url(),
        "--config",
    ]);
    let Output { status, stdout, stderr } = command.arg(file.path()).arg("serve").args(arguments).output().unwrap();
    assert!(
        stdout.is_empty(),
        "it does not listen: {}",
        String::from_utf8_lossy(&stdout)
    );
    (status.code(), String::from_utf8(stderr).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_trying_out_does_not_start_and_all_of_it_is_told_at_once() {
    let app = TestApp::on_sqlite().await;
    let zeros = format!("a:{}=", "A".repeat(43));
    let weak = "changemechangemechangemechangeme";
    let everything = format!(
        "production = true\njwt_secret = \"{weak}\"\nwebhook_keys = \"{zeros}\"\n[webhooks]\n\
         allowed_networks = [\"0.0.0.0/0\"]\n[cors]\norigins = [\"*\"]"
    );
    let (code, said) = serve(&app, &everything, &["--demo"]);
    assert_eq!(code, Some(1), "{said}");
    for part in [
        "--demo",
        "jwt_secret has too few",
        "\"a\" of webhook_keys",
        "webhooks.allowed_networks: 0.0.0.0/0",
        "cors.origins",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains(weak) && !said.contains(&zeros), "{said}");
    let (code, said) = serve(&app, "", &["--production", "--demo", "--jwt-secret", SECRET]);
    assert!(
        code == Some(1) && said.contains("--demo") && !said.contains(SECRET),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_the_file_does_not_print_its_line() {
    let app = TestApp::on_sqlite().await;
    for (settings, says) in [
        (format!("jwt_secret = {SECRET}\n"), "line 1, jwt_secret"),
        (
            format!("production = true\njwt_secret = \"{SECRET}\n"),
            "line 2, jwt_secret",
        ),
        (format!("jwt_secret = [\"{SECRET}\"]\n"), "line 1, jwt_secret"),
        (format!("production = \"{SECRET}\"\n"), "line 1, production"),
    ] {
        let (code, said) = serve(&app, &settings, &[]);
        assert!(code == Some(1) && said.contains(says), "{said}");
        assert!(!said.contains(&SECRET[..8]), "{said}");
    }
}
