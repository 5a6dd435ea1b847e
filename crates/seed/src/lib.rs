//! Made-up data: any number of partners and commissions for trying Tributary out at its later size. The same arguments
//! give the same data; histories reach up to the present, so that they also depend on the clock.
//!
//! Everything made has an external id (`seed-1-partner-42`), and what already exists is skipped, so that an interrupted
//! seeding can be run again, and repeating a complete one changes nothing.

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
use store::locks::InForce;
use store::{StoreError, Writes, bulk};

/// Partners per transaction, with about five times as many rows that belong to them.
const PARTNERS_AT_ONCE: u32 = 2_000;

/// How much to make, and the seed of the random numbers.
#[derive(Clone, Copy, Debug)]
pub struct SeedAmounts {
    pub partners: u32,
    pub campaigns: u32,
    /// Commissions of made-up partners from made-up events; those of other events do not count.
    pub commissions: u64,
    pub rng_seed: u64,
}

/// What was made; what already existed does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeedCounts {
    pub partners: usize,
    pub campaigns: usize,
    pub snapshots: usize,
    pub commissions: u64,
}

/// How much of the requested data exists.
#[derive(Clone, Copy, Debug)]
pub enum SeedProgress {
    Partners(u32),
    Commissions(u64),
}

/// Fills a tenant. `progress` is called with how much exists.
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

/// Makes the missing ones of the partners `first` to `last`, with everything that belongs to them: all or none.
async fn partners(
    app: &App,
    tenant: &Tenant,
    source: &SeedSource,
    programme: &Programme,
    first: u32,
    last: u32,
) -> Result<PartnerBatch, StoreError> {
    // The audit entries are made up as well: one for each partner.
    let transaction = app.store.begin_unaudited().await?;
    // Seedings of one tenant run one after the other.
    store::locks::change(&transaction, tenant.id, &[InForce::Settings]).await?;
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
    transaction.write(advance).await?;
    transaction.commit().await?;
    Ok(batch)
}
