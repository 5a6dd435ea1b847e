//! What to check: partners whose marks are not known, in pages.

use std::collections::HashMap;

use uuid::Uuid;

use super::page::{PAGE, VerifyPage};
use super::verified_state::VerifiedState;
use crate::app::App;
use auth::Scope;
use domain::id::PartnerId;
use domain::tenant::Tenant;
use store::verify::{events_of_nobody, marks_after, moment, rows_of};
use store::{StoreError, Transaction};

/// Number of partners whose marks are read at a time.
const MARKS: u32 = 10_000;

/// Maximum number of partners in a page, for partners with few rows each.
const PARTNERS: usize = 1_000;

/// The pages of what is not verified yet; what concerns no partner comes first, since it takes longest.
pub async fn pages(app: &App, tenant: &Tenant, known: &VerifiedState) -> Result<Vec<VerifyPage>, StoreError> {
    let scope = Scope::tenant_wide(tenant.id);
    let transaction = moment(&app.store).await?;
    let mut pages = vec![VerifyPage::Whole(known.since(), app.clock.now())];
    if known.nobody != Some(events_of_nobody(&transaction, &scope).await?) {
        pages.push(VerifyPage::Nobody);
    }
    let mut last = Uuid::nil();
    loop {
        let marks = marks_after(&transaction, &scope, last, MARKS).await?;
        let Some((end, _)) = marks.last() else { break };
        last = *end;
        let is_known = |id, mark: String| known.partners.get(&PartnerId::from_uuid(id)) == Some(&mark);
        let moved = marks.into_iter().filter(|(id, mark)| !is_known(*id, mark.to_string()));
        let moved: Vec<_> = moved.map(|(id, _)| id).collect();
        pages.extend(
            cut(&transaction, &scope, moved)
                .await?
                .into_iter()
                .map(VerifyPage::Partners),
        );
    }
    transaction.rollback().await?;
    Ok(pages)
}

/// Cuts partners into pages of as many rows as are read at a time; a partner with more has a page of its own.
async fn cut(database: &Transaction, scope: &Scope, partners: Vec<Uuid>) -> Result<Vec<Vec<Uuid>>, StoreError> {
    if partners.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows: HashMap<_, u64> = HashMap::new();
    for (partner, count) in rows_of(database, scope, &partners).await? {
        *rows.entry(partner).or_default() += count.unsigned_abs();
    }
    let (mut pages, mut page, mut size) = (Vec::new(), Vec::new(), 0);
    for partner in partners {
        let own = rows.get(&partner).copied().unwrap_or(0);
        if !page.is_empty() && (size + own > PAGE || page.len() == PARTNERS) {
            pages.push(std::mem::take(&mut page));
            size = 0;
        }
        page.push(partner);
        size += own;
    }
    pages.push(page);
    Ok(pages)
}
