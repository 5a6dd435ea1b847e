//! Made-up sales, before they are recorded.

use chrono::Duration;

use super::PartnerLife;
use crate::history::customers::SeededCustomer;
use crate::source::{happens, pick};
use domain::Timestamp;
use domain::campaign::Campaign;
use domain::event::{Customer, EventKind};
use domain::id::CustomerId;
use domain::money::{Currency, Money};
use service::ledger::event::NewEvent;

/// The currencies of foreign customers.
const ABROAD: [&str; 4] = ["USD", "GBP", "CHF", "JPY"];
/// How many of a partner's newest customers still buy.
const LOYAL: usize = 12;

/// A sale before it is recorded.
pub struct SaleDraft<'a> {
    pub client: Option<SaleCustomer<'a>>,
    pub place: Option<&'a Campaign>,
    pub input: NewEvent,
}

pub enum SaleCustomer<'a> {
    Known(usize),
    New(SeededCustomer<'a>),
}

/// A sign-up or a purchase, most often by a known customer.
pub fn draft_sale<'a>(life: &mut PartnerLife<'a>, at: Timestamp) -> SaleDraft<'a> {
    let occurred_at = match happens(&mut life.random, 30) {
        true => Some(at - Duration::seconds(life.random.i64(1..7_200))),
        false => None,
    };
    let external_id = life.external_id("event", life.number + 1);
    let named_partner = Some(life.before.partner.id.to_string());
    let named_campaign = |place: Option<&Campaign>| place.map(|campaign| campaign.id.to_string());
    let mut input = NewEvent {
        external_id,
        kind: EventKind::Charge,
        event_type: Some("purchase".to_owned()),
        base: true,
        amount: None,
        revenue: None,
        items: Vec::new(),
        country: None,
        occurred_at,
        customer_external_id: None,
        customer_acquired_at: None,
        partner_id: None,
        campaign_id: None,
        coupon_code: None,
        visitor_id: None,
        touches: Vec::new(),
        original_external_id: None,
        metadata: None,
        idempotency_key: None,
    };
    let number = life.number + 1;
    if happens(&mut life.random, 5) {
        input.metadata = Some(serde_json::json!({ "orderNumber": format!("O-{}-{number}", life.before.number) }));
    }
    let base = life.before.tenant.base_currency;
    // A few customers are anonymous.
    if happens(&mut life.random, 3) {
        let place = *pick(&mut life.random, &life.before.places);
        input.amount = Some(price(life, base));
        (input.partner_id, input.campaign_id) = (named_partner, named_campaign(place));
        let client = None;
        return SaleDraft { client, place, input };
    }
    if !life.clients.is_empty() && happens(&mut life.random, 75) {
        let newest = life.clients.len().saturating_sub(LOYAL);
        let index = life.random.usize(newest..life.clients.len());
        let (place, currency) = (life.clients[index].place, life.clients[index].currency);
        input.customer_external_id = Some(life.clients[index].customer.external_id.clone());
        input.amount = Some(price(life, currency));
        if happens(&mut life.random, 10) {
            input.event_type = None;
        }
        if happens(&mut life.random, 10) {
            input.revenue = input.amount;
        }
        // The partner need not be named: the customer is bound to it.
        if happens(&mut life.random, 50) {
            (input.partner_id, input.campaign_id) = (named_partner, named_campaign(place));
        }
        let client = Some(SaleCustomer::Known(index));
        return SaleDraft { client, place, input };
    }
    let place = *pick(&mut life.random, &life.before.places);
    let currency = match happens(&mut life.random, 15) {
        true => Currency::parse(pick::<&str>(&mut life.random, &ABROAD)).unwrap_or(base),
        false => base,
    };
    if happens(&mut life.random, 50) {
        (input.kind, input.event_type) = (EventKind::Conversion, Some("signup".to_owned()));
    } else {
        input.amount = Some(price(life, currency));
    }
    let customer = Customer {
        // Assigned when the event is recorded.
        id: CustomerId::from_uuid(uuid::Uuid::nil()),
        external_id: life.external_id("customer", number),
        acquired_at: occurred_at.unwrap_or(at),
        partner_id: Some(life.before.partner.id),
        campaign_id: place.map(|campaign| campaign.id),
    };
    input.customer_external_id = Some(customer.external_id.clone());
    (input.partner_id, input.campaign_id) = (named_partner, named_campaign(place));
    let client = Some(SaleCustomer::New(SeededCustomer::new(customer, place, currency)));
    SaleDraft { client, place, input }
}

/// A random price: from 5 to 900 in currencies with cents.
fn price(life: &mut PartnerLife<'_>, currency: Currency) -> (rust_decimal::Decimal, Currency) {
    let cents = match life.random.u32(..10) {
        0 => life.random.i64(20_000..90_000),
        1..4 => life.random.i64(500..20_000),
        _ => *pick(&mut life.random, &[990, 1_900, 2_999, 4_900, 9_900, 14_900, 29_990]),
    };
    let money = Money::from_minor(cents, currency).expect("far from the largest amount");
    (money.amount(), currency)
}
