//! Events as they are sent, and the checks that need no database.

use crate::aggregate::aggregate;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::content;
use super::touches::{CheckedTouch, MAX_INLINE, TouchDraft};
use crate::partner::metadata;
use domain::Timestamp;
use domain::event::{Attribution, Customer, Event, EventKind};
use domain::history::Moment;
use domain::id::{CampaignId, EventId, PartnerId};
use domain::items::{self, Item, ItemDraft};
use domain::money::{Currency, Money};
use domain::personal::Content;
use domain::problem::{Fault, ProblemCode, Problems};
use domain::touch::visitor_id;
use domain::{text, time};

aggregate!(Event: Event, in event);

/// An event as sent.
#[derive(Clone, Debug)]
pub struct NewEvent {
    pub external_id: String,
    pub kind: EventKind,
    pub event_type: Option<String>,
    pub base: bool,
    pub amount: Option<(Decimal, Currency)>,
    pub revenue: Option<(Decimal, Currency)>,
    /// What was in it; of a refund or chargeback, what it takes back of the original's items. Empty: not known.
    pub items: Vec<ItemDraft>,
    /// An ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    pub occurred_at: Option<Timestamp>,
    pub customer_external_id: Option<String>,
    pub customer_acquired_at: Option<Timestamp>,
    pub partner_id: Option<String>,
    pub campaign_id: Option<String>,
    pub coupon_code: Option<String>,
    /// Who bought, as the brand's pages call it.
    pub visitor_id: Option<String>,
    /// What led to it, as the caller's own tracker knows.
    pub touches: Vec<TouchDraft>,
    pub original_external_id: Option<String>,
    pub metadata: Option<Value>,
    pub idempotency_key: Option<String>,
}

/// An event whose values are in range; what its ids name may still not exist.
#[derive(Clone, Debug)]
pub struct CheckedEvent {
    pub external_id: String,
    pub content: Vec<u8>,
    pub kind: EventKind,
    pub event_type: Option<String>,
    pub base: bool,
    pub amount: Option<Money>,
    pub revenue: Option<Money>,
    /// Of a charge or conversion.
    pub items: Vec<Item>,
    /// Of a refund or chargeback; what they name is checked with the original.
    pub refund_items: Vec<ItemDraft>,
    pub country: Option<String>,
    pub occurred_at: Option<Timestamp>,
    pub customer_external_id: Option<String>,
    pub customer_acquired_at: Option<Timestamp>,
    pub partner_id: Option<String>,
    pub campaign_id: Option<String>,
    pub coupon_code: Option<String>,
    pub visitor_id: Option<String>,
    pub touches: Vec<CheckedTouch>,
    pub original_external_id: Option<String>,
    pub metadata: Option<Value>,
    pub idempotency_key: Option<String>,
}

impl NewEvent {
    /// The hash that identifies its content.
    fn content(&self) -> Vec<u8> {
        let money = |money: &Option<(Decimal, Currency)>| {
            money.map(|(amount, currency)| json!([amount.normalize().to_string(), currency.code()]))
        };
        let text = |text: &Option<String>| text.as_deref().map(text::normalised);
        content::hash(&json!({
            "externalId": text::normalised(&self.external_id),
            "kind": self.kind.as_str(),
            "type": text(&self.event_type),
            "base": (!self.base).then_some(false),
            "amount": money(&self.amount),
            "revenue": money(&self.revenue),
            "occurredAt": self.occurred_at.map(|moment| moment.timestamp_micros()),
            "customerExternalId": text(&self.customer_external_id),
            "customerAcquiredAt": self.customer_acquired_at.map(|moment| moment.timestamp_micros()),
            "partnerId": self.partner_id,
            "campaignId": self.campaign_id,
            "couponCode": text(&self.coupon_code),
            "visitorId": self.visitor_id,
            "touches": (!self.touches.is_empty()).then(|| self.touches.iter().map(TouchDraft::content).collect::<Vec<_>>()),
            "originalExternalId": text(&self.original_external_id),
            "metadata": self.metadata,
            "items": (!self.items.is_empty()).then(|| self.items.iter().map(item_content).collect::<Vec<_>>()),
            "country": text(&self.country).map(|country| country.to_ascii_uppercase()),
        }))
    }

