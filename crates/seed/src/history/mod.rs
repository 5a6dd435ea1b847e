//! Made-up commissions: histories of made-up partners, worked out by the functions that record real events, and written
//! in bulk.
//!
//! A partner's events, commissions and everything that goes with them are written in one transaction, and what is
//! missing is counted before: a seeding that was stopped goes on where it was, and one that was not has nothing to do.

mod batch;
mod customers;
mod ledger_draft;
mod life;
mod sellers;
mod settling;

use std::collections::HashMap;

use super::programme::Programme;
use super::source::SeedSource;
use auth::Scope;
use batch::HistoryBatch;
use domain::campaign::Campaign;
use domain::id::{CampaignId, PartnerGroupId, PartnerId};
use domain::partner_group::PartnerGroup;
use domain::problem::{ProblemCode, Problems};
use domain::tenant::Tenant;
use life::{GeneratedHistory, PartnerBefore, live};
use sellers::SellerQuota;
use service::ServiceError;
use service::app::App;
use store::partner::LockedPartner;
use store::{self, StoreError, Transaction, bulk};

/// Commissions of one transaction, worked out in memory (about 4 KB each) before they are written. Every history spans
/// years, so that each transaction touches most pages of most indexes: few large ones are faster by far than many small
/// ones.
const COMMISSIONS_AT_ONCE: u64 = 200_000;
/// Partners of one transaction, at most.
const PARTNERS_AT_ONCE: usize = 2_000;

/// Brings the tenant's made-up commissions to `commissions`, shared out among the first `partners` made-up partners (0:
/// all that are there); says how many were made. `progress` hears how many there are.
pub async fn fill(
    app: &App,
    tenant: &Tenant,
    source: &SeedSource,
    programme: &Programme,
    (partners, commissions): (u32, u64),
    mut progress: impl FnMut(u64),
) -> Result<u64, ServiceError> {
    let prefix = source.external_ids("event");
    let mut sellers = None;
    let mut made = 0;
    loop {
        let known = known_commissions(app, tenant, &prefix).await?;
        let mut there: u64 = known.values().sum();
        progress(there);
        if there >= commissions {
            write_payout_lines(app, tenant).await?;
            return Ok(made);
        }
        let sellers = match &mut sellers {
            Some(sellers) => sellers,
            None => sellers.insert(sellers::find(app, tenant, source, partners).await?),
        };
        if sellers.is_empty() {
            return Err(nobody_earns(made).into());
        }
        let shares = sellers::share(sellers, &known, commissions);
        let setting = HistoryContext::load(app, tenant, source, programme).await?;
        let mut rest = &shares[..];
        while !rest.is_empty() {
            let (some, others) = rest.split_at(together(rest));
            let transaction = app.store.begin_patiently().await?;
            let tell = |count| progress(there + count);
            let (written, short) = setting.write(&transaction, some, tell).await?;
            transaction.commit().await?;
            there += written;
            made += written;
            rest = others;
            // Whoever earned less than its share earns no more; the others get the rest.
            sellers.retain(|seller| !short.contains(&seller.id));
        }
        if there >= commissions {
            write_payout_lines(app, tenant).await?;
            return Ok(made);
        }
    }
}

/// Writes what the runs found that paid all these partners, once it is known.
async fn write_payout_lines(app: &App, tenant: &Tenant) -> Result<(), StoreError> {
    let transaction = app.store.begin_patiently().await?;
    store::missing_lines::fill(&transaction, tenant.id).await?;
    transaction.commit().await
}

fn nobody_earns(made: u64) -> Problems {
    let mut problems = Problems::new();
    let message = match made {
        0 => "no made-up partner is there that earns commissions: ask for some with --partners".to_owned(),
        _ => format!("the made-up partners earned only {made} more: ask for more of them with --partners"),
    };
    problems.add("commissions", ProblemCode::Required, message);
    problems
}

/// How many made-up commissions each partner has.
async fn known_commissions(app: &App, tenant: &Tenant, prefix: &str) -> Result<HashMap<uuid::Uuid, u64>, StoreError> {
    // A transaction for its patience: counting a million takes longer than a request may.
    let transaction = app.store.snapshot().await?;
    let scope = Scope::tenant_wide(tenant.id);
    let known = bulk::ledger::commissions_by_partner(&transaction, &scope, prefix, None).await?;
    transaction.rollback().await?;
    Ok(known)
}

/// How many of the shares go into one transaction.
fn together(shares: &[SellerQuota]) -> usize {
    let mut commissions = 0;
    let few = shares.iter().take(PARTNERS_AT_ONCE).take_while(|share| {
        let goes_in = commissions < COMMISSIONS_AT_ONCE;
        commissions += share.commissions;
        goes_in
    });
    few.count()
}

/// What all histories share.
struct HistoryContext<'a> {
    app: &'a App,
    tenant: &'a Tenant,
    source: &'a SeedSource,
    campaigns: Vec<Campaign>,
    groups: HashMap<PartnerGroupId, PartnerGroup>,
    default_group: Option<PartnerGroupId>,
}

