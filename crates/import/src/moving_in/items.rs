//! The items of an event: a cell with a JSON list, as exports write it.

use rust_decimal::Decimal;
use serde_json::Value;

use super::cells::Cells;
use domain::event::EventKind;
use domain::items::ItemDraft;
use domain::money::{parse_decimal, parse_json_number};
use domain::problem::Fault;

/// Reads the column `items`: a JSON list of objects with `product`, `category`, `quantity` and `amount`; of a refund or
/// chargeback with `index`, `quantity` and `amount`. What an export repeats of the other ones is left out.
pub fn items(cells: &mut Cells<'_>, kind: EventKind) -> Vec<ItemDraft> {
    let Some(json) = cells.json("items") else {
        return Vec::new();
    };
    let read = match json {
        Value::Array(items) => items.iter().map(|item| read(item, kind)).collect(),
        _ => Err(Fault::invalid("must be a JSON list of items")),
    };
    cells.problems.take("items", read).unwrap_or_default()
}

fn read(item: &Value, kind: EventKind) -> Result<ItemDraft, Fault> {
    let Value::Object(fields) = item else {
        return Err(Fault::invalid("must be a JSON list of objects"));
    };
    let known = ["index", "product", "category", "quantity", "amount"];
    if let Some(other) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(Fault::invalid(format!("has items with the unknown field {other:?}")));
    }
    let field = |name: &str| fields.get(name).filter(|value| !value.is_null());
    let text = |name: &str| match field(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Fault::invalid(format!("has items whose {name} is no text"))),
    };
    let count = |name: &str| match field(name) {
        None => Ok(None),
        Some(value) => match value.as_i64().and_then(|count| i32::try_from(count).ok()) {
            Some(count) => Ok(Some(count)),
            None => Err(Fault::invalid(format!("has items whose {name} is no whole number"))),
        },
    };
    let amount = field("amount").map(amount).transpose()?;
    Ok(match kind.takes_back() {
        false => ItemDraft {
            index: None,
            product: text("product")?,
            category: text("category")?,
            quantity: count("quantity")?,
            amount,
        },
        true => ItemDraft {
            index: count("index")?,
            quantity: count("quantity")?.filter(|count| *count != 0),
            amount,
            ..ItemDraft::default()
        },
    })
}

/// An amount: a number, a text, or an object that holds one.
fn amount(value: &Value) -> Result<Decimal, Fault> {
    match value {
        Value::String(text) => parse_decimal(text),
        Value::Number(number) => parse_json_number(&number.to_string()),
        Value::Object(fields) => match fields.get("amount") {
            Some(value @ (Value::String(_) | Value::Number(_))) => amount(value),
            _ => Err(Fault::invalid("has items whose amount is no number")),
        },
        _ => Err(Fault::invalid("has items whose amount is no number")),
    }
}
