//! Whether an event is what the match of a component asks for. The checks are in the order of
//! [`NoCommissionReason`].

use super::EarningEvent;
use crate::decision::NoCommissionReason;
use crate::items::{Item, Sight, rest_minor};
use crate::money::{Currency, Money, written};
use crate::terms::{CustomerCondition, Match, Per, Term};

/// Why a component is not for an event, and what was compared.
pub(super) type Stop = Option<(NoCommissionReason, String)>;

/// Why a component that sees this of an event is not for it.
pub(super) fn unmatched(term: &Term, event: &EarningEvent<'_>, sight: Sight, base: Currency) -> Stop {
    let wanted = &term.matching;
    nothing_seen(term, event, sight)
        .or_else(|| other_country(wanted, event))
        .or_else(|| other_way(wanted, event))
        .or_else(|| out_of_range(wanted, event, base))
        .or_else(|| other_customer(term, event))
}

fn nothing_seen(term: &Term, event: &EarningEvent<'_>, sight: Sight) -> Stop {
    let wanted = &term.matching;
    let sees_items = sight.seen(event.items).next().is_some();
    let has_rest = event.items.is_empty() || rest_minor(event.items, event.amount.map_or(0, Money::minor)) > 0;
    let needs_items = wanted.names_items() || term.per == Per::Unit;
    if sees_items || (!needs_items && has_rest) {
        return None;
    }
    let detail = if event.items.is_empty() {
        match wanted.names_items() {
            true => format!("the event has no items, {} is asked for", asked(wanted)),
            false => "the event has no items whose units could be counted".to_owned(),
        }
    } else if event.items.iter().any(|item| wanted.takes(item)) {
        "components before it claim these items".to_owned()
    } else {
        other_items(wanted, event.items)
    };
    Some((NoCommissionReason::Product, detail))
}

/// That none of the items is one that is asked for.
fn other_items(wanted: &Match, items: &[Item]) -> String {
    let products = items.iter().map(|item| item.product.as_str());
    let categories = items.iter().filter_map(|item| item.category.as_deref());
    let near = near_miss("product", products.clone(), &wanted.products)
        .or_else(|| near_miss("category", categories.clone(), &wanted.categories));
    if let Some(near) = near {
        return near;
    }
    let in_list = |list: &[String], text: &str| list.iter().any(|entry| entry == text);
    if !wanted.products.is_empty() && !products.clone().any(|product| in_list(&wanted.products, product)) {
        return compared("product", products, &wanted.products);
    }
    if !wanted.categories.is_empty() && !categories.clone().any(|category| in_list(&wanted.categories, category)) {
        return match categories.clone().next() {
            Some(_) => compared("category", categories, &wanted.categories),
            None => format!(
                "the items have no category, {} is asked for",
                one_of(&wanted.categories)
            ),
        };
    }
    let excluded = products
        .clone()
        .find(|product| in_list(&wanted.exclude_products, product));
    match excluded {
        Some(product) => format!("product {product:?} is excluded"),
        None => format!("no item is {}", asked(wanted)),
    }
}

fn asked(wanted: &Match) -> String {
    let products = (!wanted.products.is_empty()).then(|| format!("product {}", one_of(&wanted.products)));
    let categories = (!wanted.categories.is_empty()).then(|| format!("category {}", one_of(&wanted.categories)));
    let parts: Vec<_> = products.into_iter().chain(categories).collect();
    parts.join(" of ")
}

fn compared<'a>(what: &str, given: impl Iterator<Item = &'a str>, wanted: &[String]) -> String {
    let given: Vec<_> = given.collect();
    match given.as_slice() {
        [only] => format!("{what} {only:?} is not {}", one_of(wanted)),
        given => format!("{what} is {}, not {}", listed(given.iter().copied()), one_of(wanted)),
    }
}

/// That one of these differs from what is wanted in upper and lower case only.
pub(super) fn near_miss<'a>(what: &str, given: impl Iterator<Item = &'a str>, wanted: &[String]) -> Option<String> {
    let mut given = given.filter(|text| !wanted.iter().any(|wanted| wanted == text));
    given.find_map(|text| {
        let near = wanted
            .iter()
            .find(|wanted| wanted.to_lowercase() == text.to_lowercase())?;
        Some(format!("{what} {text:?} is not {near:?} (differs in case only)"))
    })
}

