//! Databases and replicas of releases without webhooks.

use tributary::service::ledger::verify::verify;
use tributary::store;

use super::{Receiver, Seller, approve, endpoint, local, work};
use crate::support::both_databases;

both_databases! {
    async fn a_migrated_database_goes_on(app: TestApp) {
        let app = app.with_webhooks(local());
        let (tenant, receiver) = (app.tenant("acme").await, Receiver::start().await);
        let staff = app.staff(&tenant, "admin");
        let seller = Seller::new(&staff, "ann").await;
        let row = seller.earns(&staff, "1").await;
        let tells_more = async || {
            let status = store::migration_status(app.store()).await.unwrap();
            status.iter().any(|(name, is_applied)| name == "m0016_outbox_events" && *is_applied)
        };
        while tells_more().await {
            store::migrate_down(app.store()).await.unwrap();
        }
        let old = app.rows().await["outbox"].clone();
        assert_eq!(old.len(), 1, "partners were told of by nobody: {old:?}");
        store::migrate(app.store()).await.unwrap();
        assert_eq!(app.rows().await["outbox"].len(), 1);
        assert_eq!(verify(&app.app, &tenant).await.unwrap(), []);
        endpoint(&staff, &receiver.url(), &[]).await;
        approve(&staff, &row).await;
        // A replica of the release before writes beside.
        app.execute("INSERT INTO outbox (tenant_id, commission_id, status, at) SELECT tenant_id, id, 'REVERSED', accrued_at FROM commission").await;
        work(&app.app).await;
        assert_eq!(receiver.kinds(), ["commission.approved", "commission.reversed"]);
    }
}
