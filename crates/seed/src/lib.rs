//! Made-up data: any number of partners and commissions for trying Tributary out at its later size, the same for the
//! same arguments; histories reach up to the present, so that they are the same for the same clock.
//!
//! Everything made bears an external id (`seed-1-partner-42`), and what is there already is skipped, so that a seeding
//! that was stopped can be called again, and one that was not changes nothing.

pub mod demo;
mod draft;
mod history;
mod partners;
mod programme;
mod source;
mod words;

use auth::Scope;
use domain::tenant::Tenant;
use partners::PartnerBatch;
use programme::Programme;
use service::ServiceError;
use service::app::App;
use source::SeedSource;
use store::{self, StoreError, Writes, bulk};

/// Partners of one transaction, with about five times as many rows that belong to them.
const PARTNERS_AT_ONCE: u32 = 2_000;

/// How much to make, and from which number.
#[derive(Clone, Copy, Debug)]
pub struct SeedAmounts {
    pub partners: u32,
    pub campaigns: u32,
    /// Of made-up partners, through made-up events; those of other events do not count.
    pub commissions: u64,
    pub rng_seed: u64,
}

/// What was made; what was there already does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeedCounts {
    pub partners: usize,
    pub campaigns: usize,
    pub snapshots: usize,
    pub commissions: u64,
}

/// How much of what was asked for is there.
#[derive(Clone, Copy, Debug)]
pub enum SeedProgress {
    Partners(u32),
    Commissions(u64),
}

/// Fills a tenant. `progress` hears what is there.
pub async fn fill(
    app: &App,
    tenant: &Tenant,
    amounts: SeedAmounts,
    mut progress: impl FnMut(SeedProgress),
) -> Result<SeedCounts, ServiceError> {
    let source = SeedSource::new(&tenant.slug, amounts.rng_seed);
    let (programme, campaigns) = programme::prepare(app, tenant, &source, amounts.campaigns).await?;
    let mut made = SeedCounts {
        campaigns,
        ..SeedCounts::default()
    };
    let mut done = 0;
    while done < amounts.partners {
        let until = amounts.partners.min(done.saturating_add(PARTNERS_AT_ONCE));
        let batch = partners(app, tenant, &source, &programme, done + 1, until).await?;
        made.partners += batch.partners.len();
        made.snapshots += batch.snapshots.len();
        done = until;
        progress(SeedProgress::Partners(done));
    }
    if amounts.commissions > 0 {
        let wanted = (amounts.partners, amounts.commissions);
        let tell = |count| progress(SeedProgress::Commissions(count));
        made.commissions = history::fill(app, tenant, &source, &programme, wanted, tell).await?;
    }
    Ok(made)
}

/// Makes those of the partners `first` to `last` that are not there yet, with all that belongs to them: all or none.
async fn partners(
    app: &App,
    tenant: &Tenant,
    source: &SeedSource,
    programme: &Programme,
    first: u32,
    last: u32,
) -> Result<PartnerBatch, StoreError> {
    // Its entries in the audit log are made up as well: one for each partner.
    let transaction = app.store.begin_unaudited().await?;
    // Two seedings of one tenant take turns.
    store::tenant::lock(&transaction, tenant.id).await?;
    let external_ids: Vec<_> = (first..=last)
        .map(|number| source.external_id("partner", number))
        .collect();
    let scope = Scope::tenant_wide(tenant.id);
    let known = bulk::partners_by_external_id(&transaction, &scope, &external_ids).await?;
    let mut batch = PartnerBatch::default();
    for (number, external_id) in (first..=last).zip(external_ids) {
        if !known.contains_key(&external_id) {
            batch.add(source, programme, number, external_id);
        }
    }
    bulk::insert_partners(&transaction, tenant.id, &batch.partners).await?;
    bulk::insert_partner_transitions(&transaction, tenant.id, &batch.transitions).await?;
    bulk::insert_partner_categories(&transaction, tenant.id, &batch.categories).await?;
    bulk::insert_campaign_members(&transaction, tenant.id, &batch.members).await?;
    bulk::insert_snapshots(&transaction, tenant.id, &batch.snapshots).await?;
    let advance = |writes: &mut Writes| {
        store::partner::advance(writes, tenant.id, batch.moments.iter().copied());
        store::audit::add(writes, tenant.id, &batch.entries);
    };
    Writes::of(advance).run(&transaction).await?;
    transaction.commit().await?;
    Ok(batch)
}