/// What is wanted: `"gold"`, or `one of "gold", "silver"`.
fn one_of(wanted: &[String]) -> String {
    match wanted {
        [only] => format!("{only:?}"),
        several => format!("one of {}", listed(several.iter().map(String::as_str))),
    }
}

/// At most this many entries of a list are written out.
const MOST_LISTED: usize = 5;

fn listed<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut distinct: Vec<&str> = Vec::new();
    for text in texts {
        if !distinct.contains(&text) {
            distinct.push(text);
        }
    }
    let shown = distinct.iter().take(MOST_LISTED).map(|text| format!("{text:?}"));
    let shown = shown.collect::<Vec<_>>().join(", ");
    match distinct.len().checked_sub(MOST_LISTED) {
        None | Some(0) => shown,
        Some(more) => format!("{shown} and {more} more"),
    }
}

/// What a component sees, by the names of the products.
pub(super) fn listed_products(sight: Sight, event: &EarningEvent<'_>) -> String {
    let products = listed(sight.seen(event.items).map(|item| item.product.as_str()));
    let rest = match sight.sees_rest() {
        true => "the rest",
        false => "",
    };
    let parts = [products.as_str(), rest];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" and ")
}

fn other_country(wanted: &Match, event: &EarningEvent<'_>) -> Stop {
    let detail = match event.country {
        _ if wanted.countries.is_empty() => return None,
        Some(given) if wanted.countries.iter().any(|wanted| wanted == given) => return None,
        Some(given) => format!("country {given:?} is not {}", one_of(&wanted.countries)),
        None => format!("no country, {} is asked for", one_of(&wanted.countries)),
    };
    Some((NoCommissionReason::Country, detail))
}

fn other_way(wanted: &Match, event: &EarningEvent<'_>) -> Stop {
    if wanted.via.is_empty() || wanted.via.contains(&event.via) {
        return None;
    }
    let asked: Vec<_> = wanted.via.iter().map(|via| via.as_str()).collect();
    let detail = format!("attributed via {}, not {}", event.via.as_str(), asked.join(" or "));
    Some((NoCommissionReason::Via, detail))
}

fn out_of_range(wanted: &Match, event: &EarningEvent<'_>, base: Currency) -> Stop {
    let (least, below) = (wanted.min_amount, wanted.max_amount);
    if least.is_none() && below.is_none() {
        return None;
    }
    let currency = wanted.currency.unwrap_or(base);
    let kind = event.kind.as_str().to_lowercase();
    let detail = match event.amount {
        None => "the event has no amount to compare".to_owned(),
        Some(amount) if amount.currency() != currency => {
            format!("{} {kind}, amounts are compared in {currency}", amount.currency())
        }
        Some(amount) => {
            let exact = amount.amount();
            match (least, below) {
                (Some(least), _) if exact < least => format!("{amount} is below {}", written(least, currency)),
                (_, Some(below)) if exact >= below => format!("{amount} is not below {}", written(below, currency)),
                _ => return None,
            }
        }
    };
    Some((NoCommissionReason::AmountRange, detail))
}

fn other_customer(term: &Term, event: &EarningEvent<'_>) -> Stop {
    let wanted = term.matching.customer?;
    let reason = match wanted {
        CustomerCondition::New => NoCommissionReason::NotNewCustomer,
        CustomerCondition::Returning => NoCommissionReason::NotReturningCustomer,
    };
    let Some(history) = &event.customer else {
        let asked = wanted.as_str().to_lowercase();
        return Some((reason, format!("no customer, a {asked} one is asked for")));
    };
    let is_new = history.stage.is_new_to(term.basis_kind());
    let detail = match wanted {
        CustomerCondition::New if !is_new => "an earlier event of this customer was recorded".to_owned(),
        CustomerCondition::New if !event.counts_for(term.basis_kind()) => uncounted(event, "first"),
        CustomerCondition::Returning if is_new => "no earlier event of this customer was recorded".to_owned(),
        CustomerCondition::New | CustomerCondition::Returning => return None,
    };
    Some((reason, detail))
}

/// That an event brought no money, so that it is neither the first nor a subsequent one.
pub(super) fn uncounted(event: &EarningEvent<'_>, what: &str) -> String {
    let kind = event.kind.as_str().to_lowercase();
    match event.amount {
        Some(amount) => format!("a {kind} of {amount} does not count as a {what} event"),
        None => format!("a {kind} without an amount does not count as a {what} event"),
    }
}
