//! Items and countries as they are entered.

use rust_decimal::Decimal;

use super::{Item, MAX_ITEMS, rest_minor};
use crate::money::Money;
use crate::problem::{Fault, ProblemCode, Problems};
use crate::text;

/// An item as entered: of a charge or conversion, or of a refund or chargeback, which names an item of its original.
#[derive(Clone, Debug, Default)]
pub struct ItemDraft {
    /// Only of a refund: the index among the items of the original.
    pub index: Option<i32>,
    /// Not of a refund.
    pub product: Option<String>,
    /// Not of a refund.
    pub category: Option<String>,
    /// `None`: 1; of a refund no units, until nothing is left of the item's amount.
    pub quantity: Option<i32>,
    /// In the event's currency. Of a refund `None` is the share of the units, or without units all that is left.
    pub amount: Option<Decimal>,
}

/// The items of a charge or conversion of this amount, or `None` after recording problems under `items.N`.
pub fn items(drafts: Vec<ItemDraft>, event: Option<Money>, problems: &mut Problems) -> Option<Vec<Item>> {
    if drafts.is_empty() {
        return Some(Vec::new());
    }
    problems.within("items", |problems| {
        if !problems.at_most("", drafts.len(), MAX_ITEMS, "items") {
            return None;
        }
        let Some(event) = event else {
            let message = "cannot be given without the event's amount, in whose currency theirs are";
            problems.add("", ProblemCode::Invalid, message);
            return None;
        };
        let drafts = drafts.into_iter().enumerate();
        let items: Vec<_> = drafts
            .map(|(index, draft)| problems.within(index, |problems| item(index, draft, event, problems)))
            .collect();
        let items = items.into_iter().collect::<Option<Vec<_>>>()?;
        if rest_minor(&items, event.minor()) < 0 {
            let sum = items.iter().map(|item| item.amount_minor).sum();
            let message = match Money::from_minor(sum, event.currency()) {
                Ok(sum) => format!("sum to {sum}, more than the event's amount of {event}"),
                Err(_) => format!("sum to more than the event's amount of {event}"),
            };
            problems.add("", ProblemCode::Invalid, message);
            return None;
        }
        Some(items)
    })
}

fn item(index: usize, draft: ItemDraft, event: Money, problems: &mut Problems) -> Option<Item> {
    if draft.index.is_some() {
        problems.add("index", ProblemCode::Invalid, "is only for refunds and chargebacks");
        return None;
    }
    let product = draft.product.as_deref().ok_or_else(Fault::required);
    let product = problems.take("product", product.and_then(text::name));
    let category = problems.optional("category", draft.category, |category| text::name(&category));
    let quantity = match draft.quantity.unwrap_or(1) {
        quantity @ 1.. => Some(i64::from(quantity)),
        _ => problems.take("quantity", Err(Fault::invalid("must be at least 1"))),
    };
    let amount = draft.amount.ok_or_else(Fault::required);
    let amount = amount.and_then(|amount| match Money::exact(amount, event.currency())? {
        money if money.minor() < 0 => Err(Fault::invalid("must not be negative")),
        money => Ok(money.minor()),
    });
    let amount_minor = problems.take("amount", amount);
    Some(Item {
        index,
        product: product?,
        category: category?,
        quantity: quantity?,
        amount_minor: amount_minor?,
    })
}

/// A country by its ISO 3166-1 alpha-2 code, such as `DE`, in upper case.
pub fn country(code: &str) -> Result<String, Fault> {
    let code = text::normalised(code).to_ascii_uppercase();
    let mut known = COUNTRIES.split(' ');
    match known.any(|known| known == code) {
        true => Ok(code),
        false if code == "UK" => Err(Fault::invalid(
            "must be an ISO 3166-1 alpha-2 code: GB is that of the United Kingdom",
        )),
        false => Err(Fault::invalid(
            "must be the ISO 3166-1 alpha-2 code of a country, such as DE",
        )),
    }
}

const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK \
FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM \
JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS \
MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM \
US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_those_of_iso_3166() {
        assert_eq!(COUNTRIES.split(' ').count(), 249);
        assert_eq!(country(" de ").as_deref(), Ok("DE"));
        for wrong in ["UK", "EU", "XX", "DEU", ""] {
            assert!(country(wrong).is_err(), "{wrong}");
        }
    }
}
