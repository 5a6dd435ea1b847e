//! What becomes of a server whose TLS cannot be accepted, with each `sslmode` (docs/operations.md).

use std::process::Command;
use std::time::Duration;

use tributary::store::{self, StoreOptions};

use crate::support::cluster::{Server, is_installed};

/// A key and its certificate for localhost, of this version of X.509.
fn certificate(version: u8) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let (key, request) = (folder.path().join("key.pem"), folder.path().join("request.pem"));
    let run = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let openssl = || Command::new("openssl");
    let subject = ["-subj", "/CN=localhost", "-newkey", "rsa:2048", "-nodes", "-keyout"];
    let certificate = match version {
        1 => {
            run(openssl().arg("req").args(subject).arg(&key).arg("-out").arg(&request));
            run(openssl()
                .args(["x509", "-req", "-in"])
                .arg(&request)
                .arg("-signkey")
                .arg(&key))
        }
        _ => run(openssl().args(["req", "-x509"]).args(subject).arg(&key)),
    };
    (std::fs::read_to_string(key).unwrap(), certificate)
}

/// Whether a gateway's session is encrypted; an error where there is none.
async fn is_encrypted(server: &Server, mode: &str) -> Result<bool, String> {
    let options = StoreOptions {
        url: format!("{}{mode}", server.url()),
        acquire_timeout: Duration::from_secs(10),
        ..StoreOptions::default()
    };
    let store = store::connect(&options).await.map_err(|error| error.to_string())?;
    store.ping().await.map_err(|error| error.to_string())?;
    // The connection that lasts, and the one of listeners.
    let _wakes = store.wakes().await.map_err(|error| error.to_string())?;
    let sessions = "SELECT string_agg(DISTINCT ssl::text, ',') FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    let found = server.sql(sessions).await;
    store.close().await;
    Ok(found.as_deref() == Some("true"))
}

#[tokio::test]
async fn tls_that_cannot_be_accepted_is_done_without_where_it_is_only_preferred() {
    let Some(server) = Server::primary() else { return };
    if !is_installed("openssl") {
        println!("openssl is not installed: TLS is not looked at");
        return;
    }
    for (version, expected) in [
        (
            1,
            [
                ("", Ok(false)),
                ("?sslmode=prefer", Ok(false)),
                ("?sslmode=disable", Ok(false)),
                ("?sslmode=require", Err(())),
            ],
        ),
        (
            3,
            [
                ("", Ok(true)),
                ("?sslmode=prefer", Ok(true)),
                ("?sslmode=disable", Ok(false)),
                ("?sslmode=require", Ok(true)),
            ],
        ),
    ] {
        let (key, certificate) = certificate(version);
        server.kill();
        server.put("server.key", &key);
        server.put("server.crt", &certificate);
        server.set("ssl = on");
        server.start();
        for (mode, expected) in expected {
            let found = is_encrypted(&server, mode).await;
            if let Err(error) = &found {
                assert!(error.contains("UnsupportedCertVersion"), "{error}");
            }
            assert_eq!(found.map_err(drop), expected, "X.509 {version}, {mode:?}");
        }
    }
}
