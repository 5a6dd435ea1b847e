//! What a refund takes back of each item.

use super::{Item, ItemDraft, ItemRefund, MAX_ITEMS, divide, rest_minor};
use crate::event::Event;
use crate::money::Money;
use crate::problem::{Fault, ProblemCode, Problems};

/// What is left of an event.
struct LeftOfEvent<'a> {
    items: &'a [Item],
    of_items: Vec<ItemRefund>,
    rest_minor: i64,
}

impl<'a> LeftOfEvent<'a> {
    fn of(event: &'a Event) -> Self {
        let items = event.items.as_slice();
        let refunded = |index: usize| event.refunded_items.get(index).copied().unwrap_or_default();
        let of_items: Vec<_> = items
            .iter()
            .map(|item| ItemRefund {
                amount_minor: item.amount_minor - refunded(item.index).amount_minor,
                quantity: item.quantity - refunded(item.index).quantity,
            })
            .collect();
        let refunded_items: i64 = event.refunded_items.iter().map(|item| item.amount_minor).sum();
        let rest = rest_minor(items, event.amount.map_or(0, Money::minor));
        Self {
            items,
            of_items,
            rest_minor: rest - (event.refunded_minor - refunded_items),
        }
    }

    /// What is taken of the items; of each its amount, and the stated units. Where no units are stated, an item whose
    /// amount is used up loses all units that are left, and so does every item once nothing is left of the event.
    fn taken(&self, amounts: &[i64], units: &[Option<i64>], taken_minor: i64) -> Vec<Item> {
        let left_minor: i64 = self.of_items.iter().map(|left| left.amount_minor).sum::<i64>() + self.rest_minor;
        let is_last = taken_minor == left_minor;
        let taken = self.items.iter().map(|item| {
            let (left, amount_minor) = (self.of_items[item.index], amounts[item.index]);
            let used_up = amount_minor > 0 && amount_minor == left.amount_minor;
            let quantity = match units[item.index] {
                _ if is_last => left.quantity,
                Some(stated) => stated,
                None if used_up => left.quantity,
                None => 0,
            };
            Item {
                quantity,
                amount_minor,
                ..item.clone()
            }
        });
        taken
            .filter(|item| item.quantity != 0 || item.amount_minor != 0)
            .collect()
    }
}

/// What a refund of this amount (in minor units, at most what is left) takes back of each item, if it names none: it is
/// spread over what is left of every item and of the rest by largest remainder, ties to the first.
pub fn refund_spread(event: &Event, taken_minor: i64) -> Vec<Item> {
    if event.items.is_empty() {
        return Vec::new();
    }
    let left = LeftOfEvent::of(event);
    let weights = left.of_items.iter().map(|item| item.amount_minor);
    let weights: Vec<_> = weights.chain([left.rest_minor]).collect();
    left.taken(
        &divide(taken_minor, &weights),
        &vec![None; event.items.len()],
        taken_minor,
    )
}

/// What a refund by item takes back: the amount in total and of each item, or `None` after recording problems under
/// `amount.amount` and `items.N`. `stated` is the amount of the refund, in the original's currency; what the items do
/// not account for is taken from the rest. `None`: the sum of the items.
pub fn refund_by_item(
    event: &Event,
    charged: Money,
    stated: Option<Money>,
    drafts: &[ItemDraft],
    problems: &mut Problems,
) -> Option<(Money, Vec<Item>)> {
    let left = LeftOfEvent::of(event);
    if event.items.is_empty() || charged.minor() == 0 {
        let why = match event.items.is_empty() {
            true => "cannot be given: the original has no items",
            false => "cannot be given: the original's amount is 0, so it is taken back as a whole",
        };
        problems.add("items", ProblemCode::Invalid, why);
        return None;
    }
    if !problems.at_most("items", drafts.len(), MAX_ITEMS, "items") {
        return None;
    }
    let (mut amounts, mut units) = (vec![0; event.items.len()], vec![None; event.items.len()]);
    let mut named = vec![false; event.items.len()];
    let mut is_right = true;
    problems.within("items", |problems| {
        for (place, draft) in drafts.iter().enumerate() {
            let read = problems.within(place, |problems| read(draft, &left, charged, &mut named, problems));
            match read {
                Some((index, amount, quantity)) => (amounts[index], units[index]) = (amount, quantity),
                None => is_right = false,
            }
        }
    });
    if !is_right {
        return None;
    }
    let sum: i64 = amounts.iter().sum();
    let taken = stated.map_or(sum, Money::minor);
    let money = |minor: i64| Money::from_minor(minor, charged.currency()).expect("at most what was charged");
    let fault = if taken < sum {
        Err(Fault::invalid(format!(
            "is less than the sum of the items: {}",
            money(sum)
        )))
    } else if taken - sum > left.rest_minor {
        Err(Fault::invalid(format!(
            "exceeds the sum of the items by more than what is left of the rest: {}",
            money(left.rest_minor)
        )))
    } else {
        Ok(())
    };
    problems.take("amount.amount", fault)?;
    Some((money(taken), left.taken(&amounts, &units, taken)))
}

/// The index, amount and units of a stated item.
fn read(
    draft: &ItemDraft,
    left: &LeftOfEvent<'_>,
    charged: Money,
    named: &mut [bool],
    problems: &mut Problems,
) -> Option<(usize, i64, Option<i64>)> {
    let index = draft.index.ok_or_else(Fault::required).and_then(|index| {
        let known = usize::try_from(index).ok().filter(|index| *index < named.len());
        let index = known.ok_or_else(|| Fault::invalid(format!("must be from 0 to {}", named.len() - 1)))?;
        match std::mem::replace(&mut named[index], true) {
            true => Err(Fault::invalid("is named twice")),
            false => Ok(index),
        }
    });
    let index = problems.take("index", index)?;
    for (field, given) in [("product", &draft.product), ("category", &draft.category)] {
        if given.is_some() {
            problems.add(
                field,
                ProblemCode::Invalid,
                "is that of the original's item and cannot be given",
            );
            return None;
        }
    }
    let of_item = left.of_items[index];
    let quantity = problems.optional("quantity", draft.quantity, |quantity| match i64::from(quantity) {
        ..1 => Err(Fault::invalid("must be at least 1")),
        quantity if quantity > of_item.quantity => Err(Fault::invalid(format!(
            "exceeds what is left: {} units",
            of_item.quantity
        ))),
        quantity => Ok(quantity),
    })?;
    let amount = match (draft.amount, quantity) {
        (Some(amount), _) => Money::exact(amount, charged.currency()).and_then(|amount| {
            let left = Money::from_minor(of_item.amount_minor, charged.currency()).expect("at most what was charged");
            match amount.minor() {
                ..0 => Err(Fault::invalid("must not be negative")),
                0 if quantity.is_none() => Err(Fault::invalid("must be above 0 without a quantity")),
                minor if minor > of_item.amount_minor => Err(Fault::invalid(format!("exceeds what is left: {left}"))),
                minor => Ok(minor),
            }
        }),
        (None, Some(quantity)) => {
            let others = of_item.quantity - quantity;
            Ok(divide(of_item.amount_minor, &[quantity, others])[0])
        }
        (None, None) if of_item.amount_minor == 0 => Err(Fault::invalid("nothing is left of the item's amount")),
        (None, None) => Ok(of_item.amount_minor),
    };
    Some((index, problems.take("amount", amount)?, quantity))
}
