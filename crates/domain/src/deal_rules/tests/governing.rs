//! Which rule governs a deal, and the forecast of what it will pay.

use super::*;

#[test]
fn the_most_specific_rule_governs_then_the_newest() {
    let entries = || vec![entry(WON, Some(percent("1")), None)];
    let with = |number, change: &dyn Fn(&mut CommissionRule)| {
        let mut rule = rule(number, entries());
        change(&mut rule);
        rule
    };
    let all = [
        with(1, &|rule| rule.filters.partners = vec![id(1)]),
        with(2, &|rule| rule.filters.tiers = vec![id(1), id(2)]),
        with(3, &|rule| rule.filters.categories = vec![id(1)]),
        with(4, &|_| ()),
        with(5, &|_| ()),
        with(6, &|rule| rule.plan.payment_target = PaymentTarget::Individual),
        with(7, &|rule| rule.filters.partner_type = PartnerType::Referral),
        with(8, &|rule| {
            rule.plan.currency = Some(Currency::parse("EUR").expect("it exists"))
        }),
        with(9, &|rule| rule.archived_at = Some(DateTime::UNIX_EPOCH)),
        with(10, &|rule| rule.plan.entries[0].stage_id = id(3)),
        with(11, &|rule| {
            rule.filters.partners = vec![id(1)];
            rule.filters.tiers = vec![id(3)];
        }),
    ];
    let payee = |partner, tier: Option<u64>, categories: &[u64]| Payee {
        id: id(partner),
        partner_type: PartnerType::Reseller,
        tier: tier.map(id),
        categories: categories.iter().map(|category| id(*category)).collect(),
    };
    for (payee, partnership) in [
        (payee(1, Some(1), &[1]), 1),
        (payee(2, Some(2), &[1]), 2),
        (payee(2, Some(3), &[2, 1]), 3),
        (payee(2, None, &[2]), 5),
    ] {
        let governing = governing(&all, &payee, usd(), id(WON));
        let ids: Vec<_> = governing.iter().map(|rule| rule.id).collect();
        assert_eq!(ids, [id(partnership), id(6)], "{payee:?}");
    }
}

#[test]
fn a_forecast_goes_through_the_stages_ahead() {
    let stage = |number, position, outcome| PaymentStage {
        id: id(number),
        label: String::new(),
        position,
        outcome,
        external_id: None,
    };
    let stages = [
        stage(1, 1, StageOutcome::Open),
        stage(WON, 2, StageOutcome::Won),
        stage(LOST, 3, StageOutcome::Lost),
    ];
    let rules = [rule(
        1,
        vec![
            entry(1, Some(percent("1")), None),
            entry(WON, Some(percent("2")), Some(percent("3"))),
            entry(LOST, Some(percent("99")), None),
        ],
    )];
    let payee = Payee {
        id: id(1),
        partner_type: PartnerType::Reseller,
        tier: None,
        categories: vec![],
    };
    let view = deal("100", &[]);
    let from = |standing: Option<u64>, history| {
        amounts(&forecast(&rules, &payee, &view, &stages, standing.map(id), history).expect("in range"))
    };
    let further = ["3.00"; FURTHER_OCCURRENCES];
    assert_eq!(
        from(None, PaymentHistory::default()),
        [&["1.00", "2.00", "3.00"][..], &further].concat()
    );
    assert_eq!(
        from(Some(1), PaymentHistory::default()),
        [&["2.00", "3.00"][..], &further].concat()
    );
    assert_eq!(from(Some(LOST), PaymentHistory::default()), Vec::<String>::new());
    let mut history = PaymentHistory::default();
    let paid = on_entry(id(WON), &[&rules[0]], &view, &history).expect("in range");
    history.enter(&paid, &[&rules[0]]);
    assert_eq!(from(Some(WON), history), further);
}
