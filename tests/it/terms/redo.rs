//! The sum of the next event, redone by hand from nothing but what `termsInForce` shows and the history of a customer.

use chrono::{DateTime, Months, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

/// What is about to be recorded, now.
pub struct Next {
    pub event_type: Option<&'static str>,
    /// In euros or dollars; of a charge.
    pub amount: Decimal,
    pub currency: &'static str,
    pub at: DateTime<Utc>,
    /// `None`: nobody knows whose it is.
    pub customer: Option<Customer>,
}

/// What happened to a customer through the partner.
#[derive(Clone, Default)]
pub struct Customer {
    pub events: Vec<(Option<&'static str>, DateTime<Utc>)>,
}

impl Customer {
    fn first(&self, of_type: Option<&str>) -> Option<DateTime<Utc>> {
        let mut events = self.events.iter();
        events
            .find(|(kind, _)| of_type.is_none() || *kind == of_type)
            .map(|(_, at)| *at)
    }
}

fn number(value: &Value) -> Decimal {
    value.as_str().expect("a number").parse().expect("a number")
}

fn optional(value: &Value) -> Option<Decimal> {
    value.as_str().map(|text| text.parse().expect("a number"))
}

fn cents(exact: Decimal) -> Decimal {
    exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn list<'a>(offer: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> + Clone {
    offer[name].as_array().expect("a list").iter()
}

/// The amounts of the rows that it earns, as "AMOUNT CURRENCY", in the order of the components.
pub fn redo(offer: &Value, next: &Next) -> Vec<String> {
    if !offer["earnsNothing"].is_null() {
        return Vec::new();
    }
    let rows = list(offer, "terms")
        .filter(|term| matches(term, next))
        .map(|term| match term["basis"].as_str() {
            Some("PERCENT") => (
                cents(next.amount * number(&term["value"]) / Decimal::ONE_HUNDRED),
                next.currency,
            ),
            Some("FIXED") => (cents(number(&term["value"])), next.currency),
            _ => (by_rules(offer, next), next.currency),
        });
    let rows: Vec<_> = rows.filter(|(amount, _)| !amount.is_zero()).collect();
    let tiered = by_tier(offer, next, rows);
    tiered
        .into_iter()
        .filter(|(amount, _)| !amount.is_zero())
        .map(|(amount, currency)| format!("{amount:.2} {currency}"))
        .collect()
}

fn matches(term: &Value, next: &Next) -> bool {
    let of_type = term["eventType"].as_str();
    if of_type.is_some() && of_type != next.event_type {
        return false;
    }
    let months = term["recurringMonths"]
        .as_u64()
        .map(|months| Months::new(u32::try_from(months).expect("few")));
    match (&next.customer, term["trigger"].as_str()) {
        (None, Some("EVERY")) if months.is_none() => {}
        (None, _) => return false,
        (Some(customer), trigger) => {
            let first = customer.first(of_type);
            if trigger == Some("FIRST") && first.is_some() || trigger == Some("SUBSEQUENT") && first.is_none() {
                return false;
            }
            if months.is_some_and(|months| next.at >= first.unwrap_or(next.at) + months) {
                return false;
            }
        }
    }
    let fixed_in = term["currency"].as_str().unwrap_or("EUR");
    term["basis"] != "FIXED" || fixed_in == next.currency
}

fn by_rules(offer: &Value, next: &Next) -> Decimal {
    let of_type = |name: &'static str| list(offer, "rules").filter(move |rule| rule["__typename"] == name);
    let (mut month, acquired) = (1, next.customer.as_ref().and_then(|customer| customer.first(None)));
    while acquired.is_some_and(|acquired| next.at >= acquired + Months::new(month)) {
        month += 1;
    }
    let tiers = of_type("NewCustomerTimeTierRule").filter(|rule| rule["maxMonths"].as_u64() >= Some(u64::from(month)));
    let shortest = tiers.min_by_key(|rule| rule["maxMonths"].as_u64());
    // Without a group there are no rules, and nothing comes of them.
    let Some(base) = shortest.or_else(|| of_type("RecurringRule").next()) else {
        return Decimal::ZERO;
    };
    let same = offer["rulesCurrency"]
        .as_str()
        .is_none_or(|currency| currency == next.currency);
    let value = list(offer, "lifetimeValue").find(|value| value["currency"] == next.currency);
    let value = value.map_or(Decimal::ZERO, |value| number(&value["amount"]));
    let upgrades = of_type("PartnerLtvUpgradeRule").filter(|rule| same && value >= number(&rule["minLtvTotal"]));
    let percent =
        number(&base["percentage"]) + upgrades.map(|rule| number(&rule["upgradePercentage"])).sum::<Decimal>();
    let bonuses =
        of_type("ChargeThresholdBonusRule").filter(|rule| same && next.amount >= number(&rule["minChargeTotal"]));
    let bonuses: Decimal = bonuses.map(|rule| number(&rule["bonus"])).sum();
    let qualified = offer["qualifiedCustomers"].as_u64().expect("rules decide");
    // All of them are charges above 0, so that whoever comes first qualifies.
    let bootstrap = qualified == 0 && next.customer.is_some();
    let open = of_type("CustomerVolumeGateRule")
        .all(|rule| bootstrap || Some(qualified) >= rule["minQualifiedCustomers"].as_u64());
    let fee = next.amount * percent.min(Decimal::ONE_HUNDRED) / Decimal::ONE_HUNDRED + bonuses;
    if open {
        cents(fee.max(Decimal::ZERO))
    } else {
        Decimal::ZERO
    }
}

/// `acts` says which tier; that of the event's own type goes first.
fn by_tier<'a>(offer: &Value, next: &Next, mut rows: Vec<(Decimal, &'a str)>) -> Vec<(Decimal, &'a str)> {
    let acting = list(offer, "tiers").filter(|tier| tier["acts"] == true && tier["currency"] == next.currency);
    let acting = acting.filter(|tier| tier["eventType"].is_null() || tier["eventType"].as_str() == next.event_type);
    let Some(tier) = acting.max_by_key(|tier| !tier["eventType"].is_null()) else {
        return rows;
    };
    let value = optional(&tier["payout"]["value"]).expect("what acts has a rate");
    let share = match tier["payout"]["action"].as_str() {
        Some("INCREASE") => Some(value),
        Some("DECREASE") => Some(-value),
        _ => None,
    };
    if let Some(share) = share {
        let factor = Decimal::ONE + share / Decimal::ONE_HUNDRED;
        return rows
            .into_iter()
            .map(|(row, currency)| (cents(row * factor).max(Decimal::ZERO), currency))
            .collect();
    }
    let mut left = if tier["payout"]["action"] == "FLAT_INCREASE" {
        value
    } else {
        -value
    };
    for (row, _) in &mut rows {
        let booked = left.max(-*row);
        *row += booked;
        left -= booked;
    }
    rows
}