    /// Checks everything that needs no database and notes all problems. No event may have occurred after `latest`.
    pub fn check(self, latest: Timestamp, problems: &mut Problems) -> Option<CheckedEvent> {
        let content = self.content();
        problems.optional("occurredAt", self.occurred_at, |at| time::happened(at, latest));
        problems.optional("customerAcquiredAt", self.customer_acquired_at, |at| {
            time::happened(at, latest)
        });
        let external_id = problems.take("externalId", text::external_id(&self.external_id));
        let event_type = problems.optional("type", self.event_type, |text| text::event_type(&text));
        let takes_back = self.kind.takes_back();
        let amount = problems.within("amount", |problems| {
            let least = i64::from(takes_back);
            problems.optional("amount", self.amount, |amount| at_least(amount, least))
        });
        let revenue = problems.within("revenue", |problems| {
            problems.optional("amount", self.revenue, |revenue| at_least(revenue, 0))
        });
        let country = problems.optional("country", self.country.clone(), |country| items::country(&country));
        let customer = problems.optional("customerExternalId", self.customer_external_id, |text| {
            text::external_id(&text)
        });
        let original = problems.optional("originalExternalId", self.original_external_id, |text| {
            text::external_id(&text)
        });
        let coupon_code = problems.optional("couponCode", self.coupon_code, |text| text::coupon_code(&text));
        let visitor_id = problems.optional("visitorId", self.visitor_id, |text| visitor_id(&text));
        let names_touches = !self.touches.is_empty();
        problems.at_most("touches", self.touches.len(), MAX_INLINE, "");
        let touches = problems.within("touches", |problems| {
            let touches = self.touches.into_iter().take(MAX_INLINE).enumerate();
            let touches =
                touches.map(|(place, touch)| problems.within(place, |problems| touch.check(latest, problems)));
            touches.collect::<Vec<_>>().into_iter().collect::<Option<Vec<_>>>()
        });
        let metadata = problems.optional("metadata", self.metadata, metadata);
        let key = problems.optional("idempotencyKey", self.idempotency_key, |key| text::external_id(&key));
        if takes_back {
            if matches!(original, Some(None)) {
                problems.add(
                    "originalExternalId",
                    ProblemCode::Required,
                    "must name the charge or conversion",
                );
            }
            let superfluous = [
                ("customerExternalId", matches!(&customer, Some(Some(_)))),
                ("customerAcquiredAt", self.customer_acquired_at.is_some()),
                ("partnerId", self.partner_id.is_some()),
                ("campaignId", self.campaign_id.is_some()),
                ("couponCode", matches!(&coupon_code, Some(Some(_)))),
                ("visitorId", matches!(&visitor_id, Some(Some(_)))),
                ("touches", names_touches),
                ("revenue", matches!(revenue, Some(Some(_)))),
                ("country", self.country.is_some()),
            ];
            for (field, _) in superfluous.iter().filter(|(_, given)| *given) {
                problems.add(
                    field,
                    ProblemCode::Invalid,
                    "is taken from the original and cannot be given",
                );
            }
        } else {
            if matches!(&original, Some(Some(_))) {
                problems.add(
                    "originalExternalId",
                    ProblemCode::Invalid,
                    "is only for refunds and chargebacks",
                );
            }
            if self.kind == EventKind::Charge && matches!(amount, Some(None)) {
                problems.add("amount", ProblemCode::Required, "must be given for a charge");
            }
            if self.customer_acquired_at.is_some() && matches!(customer, Some(None)) {
                problems.add(
                    "customerExternalId",
                    ProblemCode::Required,
                    "must be given with customerAcquiredAt",
                );
            }
        }
        let (items, refund_items) = match takes_back {
            true => (Some(Vec::new()), self.items),
            // Without an amount that is right there is nothing to compare them with.
            false => (
                amount.and_then(|amount| items::items(self.items, amount, problems)),
                Vec::new(),
            ),
        };
        Some(CheckedEvent {
            external_id: external_id?,
            content,
            kind: self.kind,
            event_type: event_type?,
            base: self.base,
            amount: amount?,
            revenue: revenue?,
            items: items?,
            refund_items,
            country: country?,
            occurred_at: self.occurred_at,
            customer_external_id: customer?,
            customer_acquired_at: self.customer_acquired_at,
            partner_id: self.partner_id,
            campaign_id: self.campaign_id,
            coupon_code: coupon_code?,
            visitor_id: visitor_id?,
            touches: touches?,
            original_external_id: original?,
            metadata: metadata?,
            idempotency_key: key?,
        })
    }
}

