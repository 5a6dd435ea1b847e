//! Through PgBouncer, in the mode and with the settings that docs/operations.md names.

use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use super::NEVER;
use crate::support::TestApp;
use crate::support::cluster::{Server, is_installed};
use crate::support::programme::Programme;

/// One before a server. Ends with the test.
struct PgBouncer {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl PgBouncer {
    fn before(server: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let (users, settings) = (folder.path().join("users.txt"), folder.path().join("pgbouncer.ini"));
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             auth_type = trust\nauth_file = {}\nunix_socket_dir =\npool_mode = session\ndefault_pool_size = 50\n\
             ignore_startup_parameters = extra_float_digits,options\n",
            server.port,
            users.display()
        );
        std::fs::write(users, "\"postgres\" \"\"\n").unwrap();
        std::fs::write(&settings, text).unwrap();
        // It runs as somebody else where this is root's.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = server.beside("pgbouncer");
        let child = command
            .arg("--quiet")
            .arg(settings)
            .stdin(Stdio::null())
            .spawn()
            .expect("it starts");
        Self {
            child,
            port,
            _folder: folder,
        }
    }

    async fn url(&self) -> String {
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn a_gateway_works_through_pgbouncer_in_session_mode() {
    let Some(server) = Server::primary() else { return };
    if !is_installed("pgbouncer") {
        println!("pgbouncer is not installed: it is not looked at");
        return;
    }
    // What it does not hand on is told to the role.
    for setting in [
        "statement_timeout = '30s'",
        "lock_timeout = '30s'",
        "plan_cache_mode = force_generic_plan",
    ] {
        server.sql(&format!("ALTER ROLE postgres SET {setting}")).await;
    }
    let bouncer = PgBouncer::before(&server);
    let app = TestApp::over(bouncer.url().await, Vec::new(), NEVER).await;
    let mut wakes = app.store().wakes().await.unwrap();
    // Every mutation there is.
    let programme = Programme::new(&app, "acme", "own", "other").await;
    tokio::time::timeout(Duration::from_secs(30), wakes.next())
        .await
        .expect("listeners hear of it");
    // A call that is repeated.
    let tier = json!({ "label": "Gold", "idempotencyKey": "once" });
    let made = programme
        .staff
        .done("createPartnerTier", tier.clone(), "partnerTier { id }")
        .await;
    assert_eq!(
        programme
            .staff
            .done("createPartnerTier", tier, "partnerTier { id }")
            .await,
        made
    );
    // Many at once, on connections that come and go.
    let document = "{ partners { totalCount nodes { name commissions { totalCount } } } }";
    let expected = programme.staff.data(document).await;
    assert_eq!(expected["partners"]["totalCount"], 2, "{expected}");
    for found in futures::future::join_all((0..40).map(|_| programme.staff.data(document))).await {
        assert_eq!(found, expected);
    }
    app.store().ping().await.unwrap();
}
