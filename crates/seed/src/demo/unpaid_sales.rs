//! Sales that earned nothing, at least one for each reason. Blue Harbor has those that partners ask support about.

use super::sales::{SaleRow, item};
use domain::event::EventKind::{Charge, Conversion};

/// In the order in which the reasons are checked.
pub fn all() -> impl Iterator<Item = SaleRow> {
    let stopped = [
        // COUPON_INVALID: the code has ended; nobody has such a code.
        SaleRow::new(161, "winter-code", Charge)
            .with_code("winter25")
            .of("winter-code")
            .worth("730.00", "EUR"),
        SaleRow::new(198, "blue-tea", Charge)
            .with_code("BLUETEA")
            .of("blue-tea")
            .worth("149.00", "EUR"),
        // OUTSIDE_WINDOW: it was recommended half a year before.
        SaleRow::new(196, "slow-reader", Charge)
            .of("slow-reader")
            .worth("149.00", "EUR")
            .recommended(1, "signup", 15),
        // UNATTRIBUTED: no partner is named, and the customer is bound to none.
        SaleRow::new(73, "walk-in-1", Charge)
            .of("walk-in")
            .worth("89.00", "EUR"),
        SaleRow::new(170, "walk-in-2", Charge)
            .of("walk-in")
            .worth("89.00", "EUR"),
        // PARTNER_SUSPENDED, PARTNER_REVOKED.
        signup(208, "coupon-late", 25),
        signup(215, "coupon-later", 25),
        signup(202, "click-late", 26),
        // CAMPAIGN_PAUSED, CAMPAIGN_NOT_STARTED, CAMPAIGN_ENDED.
        booking(197, "early-bird", 0, "booking"),
        booking(204, "early-fjord", 8, "booking"),
        booking(237, "spring-train", 0, "spring"),
        booking(189, "winter-late", 14, "winter"),
        // NO_TERMS, NO_GROUP: before there was a default group.
        booking(16, "first-winter", 6, "winter"),
        SaleRow::new(17, "first-till", Charge)
            .by(6, "processing")
            .of("first-till")
            .worth("150.00", "EUR"),
    ];
    let refused = [
        // EVENT_TYPE: it differs in case only.
        SaleRow::new(184, "starter-case", Conversion)
            .typed("SignUp")
            .by(0, "signup")
            .of("starter-case"),
        // CUSTOMER_REQUIRED.
        SaleRow::new(121, "reader-nobody", Conversion)
            .typed("signup")
            .by(1, "signup"),
        // NOT_FIRST: the customer of an earlier sign-up.
        SaleRow::new(175, "starter-again", Conversion)
            .typed("signup")
            .by(0, "signup")
            .of("starter-3"),
        // NOT_SUBSEQUENT, and a renewal that pays.
        renewal(130, "brandt-1"),
        renewal(186, "brandt-2"),
        // CURRENCY: the sign-up's fixed amount is in euros.
        SaleRow::new(213, "starter-dollar", Conversion)
            .typed("signup")
            .by(0, "signup")
            .of("starter-dollar")
            .worth("1.00", "USD"),
        // NO_AMOUNT: a free month.
        SaleRow::new(219, "moorland-tea-free", Charge)
            .by(0, "annual")
            .of("moorland-tea")
            .worth("0.00", "EUR"),
        // ZERO_RATE: while the audit runs.
        SaleRow::new(222, "audited", Charge)
            .by(24, "annual")
            .of("audited")
            .worth("640.00", "EUR"),
        // RULES_GAVE_ZERO: the second customer of a creator who is paid from the third on; the first was paid at once.
        booking(125, "nomad-1", 18, "winter"),
        booking(147, "nomad-2", 18, "winter"),
        // ROUNDED_TO_ZERO: 0.35 % of a small amount.
        SaleRow::new(195, "till-at-coffee", Charge)
            .typed("payment")
            .by(7, "reader")
            .of("till-at-1")
            .worth("1.20", "EUR"),
        // TIER_GAVE_ZERO: five sign-ups were paid before.
        signup(216, "inbox-6", 13),
        signup(233, "inbox-7", 13),
    ];
    let unmatched = [
        // A new customer, who pays.
        launch(205, "launch-1", "launch-buyer", "Apparel", "DE", "60.00").by(11, "launch"),
        // PRODUCT, COUNTRY, VIA (its customer is bound to the partner), AMOUNT_RANGE.
        launch(206, "launch-2", "launch-2", "Stationery", "DE", "60.00").by(11, "launch"),
        launch(207, "launch-3", "launch-3", "Apparel", "FR", "60.00").by(11, "launch"),
        launch(208, "launch-4", "launch-buyer", "Apparel", "DE", "60.00"),
        launch(209, "launch-5", "launch-5", "Apparel", "AT", "45.00").by(11, "launch"),
        // NOT_NEW_CUSTOMER, NOT_RETURNING_CUSTOMER.
        launch(211, "launch-6", "launch-buyer", "Apparel", "DE", "60.00").by(11, "launch"),
        launch(212, "launch-7", "launch-7", "Apparel", "DE", "60.00")
            .by(11, "launch")
            .typed("reorder"),
    ];
    // RECURRING_MONTHS_OVER: the rental of backstube-lenz, from its fifth payment on.
    stopped.into_iter().chain(refused).chain(unmatched)
}

/// An order of one item.
fn launch(
    day: i64,
    name: &str,
    customer: &str,
    category: &'static str,
    country: &'static str,
    amount: &'static str,
) -> SaleRow {
    SaleRow {
        items: vec![item(&("Launch Edition", category, 1, amount))],
        country: Some(country),
        ..SaleRow::new(day, name, Charge)
            .typed("launch")
            .of(customer)
            .worth(amount, "EUR")
    }
}

fn signup(day: i64, name: &str, partner: usize) -> SaleRow {
    SaleRow::new(day, name, Conversion)
        .typed("signup")
        .by(partner, "signup")
        .of(name)
}

fn booking(day: i64, name: &str, partner: usize, campaign: &'static str) -> SaleRow {
    SaleRow::new(day, name, Charge)
        .typed("booking")
        .by(partner, campaign)
        .of(name)
        .worth("640.00", "EUR")
}

fn renewal(day: i64, name: &str) -> SaleRow {
    SaleRow::new(day, name, Charge)
        .typed("renewal")
        .by(19, "annual")
        .of("brandt-customer")
        .worth("380.00", "EUR")
}
