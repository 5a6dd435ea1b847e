//! Shorthands for rules and terms. The numbers are constants of this program.

use rust_decimal::Decimal;

use domain::group_rules::{RuleDraft, RuleDraftKind};
use domain::money::parse_decimal;
use domain::terms::{BasisKind, MatchDraft, Per, TermDraft, Trigger};

pub fn decimal(text: &str) -> Decimal {
    parse_decimal(text).expect("a constant number")
}

fn rule(kind: RuleDraftKind) -> RuleDraft {
    RuleDraft {
        description: None,
        kind,
    }
}

pub fn time_tier(max_months: i32, percentage: &str) -> RuleDraft {
    rule(RuleDraftKind::NewCustomerTimeTier {
        max_months,
        percentage: decimal(percentage),
    })
}

pub fn recurring(percentage: &str) -> RuleDraft {
    rule(RuleDraftKind::Recurring {
        percentage: decimal(percentage),
    })
}

pub fn upgrade(min_ltv_total: &str, upgrade_percentage: &str) -> RuleDraft {
    rule(RuleDraftKind::PartnerLtvUpgrade {
        min_ltv_total: decimal(min_ltv_total),
        upgrade_percentage: decimal(upgrade_percentage),
    })
}

pub fn bonus(min_charge_total: &str, bonus: &str) -> RuleDraft {
    rule(RuleDraftKind::ChargeThresholdBonus {
        min_charge_total: decimal(min_charge_total),
        bonus: decimal(bonus),
    })
}

pub fn gate(min_qualified_customers: i32) -> RuleDraft {
    rule(RuleDraftKind::CustomerVolumeGate {
        min_qualified_customers,
    })
}

fn term(basis: BasisKind, value: Option<Decimal>) -> TermDraft {
    TermDraft {
        basis,
        value,
        currency: None,
        trigger: Trigger::Every,
        event_type: None,
        recurring_months: None,
        matching: None,
        exclusive: None,
        per: Per::Event,
    }
}

pub fn percent(value: &str) -> TermDraft {
    term(BasisKind::Percent, Some(decimal(value)))
}

pub fn fixed(value: &str) -> TermDraft {
    term(BasisKind::Fixed, Some(decimal(value)))
}

pub fn group_rules() -> TermDraft {
    term(BasisKind::GroupRules, None)
}

/// Only for the first event of the type.
pub fn first(event_type: &str, draft: TermDraft) -> TermDraft {
    TermDraft {
        trigger: Trigger::First,
        event_type: Some(event_type.to_owned()),
        ..draft
    }
}

/// Only for the events of the type after the first.
pub fn subsequent(event_type: &str, draft: TermDraft) -> TermDraft {
    TermDraft {
        trigger: Trigger::Subsequent,
        event_type: Some(event_type.to_owned()),
        ..draft
    }
}

/// Only for items of a category, which the components after it do not see.
pub fn of_category(category: &str, draft: TermDraft) -> TermDraft {
    TermDraft {
        matching: Some(MatchDraft {
            categories: vec![category.to_owned()],
            ..MatchDraft::default()
        }),
        ..draft
    }
}

/// For each unit of the items of a product, which the components after it do not see.
pub fn per_unit(product: &str, draft: TermDraft) -> TermDraft {
    TermDraft {
        matching: Some(MatchDraft {
            products: vec![product.to_owned()],
            ..MatchDraft::default()
        }),
        per: Per::Unit,
        ..draft
    }
}

/// Only within `months` months of the first event.
pub fn for_months(months: i32, draft: TermDraft) -> TermDraft {
    TermDraft {
        recurring_months: Some(months),
        ..draft
    }
}
