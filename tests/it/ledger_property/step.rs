//! What may happen, drawn at random. Positions count round the list that they point into, so that every step fits every
//! story.

use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
pub struct Sale {
    pub is_charge: bool,
    pub partner: Option<usize>,
    pub campaign: Option<usize>,
    pub customer: Option<usize>,
    pub is_purchase: bool,
    pub minor: i64,
    pub currency: usize,
}

#[derive(Clone, Debug)]
pub enum Step {
    Sell(Sale),
    /// Sends an event again, as it was.
    Repeat(usize),
    /// Refunds or charges back so many percent of an event; `None`: all that is left.
    TakeBack {
        event: usize,
        is_chargeback: bool,
        percent: Option<i64>,
    },
    Amend {
        partner: usize,
        campaign: Option<usize>,
        terms: usize,
        days: Option<u32>,
    },
    EditCampaign {
        campaign: usize,
        terms: usize,
        days: Option<u32>,
    },
    Pause(usize),
    Suspend(usize),
    Activate(usize),
    Wait(u64),
    /// The background job.
    ApproveMatured,
    Approve {
        rows: Vec<usize>,
        is_override: bool,
    },
    Reverse(Vec<usize>),
    Enter {
        partner: usize,
        minor: i64,
        currency: usize,
        adjusts: Option<usize>,
    },
    Run {
        partner: Option<usize>,
        currency: Option<usize>,
    },
    Settle {
        payout: usize,
        status: usize,
    },
}

fn position() -> impl Strategy<Value = usize> {
    0..1_000usize
}

fn positions(most: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(position(), 1..most)
}

fn days() -> impl Strategy<Value = Option<u32>> {
    prop_oneof![Just(None), Just(Some(0)), (1..40u32).prop_map(Some)]
}

fn sale() -> impl Strategy<Value = Step> {
    let minor = prop_oneof![1 => Just(0), 2 => 1..20i64, 8 => 20..2_000_000i64];
    let maybe = |share: f64| prop::option::weighted(share, position());
    (
        prop::bool::weighted(0.7),
        maybe(0.9),
        maybe(0.7),
        maybe(0.7),
        any::<bool>(),
        minor,
        position(),
    )
        .prop_map(
            |(is_charge, partner, campaign, customer, is_purchase, minor, currency)| {
                Step::Sell(Sale {
                    is_charge,
                    partner,
                    campaign,
                    customer,
                    is_purchase,
                    minor,
                    currency,
                })
            },
        )
}

/// A story: some sales to begin with, then anything.
pub fn story(steps: usize) -> impl Strategy<Value = Vec<Step>> {
    let begin = prop::collection::vec(sale(), 8);
    let rest = prop::collection::vec(step(), steps / 2..=steps);
    (begin, rest).prop_map(|(begin, rest)| [begin, rest].concat())
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        14 => sale(),
        2 => position().prop_map(Step::Repeat),
        8 => (position(), any::<bool>(), prop::option::weighted(0.7, 1..101i64))
            .prop_map(|(event, is_chargeback, percent)| Step::TakeBack { event, is_chargeback, percent }),
        2 => (position(), prop::option::of(position()), position(), days())
            .prop_map(|(partner, campaign, terms, days)| Step::Amend { partner, campaign, terms, days }),
        4 => (position(), position(), days())
            .prop_map(|(campaign, terms, days)| Step::EditCampaign { campaign, terms, days }),
        1 => position().prop_map(Step::Pause),
        1 => position().prop_map(Step::Suspend),
        3 => position().prop_map(Step::Activate),
        2 => (1..30u64).prop_map(Step::Wait),
        1 => Just(Step::ApproveMatured),
        8 => (positions(12), prop::bool::weighted(0.8))
            .prop_map(|(rows, is_override)| Step::Approve { rows, is_override }),
        3 => positions(3).prop_map(Step::Reverse),
        2 => (position(), -5_000..20_000i64, position(), prop::option::of(position()))
            .prop_map(|(partner, minor, currency, adjusts)| Step::Enter { partner, minor, currency, adjusts }),
        4 => (prop::option::weighted(0.2, position()), prop::option::weighted(0.2, position()))
            .prop_map(|(partner, currency)| Step::Run { partner, currency }),
        8 => (position(), position()).prop_map(|(payout, status)| Step::Settle { payout, status }),
    ]
}
