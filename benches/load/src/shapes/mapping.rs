//! The sources of fields: the mapping that graphql-js uses for reading rows, too. `tools/graphql-js/mapping.mjs`
//! explains its terms; `scripts/graphql-js` ensures that it covers every field of the schema.

use std::sync::LazyLock;

use serde_json::Value;

use super::plain_fields;

static MAPPING: LazyLock<Value> = LazyLock::new(|| {
    let mapping = include_str!("../../../../tools/graphql-js/mapping.json");
    let mut mapping: Value = serde_json::from_str(mapping).expect("the mapping is JSON");
    plain_fields::complete(&mut mapping);
    mapping
});

/// A type of the mapping.
#[derive(Clone, Copy)]
pub struct Type {
    pub name: &'static str,
    spec: &'static Value,
}

/// The kind of a field.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A value, in the mapping's terms.
    Value(&'static str),
    /// An object of minor units and a currency.
    Money {
        minor: &'static str,
        currency: &'static str,
    },
    /// The row of a type whose id is in a column.
    Link { column: &'static str, to: Type },
    /// Rows of a type that belong to this one; a page of them, or all.
    Rows {
        of: Type,
        under: Under,
        order: &'static str,
        paged: bool,
    },
    /// The elements of a JSON list.
    Items { column: &'static str, of: Type },
    /// A column whose text is computed by an expression of its own.
    Code(&'static str),
}

/// How rows refer to their parent.
#[derive(Clone, Copy)]
pub enum Under {
    By(&'static str),
    /// A join table, its column of parents, and its column of children.
    Via(&'static str, &'static str, &'static str),
}

/// The expressions of fields that are more than a column, for the row `{row}` of tenant `$1`.
static EXPRESSIONS: [(&str, &str); 2] = [
    (
        "stepDetail",
        "({row} ->> 'detail') || coalesce(' (' || ({row} ->> 'threshold') || ')', '')",
    ),
    (
        "supersededAt",
        "(SELECT next.created_at AT TIME ZONE 'UTC' FROM commission_snapshot AS next WHERE next.tenant_id = $1 \
         AND next.partner_id = {row}.partner_id AND next.campaign_id IS NOT DISTINCT FROM {row}.campaign_id \
         AND next.version = {row}.version + 1)",
    ),
];

pub fn named(name: &str) -> Type {
    let types = MAPPING["types"].as_object().expect("types");
    let (name, spec) = types
        .get_key_value(name)
        .unwrap_or_else(|| panic!("{name} is not mapped"));
    Type { name, spec }
}

impl Type {
    /// Its table; empty for parts of JSON.
    pub fn table(self) -> &'static str {
        self.spec["table"].as_str().unwrap_or_default()
    }

    pub fn prefix(self) -> &'static str {
        self.spec["prefix"].as_str().unwrap_or_default()
    }

    /// Its name in the schema.
    pub fn shown(self) -> &'static str {
        self.spec["is"].as_str().unwrap_or(self.name)
    }

    /// The columns to sort by, with "-" before descending ones.
    pub fn order(self) -> &'static str {
        self.spec["order"].as_str().unwrap_or("-id")
    }

    /// The fields that a statement can compute.
    pub fn fields(self) -> Vec<(&'static str, Kind)> {
        let fields = self.spec["fields"].as_object().into_iter().flatten();
        let kinds = fields.filter_map(|(name, spec)| Some((name.as_str(), kind(spec)?)));
        // Links from parts of JSON are left to graphql-js: their ids are in the form that clients see.
        kinds
            .filter(|(_, kind)| !self.table().is_empty() || !matches!(kind, Kind::Link { .. }))
            .collect()
    }
}

fn kind(spec: &'static Value) -> Option<Kind> {
    let text = |name: &str| spec[name].as_str();
    if let Some(value) = spec.as_str().or_else(|| text("is")) {
        let mut words = value.split(' ');
        return Some(match (words.next()?, words.next(), words.next()) {
            ("link", Some(column), Some(to)) => Kind::Link { column, to: named(to) },
            ("money", Some(minor), Some(currency)) => Kind::Money { minor, currency },
            _ => Kind::Value(value),
        });
    }
    if let Some(of) = text("list").or_else(|| text("rows")) {
        // No statement here supports a condition of its own.
        if spec.get("where").is_some() {
            return None;
        }
        let of = named(of);
        let under = match (text("by"), text("via")) {
            (Some(column), _) => Under::By(column),
            (None, via) => {
                let mut words = via?.split(' ');
                Under::Via(words.next()?, words.next()?, words.next()?)
            }
        };
        let paged = text("list").is_some();
        let order = text("order").unwrap_or_else(|| of.order());
        return Some(Kind::Rows {
            of,
            under,
            order,
            paged,
        });
    }
    if let (Some(column), Some(of)) = (text("items"), text("of")) {
        // Lists of an interface, and lists within JSON, are left to graphql-js.
        let of = named(of);
        return (of.spec.get("kinds").is_none() && !column.contains('.')).then_some(Kind::Items { column, of });
    }
    let code = text("code")?;
    let known = EXPRESSIONS.iter().find(|(name, _)| *name == code);
    known.map(|(_, expression)| Kind::Code(expression))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_the_mapping_reads() {
        let types = MAPPING["types"].as_object().unwrap();
        let fields: usize = types.keys().map(|name| named(name).fields().len()).sum();
        assert!(fields > 230, "{fields}");
        let commission = named("Commission").fields();
        assert!(
            commission
                .iter()
                .any(|(name, kind)| *name == "partner" && matches!(kind, Kind::Link { .. }))
        );
    }
}
