//! The customers' purchases, as the shops report them every evening.

use std::collections::BTreeMap;

use chrono::Duration;
use rust_decimal::Decimal;

use super::{DemoContext, IdsByName, coupons, currency, links};
use crate::draft::decimal;
use crate::source::SeedSource;
use domain::event::EventKind::{self, Charge, Conversion};
use domain::items::ItemDraft;
use domain::problem::Problem;
use service::ServiceError;
use service::ledger::event::NewEvent;
use service::ledger::record;
use service::ledger::touches::TouchDraft;

/// Time of day at which the sales of the day are reported.
pub const REPORTED: Duration = Duration::hours(20);

/// One event. Partners are given by their index, campaigns by their key.
pub struct SaleRow {
    /// The day on which it is reported.
    pub day: i64,
    /// The last part of its external id.
    pub name: String,
    pub kind: EventKind,
    pub event_type: Option<&'static str>,
    pub amount: Option<(Decimal, &'static str)>,
    pub revenue: Option<Decimal>,
    /// What was in it, or what a refund takes back of it.
    pub items: Vec<ItemDraft>,
    pub country: Option<&'static str>,
    /// The age of the programme when it happened.
    pub happened: Duration,
    pub customer: Option<String>,
    pub partner: Option<usize>,
    pub campaign: Option<&'static str>,
    /// The code that the customer typed.
    pub coupon: Option<&'static str>,
    /// The key of the link that led there.
    pub link: Option<&'static str>,
    /// The partner and the campaign of a recommendation, and on which day it was made.
    pub recommended: Option<(usize, &'static str, i64)>,
    /// The name of the event that it takes back.
    pub original: Option<String>,
}

/// Customers who pay every four weeks: (customer, partner, campaign, first day, number of payments, amount, currency).
/// Four weeks, not a month, so that the month of a customer's life does not depend on when the programme starts.
#[rustfmt::skip]
const SUBSCRIPTIONS: [(&str, usize, &str, i64, i64, &str, &str); 27] = [
    ("ferber-logistik", 0, "annual", 10, 9, "489.00", "EUR"),
    ("kranich-optik", 0, "annual", 24, 8, "729.00", "EUR"),
    ("moorland-tea", 0, "annual", 47, 7, "349.00", "EUR"),
    ("kite-and-co", 0, "annual", 54, 7, "640.00", "USD"),
    ("delta-moebel", 0, "annual", 66, 7, "980.00", "EUR"),
    ("stadtwerk-nord", 0, "annual", 89, 6, "1250.00", "EUR"),
    ("ilex-apotheken", 0, "annual", 122, 5, "415.00", "EUR"),
    ("harlow-books", 0, "annual", 131, 4, "520.00", "USD"),
    ("velo-kontor", 0, "annual", 163, 3, "890.00", "EUR"),
    ("backstube-lenz", 0, "rental", 75, 6, "59.00", "EUR"),
    ("praxis-amsel", 0, "processing", 100, 5, "210.00", "EUR"),
    ("tromso-outdoor", 2, "annual", 21, 8, "560.00", "EUR"),
    ("lindgren-skolan", 2, "annual", 73, 6, "310.00", "EUR"),
    ("olivar-azul", 4, "processing", 30, 8, "1840.00", "EUR"),
    ("casa-do-mar", 4, "processing", 92, 5, "970.00", "EUR"),
    ("blog-on-ice", 5, "annual", 58, 6, "129.00", "EUR"),
    ("yarn-and-yield", 5, "annual", 142, 3, "129.00", "EUR"),
    ("buchhaltung-ost", 6, "processing", 40, 7, "330.00", "EUR"),
    ("kassenhaus-weber", 7, "processing", 64, 6, "2310.00", "EUR"),
    ("mittelstand-plan", 9, "annual", 51, 6, "1490.00", "EUR"),
    ("sprint-bakery", 12, "annual", 60, 6, "275.00", "EUR"),
    ("quartz-fitness", 12, "annual", 110, 4, "640.00", "EUR"),
    ("deep-dive-audio", 15, "annual", 87, 5, "199.00", "EUR"),
    ("werft-elbe", 16, "processing", 90, 5, "6400.00", "EUR"),
    ("hotel-seeblick", 16, "processing", 105, 4, "3900.00", "EUR"),
    ("gartenland", 24, "processing", 156, 3, "720.00", "EUR"),
    ("orbit-coworking", 20, "annual", 117, 3, "450.00", "EUR"),
];

/// Single sales: (prefix of the customers' names, partner, campaign, kind, type, amount, revenue, days). Each has a new
/// customer.
type Singles = (
    &'static str,
    usize,
    &'static str,
    EventKind,
    &'static str,
    &'static str,
    &'static str,
    &'static [i64],
);

#[rustfmt::skip]
const SINGLES: [Singles; 17] = [
    ("starter", 0, "signup", Conversion, "signup", "", "40.00", &[35, 62, 84, 108, 133, 157, 181, 209, 226]),
    ("team", 0, "team", Charge, "purchase", "149.00", "", &[150, 155, 161, 166, 172, 178, 187, 194, 203, 214, 229]),
    ("reader", 1, "signup", Conversion, "signup", "", "40.00", &[26, 44, 59, 77, 93, 115, 139, 165, 192, 217, 232]),
    ("listener", 3, "signup", Conversion, "signup", "", "40.00", &[37, 70, 112, 151, 199, 223]),
    ("crew", 3, "team", Charge, "purchase", "149.00", "", &[98, 141, 188]),
    ("till", 4, "reader", Conversion, "activation", "", "95.00", &[33, 57, 94, 128, 169, 205]),
    ("till-at", 7, "reader", Conversion, "activation", "", "95.00", &[45, 82, 119, 176, 221]),
    ("fjord", 8, "city", Charge, "booking", "1180.00", "130.00", &[49, 79, 103, 134, 164, 191, 218]),
    ("booked-early", 8, "booking", Charge, "booking", "940.00", "", &[116, 152]),
    ("rail", 2, "city", Charge, "booking", "860.00", "95.00", &[67, 111, 160, 207]),
    ("lea", 10, "city", Charge, "booking", "540.00", "60.00", &[71, 118, 168, 212]),
    ("growth", 12, "signup", Conversion, "signup", "", "40.00", &[63, 97, 136, 174, 210]),
    ("growth-team", 12, "team", Charge, "purchase", "149.00", "", &[85, 148, 196, 225]),
    ("inbox", 13, "signup", Conversion, "signup", "", "40.00", &[68, 102, 126, 158, 185]),
    ("winter", 14, "winter", Charge, "booking", "730.00", "", &[76, 106, 145]),
    ("pepper", 23, "signup", Conversion, "signup", "", "40.00", &[146, 179, 206]),
    ("coupon", 25, "signup", Conversion, "signup", "", "40.00", &[162, 183]),
];

impl SaleRow {
    /// Without partner and customer by default, at a time of day that depends on the name only.
    pub fn new(day: i64, name: impl Into<String>, kind: EventKind) -> Self {
        let name = name.into();
        let minute = SeedSource::new("demo", 1).content(&name, 0).i64(0..17 * 60);
        Self {
            day,
            name,
            kind,
            event_type: None,
            amount: None,
            revenue: None,
            items: Vec::new(),
            country: None,
            happened: Duration::days(day) + Duration::minutes(minute),
            customer: None,
            partner: None,
            campaign: None,
            coupon: None,
            link: None,
            recommended: None,
            original: None,
        }
    }

    /// Credited to a partner on a campaign.
    pub fn by(self, partner: usize, campaign: &'static str) -> Self {
        Self {
            partner: Some(partner),
            campaign: Some(campaign),
            ..self
        }
    }

    /// With the code of a coupon, and without a partner.
    pub fn with_code(self, code: &'static str) -> Self {
        Self {
            coupon: Some(code),
            ..self
        }
    }

    /// By somebody who followed a link.
    pub fn through(self, key: &'static str) -> Self {
        Self {
            link: Some(key),
            ..self
        }
    }

    /// Recommended by a partner for a campaign on a day of the programme.
    pub fn recommended(self, partner: usize, campaign: &'static str, day: i64) -> Self {
        Self {
            recommended: Some((partner, campaign, day)),
            ..self
        }
    }

    /// Of a customer.
    pub fn of(self, customer: impl Into<String>) -> Self {
        Self {
            customer: Some(customer.into()),
            ..self
        }
    }

    pub fn typed(self, event_type: &'static str) -> Self {
        Self {
            event_type: Some(event_type),
            ..self
        }
    }

    pub fn worth(self, amount: &str, currency: &'static str) -> Self {
        Self {
            amount: Some((decimal(amount), currency)),
            ..self
        }
    }
}

/// The external id of the sale of this name.
pub fn external_id(name: &str) -> String {
    format!("demo-{name}")
}

/// The regular sales.
pub fn regular() -> impl Iterator<Item = SaleRow> {
    subscriptions().chain(singles()).chain(goods())
}

/// Orders with items, on the campaign whose terms are for some of them: (day, country, amount, items: product, category,
/// quantity and amount).
type Order = (
    i64,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str, i32, &'static str)],
);

#[rustfmt::skip]
const ORDERS: [Order; 5] = [
    (130, "DE", "93.90", &[("Hoodie", "Apparel", 1, "59.00"), ("Notebook", "Stationery", 2, "30.00")]),
    (148, "AT", "124.90", &[("Starter Kit", "Kits", 3, "120.00")]),
    (177, "DE", "68.00", &[("T-Shirt", "Apparel", 2, "58.00"), ("Stickers", "Stationery", 5, "10.00")]),
    (204, "CH", "164.90", &[("Starter Kit", "Kits", 2, "80.00"), ("Hoodie", "Apparel", 1, "59.00"), ("Pen", "Stationery", 4, "18.00")]),
    (222, "FR", "33.90", &[("Notebook", "Stationery", 2, "30.00")]),
];

/// An item: product, category, quantity and amount.
pub fn item((product, category, quantity, amount): &(&str, &str, i32, &str)) -> ItemDraft {
    ItemDraft {
        product: Some((*product).to_owned()),
        category: Some((*category).to_owned()),
        quantity: Some(*quantity),
        amount: Some(decimal(amount)),
        index: None,
    }
}

fn goods() -> impl Iterator<Item = SaleRow> {
    (1..).zip(ORDERS).map(|(number, (day, country, amount, items))| {
        let customer = format!("goods-{number}");
        let sale = SaleRow::new(day, customer.clone(), Charge)
            .typed("purchase")
            .by(11, "goods");
        SaleRow {
            items: items.iter().map(item).collect(),
            country: Some(country),
            ..sale.of(customer).worth(amount, "EUR")
        }
    })
}

fn subscriptions() -> impl Iterator<Item = SaleRow> {
    SUBSCRIPTIONS
        .iter()
        .flat_map(|(customer, partner, campaign, first, times, amount, unit)| {
            // Usage varies between payments, by up to a fifth.
            let mut usage = SeedSource::new("demo", 1).content(customer, 1);
            (0..*times).map(move |time| {
                let share = Decimal::new(usage.i64(80..=120), 2);
                let amount = (decimal(amount) * share).round_dp(2);
                let sale = SaleRow::new(first + 28 * time, format!("{customer}-{}", time + 1), Charge);
                let sale = SaleRow {
                    amount: Some((amount, *unit)),
                    ..sale
                };
                // The first one says who brought the customer; where that was a link, nobody is named later.
                let sale = match (links::key_of(*partner, campaign), time) {
                    (Some(key), 0) => sale.through(key),
                    (Some(_), _) => sale,
                    (None, _) => sale.by(*partner, campaign),
                };
                sale.of(*customer)
            })
        })
}

fn singles() -> impl Iterator<Item = SaleRow> {
    SINGLES
        .iter()
        .flat_map(|(name, partner, campaign, kind, event_type, amount, revenue, days)| {
            (1..).zip(*days).map(move |(number, day)| {
                let customer = format!("{name}-{number}");
                let sale = SaleRow::new(*day, customer.clone(), *kind).typed(event_type);
                let sale = match (coupons::code_of(*partner, campaign), links::key_of(*partner, campaign)) {
                    (Some(code), _) => sale.with_code(code),
                    (None, Some(key)) => sale.through(key),
                    // Her videos recommend the city breaks, without a link.
                    (None, None) if *name == "lea" => sale.recommended(*partner, campaign, day - 3),
                    (None, None) => sale.by(*partner, campaign),
                };
                let sale = sale.of(customer);
                SaleRow {
                    amount: (!amount.is_empty()).then(|| (decimal(amount), "EUR")),
                    revenue: (!revenue.is_empty()).then(|| decimal(revenue)),
                    ..sale
                }
            })
        })
}

fn recommendation(
    demo: &DemoContext<'_>,
    (partner, campaign, day): (usize, &'static str, i64),
    ids: &IdsByName,
) -> TouchDraft {
    TouchDraft {
        partner_id: Some(ids.of("partner", partner)),
        campaign_id: Some(ids.of("campaign", campaign)),
        occurred_at: Some(demo.moment(Duration::days(day))),
        ..TouchDraft::default()
    }
}

/// Sales by the days on which they are reported.
pub fn by_day(sales: impl Iterator<Item = SaleRow>) -> BTreeMap<i64, Vec<SaleRow>> {
    let mut days = BTreeMap::<_, Vec<_>>::new();
    for sale in sales {
        days.entry(sale.day).or_default().push(sale);
    }
    days
}

pub async fn record(
    demo: &DemoContext<'_>,
    age: Duration,
    sales: Vec<SaleRow>,
    ids: &IdsByName,
) -> Result<(), ServiceError> {
    let followed = sales.iter();
    let followed = followed.filter_map(|sale| Some((sale.link?, sale.name.clone(), sale.happened)));
    links::before_sales(demo, age, followed).await?;
    let events = sales.into_iter().map(|sale| NewEvent {
        external_id: external_id(&sale.name),
        kind: sale.kind,
        event_type: sale.event_type.map(str::to_owned),
        base: true,
        amount: sale.amount.map(|(amount, unit)| (amount, currency(unit))),
        revenue: sale.revenue.map(|revenue| (revenue, currency("EUR"))),
        items: sale.items,
        country: sale.country.map(str::to_owned),
        occurred_at: Some(demo.moment(sale.happened)),
        customer_external_id: sale.customer.as_deref().map(external_id),
        customer_acquired_at: None,
        partner_id: sale.partner.map(|place| ids.of("partner", place)),
        campaign_id: sale.campaign.map(|name| ids.of("campaign", name)),
        coupon_code: sale.coupon.map(str::to_owned),
        visitor_id: sale.link.map(|_| links::visitor(&sale.name)),
        touches: sale
            .recommended
            .map(|touch| recommendation(demo, touch, ids))
            .into_iter()
            .collect(),
        original_external_id: sale.original.as_deref().map(external_id),
        metadata: None,
        idempotency_key: None,
    });
    let answers = record::record(&demo.at(age), &demo.caller(), events.collect()).await?;
    let problems: Vec<Problem> = answers.into_iter().filter_map(Result::err).flatten().collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(ServiceError::Rejected(problems)),
    }
}