impl<'a> HistoryContext<'a> {
    async fn load(
        app: &'a App,
        tenant: &'a Tenant,
        source: &'a SeedSource,
        programme: &Programme,
    ) -> Result<Self, StoreError> {
        let (reader, scope) = (app.store.reader(), Scope::tenant_wide(tenant.id));
        let ids: Vec<_> = programme.campaigns.iter().map(|campaign| campaign.id.uuid()).collect();
        // As they are now, which may differ from what was made.
        let mut found = store::campaign::by_ids(reader, &scope, &ids).await?;
        let campaigns = ids.iter().filter_map(|id| found.remove(id)).collect();
        let ids: Vec<_> = programme.groups.iter().map(|id| id.uuid()).collect();
        let found = store::partner_group::by_ids(reader, &scope, &ids).await?;
        let default = store::partner_group::find_default(reader, &scope).await?;
        let default_group = default.as_ref().map(|group| group.id);
        let groups = found
            .into_values()
            .chain(default)
            .map(|group| (group.id, group))
            .collect();
        Ok(Self {
            app,
            tenant,
            source,
            campaigns,
            groups,
            default_group,
        })
    }

    /// Writes the histories of these partners as far as they are missing: all or none. Says how many commissions they
    /// are, and who earned less than its share; `progress` hears the first on the way.
    async fn write(
        &self,
        transaction: &Transaction,
        shares: &[SellerQuota],
        mut progress: impl FnMut(u64),
    ) -> Result<(u64, Vec<PartnerId>), StoreError> {
        let tenant = self.tenant.id;
        let scope = Scope::tenant_wide(tenant);
        // Two seedings of one tenant take turns; the gateway's writers wait for the partners.
        store::tenant::lock(transaction, tenant).await?;
        let mut ids: Vec<_> = shares.iter().map(|share| share.seller.id).collect();
        ids.sort_unstable();
        let partners = store::partner::lock_all(transaction, &scope, &ids).await?;
        let partners = partners.into_iter().map(|locked| (locked.partner.id, locked));
        let partners: HashMap<_, _> = partners.collect();
        let uuids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let prefix = self.source.external_ids("event");
        let known = bulk::ledger::commissions_by_partner(transaction, &scope, &prefix, Some(&uuids)).await?;
        let events = bulk::ledger::events_of_partners(transaction, &scope, &uuids).await?;
        let moves = store::partner::transitions_of(transaction, &scope, &uuids).await?;
        let mut snapshots = store::snapshot::of_partners(transaction, &scope, &uuids).await?;
        let mut members = bulk::ledger::campaigns_of_partners(transaction, &scope, &uuids).await?;
        let mut values = store::standing::lifetime_values_of(transaction, &scope, &uuids).await?;
        let qualified = bulk::ledger::qualified_customers_of(transaction, &scope, &uuids).await?;

        let now = self.app.clock.now();
        let by_id: HashMap<_, _> = self.campaigns.iter().map(|campaign| (campaign.id, campaign)).collect();
        let mut batch = HistoryBatch::default();
        let mut written = 0;
        let mut short = Vec::new();
        for SellerQuota { seller, commissions } in shares {
            let uuid = seller.id.uuid();
            let Some(LockedPartner { partner, last }) = partners.get(&seller.id) else {
                continue;
            };
            let wanted = commissions.saturating_sub(known.get(&uuid).copied().unwrap_or(0));
            let (count, newest) = events
                .get(&uuid)
                .map_or((0, None), |(count, newest)| (*count, Some(*newest)));
            let last_move = moves
                .get(&uuid)
                .and_then(|moves| moves.iter().map(|known| known.at).max());
            let start = [newest, last_move]
                .into_iter()
                .flatten()
                // What was promised since then was promised before what is recorded now.
                .fold(partner.created_at.max(last.at), Ord::max);
            if wanted == 0 {
                continue;
            }
            if start >= now {
                short.push(seller.id);
                continue;
            }
            let member_of = members.remove(&uuid).unwrap_or_default();
            let group = partner.group_id.or(self.default_group);
            let before = PartnerBefore {
                tenant: self.tenant,
                partner,
                number: seller.number,
                snapshots: snapshots.remove(&uuid).unwrap_or_default(),
                group: group.and_then(|id| self.groups.get(&id)),
                places: self.places(seller.number, &member_of, &by_id),
                member_of,
                lifetime_values: values
                    .remove(&uuid)
                    .unwrap_or_default()
                    .into_iter()
                    .map(|sum| (sum.currency, sum.minor))
                    .collect(),
                qualified_customers: qualified.get(&uuid).copied().unwrap_or(0),
                events: count,
                start,
            };
            let lived: GeneratedHistory = live(self.source, &before, wanted, now);
            let earned = lived.book.rows.len() as u64;
            if earned < wanted {
                short.push(seller.id);
            }
            // What brings nothing is not worth being repeated by every seeding.
            if earned == 0 {
                continue;
            }
            batch.add(seller.id, *last, lived);
            written += earned;
            progress(written);
        }
        batch.write_to(transaction, tenant).await?;
        Ok((written, short))
    }

    /// Where a partner sells: in its campaigns, in one that it joins by selling, and outside of all.
    fn places<'b>(
        &'b self,
        number: u32,
        member_of: &[CampaignId],
        by_id: &HashMap<CampaignId, &'b Campaign>,
    ) -> Vec<Option<&'b Campaign>> {
        let random = &mut self.source.content("places", number);
        let own = member_of
            .iter()
            .filter_map(|id| by_id.get(id))
            .map(|campaign| Some(*campaign));
        let mut places: Vec<_> = own.collect();
        if !self.campaigns.is_empty() && places.len() < 2 {
            places.push(Some(super::source::pick(random, &self.campaigns)));
        }
        places.push(None);
        places
    }
}
