//! Which rules govern a deal.

use super::CommissionRule;
use crate::commission::PaymentTarget;
use crate::id::{PartnerCategoryId, PartnerId, PartnerTierId, PaymentStageId};
use crate::money::Currency;
use crate::partner::{Partner, PartnerType};

/// The deal's partner as seen by the filters of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payee {
    pub id: PartnerId,
    pub partner_type: PartnerType,
    pub tier: Option<PartnerTierId>,
    pub categories: Vec<PartnerCategoryId>,
}

impl Payee {
    pub fn of(partner: &Partner, categories: impl IntoIterator<Item = PartnerCategoryId>) -> Self {
        Self {
            id: partner.id,
            partner_type: partner.partner_type,
            tier: partner.tier_id,
            categories: categories.into_iter().collect(),
        }
    }
}

/// The rules that pay when a deal of the partner in `currency` enters `stage`: for each payment target the most
/// specific one, and among equally specific ones the newest.
pub fn governing<'a>(
    rules: &'a [CommissionRule],
    partner: &Payee,
    currency: Currency,
    stage: PaymentStageId,
) -> Vec<&'a CommissionRule> {
    let fitting = |target: PaymentTarget| {
        rules
            .iter()
            .filter(move |rule| rule.plan.payment_target == target && rule.archived_at.is_none())
            .filter(|rule| rule.plan.has_entry_for(stage))
            .filter(|rule| rule.plan.currency.is_none_or(|only| only == currency))
            .filter(|rule| rule.fits(partner))
            .max_by_key(|rule| (rule.specificity(), rule.id))
    };
    PaymentTarget::ALL
        .iter()
        .filter_map(|target| fitting(*target))
        .collect()
}

impl CommissionRule {
    fn fits(&self, partner: &Payee) -> bool {
        let filters = &self.filters;
        let any = |list: &[PartnerCategoryId]| list.iter().any(|id| partner.categories.contains(id));
        filters.partner_type == partner.partner_type
            && (filters.partners.is_empty() || filters.partners.contains(&partner.id))
            && (filters.tiers.is_empty() || partner.tier.is_some_and(|tier| filters.tiers.contains(&tier)))
            && (filters.categories.is_empty() || any(&filters.categories))
    }

    /// Determined by the most specific filter that it has: partners, tiers, categories, or the type only.
    fn specificity(&self) -> u8 {
        let filters = &self.filters;
        match (
            filters.partners.is_empty(),
            filters.tiers.is_empty(),
            filters.categories.is_empty(),
        ) {
            (false, _, _) => 3,
            (true, false, _) => 2,
            (true, true, false) => 1,
            (true, true, true) => 0,
        }
    }
}
