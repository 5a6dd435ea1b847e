//! Moving in: files of another system come in whole, a second time change nothing, and what is wrong is named by its line.

mod costs;
mod examples;
mod files;
mod history;
mod kills;
mod links;
mod opening;
mod people;
mod round_trip;

use std::path::PathBuf;

use serde_json::json;
use tempfile::TempDir;
use tributary::auth::Caller;
use tributary::import::moving_in::{FileKind, ImportOptions, ImportReport, run};
use tributary::service::ledger::verify::verify;

use crate::ledger::Shop;
use crate::support::TestApp;

/// A tenant that files are brought into.
pub struct House<'a> {
    pub shop: Shop<'a>,
    folder: TempDir,
}

impl<'a> House<'a> {
    pub async fn new(app: &'a TestApp) -> Self {
        Self::of(Shop::new(app).await)
    }

    pub fn of(shop: Shop<'a>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { shop, folder }
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    async fn import_with(&self, kind: FileKind, text: impl AsRef<[u8]>, options: &ImportOptions) -> ImportReport {
        let path = self.file("rows.csv", text);
        let caller = Caller::operator(self.shop.tenant.id, "import");
        run(&self.shop.app.app, &caller, kind, &path, options, |_| {})
            .await
            .expect("a file")
    }

    async fn import(&self, kind: FileKind, text: impl AsRef<[u8]>) -> ImportReport {
        self.import_with(kind, text, &ImportOptions::default()).await
    }

    /// Imports a file that is fine and all new, gives how many rows it has, and sees that a second time changes nothing.
    pub async fn moved(&self, kind: FileKind, text: &str) -> u64 {
        let first = self.import(kind, text).await;
        assert_eq!((problems(&first), first.unchanged), (vec![], 0));
        let again = self.import(kind, text).await;
        assert_eq!(
            (problems(&again), again.created, again.unchanged),
            (vec![], 0, first.created)
        );
        first.created
    }

    /// The id of the partner with this external id.
    async fn partner(&self, external_id: &str) -> String {
        let document = "query($id: String!) { partner(externalId: $id) { id } }";
        let data = self
            .shop
            .staff()
            .data_with(document, json!({ "id": external_id }))
            .await;
        data["partner"]["id"].as_str().expect("a partner").to_owned()
    }

    async fn assert_sound(&self) {
        assert_eq!(verify(&self.shop.app.app, &self.shop.tenant).await.unwrap(), []);
    }
}

fn problems(report: &ImportReport) -> Vec<String> {
    report.problems.iter().map(ToString::to_string).collect()
}

const PARTNERS: &str = "externalId,name,email,status\np1,Ann,ann@example.com,ACTIVE\np2,Bob,bob@example.com,ACTIVE\n";