impl CheckedEvent {
    /// The event as it is recorded now: as sent, and nothing refunded yet. Its customer, its attribution and the event
    /// that it takes back are for the caller to fill in.
    pub fn recorded(self, id: EventId, now: Timestamp) -> Event {
        Event {
            id,
            external_id: self.external_id,
            content: Content::Given(self.content),
            kind: self.kind,
            event_type: self.event_type,
            base: self.base,
            amount: self.amount,
            revenue: self.revenue,
            items: self.items,
            country: self.country,
            occurred_at: self.occurred_at.unwrap_or(now),
            recorded_at: now,
            customer_id: None,
            attribution: None,
            original_id: None,
            metadata: self.metadata,
            refunded_minor: 0,
            wholly_refunded: false,
            refunded_items: Vec::new(),
        }
    }

    /// The refund or chargeback of this amount and these items as it is recorded now: credited as its original is.
    pub fn taking_back(
        self,
        original: &Event,
        (amount, items): (Option<Money>, Vec<Item>),
        moment: Option<Moment>,
        now: Timestamp,
    ) -> Event {
        let event = Event {
            amount,
            items,
            customer_id: original.customer_id,
            original_id: Some(original.id),
            ..self.recorded(EventId::new(now), now)
        };
        let credited = original.attribution.zip(moment);
        Event {
            attribution: credited.map(|(of_original, moment)| {
                let to = (of_original.partner_id, of_original.campaign_id);
                Attribution::whole(&event, to, of_original.source, moment)
            }),
            ..event
        }
    }
}

/// The content of an item, without its defaults.
fn item_content(item: &ItemDraft) -> Value {
    let text = |text: &Option<String>| text.as_deref().map(text::normalised);
    let is_default = item.index.is_none() && item.quantity == Some(1);
    json!({
        "index": item.index,
        "product": text(&item.product),
        "category": text(&item.category),
        "quantity": item.quantity.filter(|_| !is_default),
        "amount": item.amount.map(|amount| amount.normalize().to_string()),
    })
}

/// The partner and the campaign that an event is credited to, or that a customer is bound to.
pub type Binding = (Option<PartnerId>, Option<CampaignId>);

/// The binding of a customer, if there is one.
pub fn binding(customer: Option<&Customer>) -> Binding {
    customer.map_or((None, None), |customer| (customer.partner_id, customer.campaign_id))
}

/// What an event is credited to. What it names takes precedence; what it leaves out comes from the binding of its
/// customer, the campaign only together with its partner.
pub fn credited((partner, campaign): Binding, bound: Binding) -> Binding {
    let partner = partner.or(bound.0);
    let bound_campaign = bound.1.filter(|_| partner == bound.0);
    (partner, campaign.or(bound_campaign))
}

fn at_least((amount, currency): (Decimal, Currency), least: i64) -> Result<Money, Fault> {
    let money = Money::exact(amount, currency)?;
    if money.minor() >= least {
        return Ok(money);
    }
    Err(Fault::invalid(if least == 0 {
        "must not be negative"
    } else {
        "must be above 0"
    }))
}
