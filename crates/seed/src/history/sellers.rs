//! The partners that earn the made-up commissions, and how many each.

use std::collections::HashMap;

use uuid::Uuid;

use crate::source::SeedSource;
use auth::Scope;
use domain::accrual;
use domain::id::PartnerId;
use domain::tenant::Tenant;
use service::app::App;
use store::{StoreError, bulk};

/// Number of partners looked up at once.
const AT_ONCE: u32 = 2_000;

/// A made-up partner whose events earn.
#[derive(Clone, Copy)]
pub struct Seller {
    pub number: u32,
    pub id: PartnerId,
    /// How much it sells, relative to other sellers.
    weight: u64,
}

/// A seller and the number of commissions that it is to have in the end.
#[derive(Clone, Copy)]
pub struct SellerQuota {
    pub seller: Seller,
    pub commissions: u64,
}

/// The sellers among the first `partners` made-up partners; 0: among all existing ones.
pub async fn find(app: &App, tenant: &Tenant, source: &SeedSource, partners: u32) -> Result<Vec<Seller>, StoreError> {
    let scope = Scope::tenant_wide(tenant.id);
    let mut sellers = Vec::new();
    let mut done = 0;
    while partners == 0 || done < partners {
        let mut until = done.saturating_add(AT_ONCE);
        if partners > 0 {
            until = until.min(partners);
        }
        let external_ids: Vec<_> = (done + 1..=until)
            .map(|number| source.external_id("partner", number))
            .collect();
        let known = bulk::partners_by_external_id(app.store.reader(), &scope, &external_ids).await?;
        if known.is_empty() {
            break;
        }
        let uuids: Vec<_> = known.values().map(|id| id.uuid()).collect();
        let found = store::partner::by_ids(app.store.reader(), &scope, &uuids).await?;
        for (number, external_id) in (done + 1..=until).zip(external_ids) {
            let partner = known.get(&external_id).and_then(|id| found.get(&id.uuid()));
            // Suspended and revoked partners sell nothing.
            if let Some(partner) = partner.filter(|partner| accrual::partner_earns(partner.status)) {
                let weight = source.content("sales", number).u64(1..=9);
                let id = partner.id;
                sellers.push(Seller { number, id, weight });
            }
        }
        done = until;
    }
    Ok(sellers)
}

/// Distributes the commissions that are missing to `commissions`. `known` says how many each partner already has,
/// sellers or not; whatever the distribution so far, the sum comes out right.
pub fn share(sellers: &[Seller], known: &HashMap<Uuid, u64>, commissions: u64) -> Vec<SellerQuota> {
    let mut left = commissions.saturating_sub(known.values().sum());
    let all: u64 = sellers.iter().map(|seller| seller.weight).sum();
    let upto = |weight: u64| {
        let part = u128::from(commissions) * u128::from(weight) / u128::from(all.max(1));
        u64::try_from(part).expect("a part of the commissions")
    };
    let mut shares = Vec::new();
    let mut weight = 0;
    for seller in sellers {
        let before = upto(weight);
        weight += seller.weight;
        let has = known.get(&seller.id.uuid()).copied().unwrap_or(0);
        let more = (upto(weight) - before).saturating_sub(has).min(left);
        if more > 0 {
            left -= more;
            let commissions = has + more;
            shares.push(SellerQuota {
                seller: *seller,
                commissions,
            });
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::start;

    fn seller(number: u32) -> Seller {
        let id = PartnerId::from_parts(start(), number, 0);
        let weight = u64::from(number % 9 + 1);
        Seller { number, id, weight }
    }

    fn total(shares: &[SellerQuota], known: &HashMap<Uuid, u64>) -> u64 {
        let mut has = known.clone();
        for share in shares {
            has.insert(share.seller.id.uuid(), share.commissions);
        }
        has.values().sum()
    }

    #[test]
    fn the_shares_are_all_that_is_missing_whoever_has_what() {
        let sellers: Vec<_> = (1..=50).map(seller).collect();
        for commissions in [0, 1, 49, 50, 1_000, 999_983] {
            let shares = share(&sellers, &HashMap::new(), commissions);
            assert_eq!(total(&shares, &HashMap::new()), commissions);
            // Stopped after some of them: the others get what they would have got.
            let known: HashMap<_, _> = shares[..shares.len() / 2]
                .iter()
                .map(|share| (share.seller.id.uuid(), share.commissions))
                .collect();
            let rest = share(&sellers, &known, commissions);
            let numbers = |shares: &[SellerQuota]| -> Vec<_> {
                shares
                    .iter()
                    .map(|share| (share.seller.number, share.commissions))
                    .collect()
            };
            assert_eq!(numbers(&rest), numbers(&shares[shares.len() / 2..]));
            for more in [1, 7, 5_000] {
                let known = shares
                    .iter()
                    .map(|share| (share.seller.id.uuid(), share.commissions))
                    .collect();
                let rest = share(&sellers[..20], &known, commissions + more);
                assert_eq!(total(&rest, &known), commissions + more);
            }
        }
    }
}
