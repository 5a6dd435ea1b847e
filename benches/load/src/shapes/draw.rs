//! Documents drawn at random from the mapping: links, nested lists, several roots, aliases, fragments and conditions;
//! the same for the same seed.

use std::fmt::Write as _;

use super::mapping::{Kind, Type, Under, named};
use super::random::Random;

/// The selection on an object, by key of the response.
pub struct Object {
    pub of: Type,
    pub fields: Vec<Field>,
}

pub struct Field {
    pub key: String,
    pub name: &'static str,
    pub asked: Asked,
}

pub enum Asked {
    Value(&'static str),
    Code(&'static str),
    Typename(&'static str),
    Money {
        minor: &'static str,
        currency: &'static str,
        object: Object,
    },
    Link {
        column: &'static str,
        object: Object,
    },
    Rows {
        under: Under,
        order: &'static str,
        page: Option<Page>,
        object: Object,
    },
    Items {
        column: &'static str,
        object: Object,
    },
}

/// The selection on a connection.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    pub first: u32,
    pub edges: bool,
    pub has_next: bool,
    pub total: bool,
}

pub struct Root {
    pub key: String,
    pub name: &'static str,
    pub kind: RootKind,
    pub object: Object,
}

pub enum RootKind {
    /// An object by id, which is in this variable.
    One(usize),
    /// A page, filtered by this status if there is one.
    Page(Page, Option<&'static str>),
}

pub struct Document {
    pub name: String,
    pub text: String,
    pub roots: Vec<Root>,
    /// The types of the objects whose ids are the variables.
    pub ids: Vec<Type>,
    /// Number of nested lists: a gateway needs at most one statement for each.
    pub lists: usize,
}

static PAGES: [(&str, &str); 8] = [
    ("partners", "Partner"),
    ("campaigns", "Campaign"),
    ("events", "Event"),
    ("customers", "Customer"),
    ("commissions", "Commission"),
    ("payouts", "Payout"),
    ("deals", "Deal"),
    ("partnerGroups", "PartnerGroup"),
];
static ONES: [(&str, &str); 7] = [
    ("partner", "Partner"),
    ("campaign", "Campaign"),
    ("event", "Event"),
    ("customer", "Customer"),
    ("commission", "Commission"),
    ("payout", "Payout"),
    ("deal", "Deal"),
];
static STATUSES: [(&str, [&str; 2]); 2] = [("commissions", ["ACCRUED", "PAID"]), ("payouts", ["PAID", "PENDING"])];

pub struct Drawing {
    random: Random,
    ids: Vec<Type>,
    fragments: Vec<String>,
    path: Vec<&'static str>,
    lists: usize,
    /// Maximum number of further lists.
    left: usize,
}

impl Drawing {
    pub fn draw(seed: u64, number: usize) -> Document {
        let mut drawing = Self {
            random: Random::new(seed.wrapping_mul(1_000_003) + number as u64),
            ids: Vec::new(),
            fragments: Vec::new(),
            path: Vec::new(),
            lists: 0,
            left: 3,
        };
        let count = if drawing.random.chance(25) { 2 } else { 1 };
        // Each kind of list in turn, then each kind of object by id.
        let roots: Vec<_> = (0..count).map(|nth| drawing.root(nth, number + nth * 7)).collect();
        let body: Vec<_> = roots.iter().map(|root| drawing.root_text(root)).collect();
        let mut head = "$yes: Boolean!".to_owned();
        for number in 0..drawing.ids.len() {
            let _ = write!(head, ", $id{number}: ID!");
        }
        let text = format!(
            "query ({head}) {{ {} __typename @skip(if: $yes) }}{}",
            body.join(" "),
            drawing.fragments.concat()
        );
        Document {
            name: drawing.path.join(" "),
            text,
            roots,
            ids: drawing.ids,
            lists: drawing.lists,
        }
    }

    fn root(&mut self, nth: usize, turn: usize) -> Root {
        let one = turn % 3 == 2;
        let (name, of) = if one {
            ONES[(turn / 3) % ONES.len()]
        } else {
            PAGES[(turn - turn / 3) % PAGES.len()]
        };
        let of = named(of);
        self.path.push(name);
        let kind = if one {
            self.ids.push(of);
            RootKind::One(self.ids.len() - 1)
        } else {
            self.lists += 1;
            let status = STATUSES
                .iter()
                .find(|(root, _)| *root == name && self.random.chance(60));
            let status = status.map(|(_, all)| all[self.random.below(2)]);
            RootKind::Page(self.page(&[10, 20, 50]), status)
        };
        let key = if nth == 0 {
            name.to_owned()
        } else {
            format!("{name}Too")
        };
        let object = self.object(of, 0);
        Root {
            key,
            name,
            kind,
            object,
        }
    }

    fn page(&mut self, sizes: &[u32]) -> Page {
        Page {
            first: sizes[self.random.below(sizes.len())],
            edges: self.random.chance(15),
            has_next: self.random.chance(30),
            // Rare, since counting is expensive.
            total: self.random.chance(4),
        }
    }

    fn object(&mut self, of: Type, depth: usize) -> Object {
        let all = of.fields();
        let wanted = 2 + self.random.below(if depth == 0 { 7 } else { 5 });
        let mut fields: Vec<Field> = Vec::new();
        let mut order: Vec<usize> = (0..all.len()).collect();
        self.random.shuffle(&mut order);
        for index in order {
            if fields.len() >= wanted {
                break;
            }
            let (name, kind) = all[index];
            let Some(asked) = self.asked(name, kind, depth) else {
                continue;
            };
            let key = if self.random.chance(12) {
                format!("{name}Too")
            } else {
                name.to_owned()
            };
            fields.push(Field { key, name, asked });
        }
        if fields.is_empty() || self.random.chance(8) {
            let asked = Asked::Typename(of.shown());
            fields.push(Field {
                key: "__typename".to_owned(),
                name: "__typename",
                asked,
            });
        }
        Object { of, fields }
    }

    /// `None`: not possible here, or not chosen this time.
    fn asked(&mut self, name: &'static str, kind: Kind, depth: usize) -> Option<Asked> {
        let deep = depth >= 3;
        Some(match kind {
            Kind::Value(value) => Asked::Value(value),
            Kind::Code(expression) => Asked::Code(expression),
            Kind::Money { minor, currency } => {
                let mut object = Object {
                    of: named("LifetimeValue"),
                    fields: Vec::new(),
                };
                for (name, value) in [("amount", "amount"), ("currency", "currency")] {
                    let key = name.to_owned();
                    object.fields.push(Field {
                        key,
                        name,
                        asked: Asked::Value(value),
                    });
                }
                Asked::Money {
                    minor,
                    currency,
                    object,
                }
            }
            Kind::Link { .. } if deep => return None,
            Kind::Link { column, to } => Asked::Link {
                column,
                object: self.under(name, to, depth),
            },
            Kind::Rows { .. } | Kind::Items { .. } if deep || self.left == 0 => return None,
            Kind::Rows {
                of,
                under,
                order,
                paged,
            } => {
                self.left -= 1;
                self.lists += 1;
                let page = paged.then(|| self.page(&[3, 5, 10]));
                Asked::Rows {
                    under,
                    order,
                    page,
                    object: self.under(name, of, depth),
                }
            }
            Kind::Items { column, of } => Asked::Items {
                column,
                object: self.under(name, of, depth),
            },
        })
    }

    fn under(&mut self, name: &'static str, of: Type, depth: usize) -> Object {
        self.path.push(name);
        self.object(of, depth + 1)
    }

    fn root_text(&mut self, root: &Root) -> String {
        let alias = if root.key == root.name {
            String::new()
        } else {
            format!("{}: ", root.key)
        };
        let body = self.text(&root.object);
        match root.kind {
            RootKind::One(id) => format!("{alias}{}(id: $id{id}) {body}", root.name),
            RootKind::Page(page, status) => {
                let filter = status.map_or_else(String::new, |status| format!(", filter: {{ status: [{status}] }}"));
                format!(
                    "{alias}{}(first: {}{filter}) {}",
                    root.name,
                    page.first,
                    connection(page, &body)
                )
            }
        }
    }

    /// The selection's text, some of it in fragments and under conditions.
    fn text(&mut self, object: &Object) -> String {
        let mut parts: Vec<String> = Vec::new();
        for field in &object.fields {
            let alias = if field.key == field.name {
                String::new()
            } else {
                format!("{}: ", field.key)
            };
            let condition = if self.random.chance(10) {
                " @include(if: $yes)"
            } else {
                ""
            };
            let (arguments, body) = match &field.asked {
                Asked::Value(_) | Asked::Code(_) | Asked::Typename(_) => (String::new(), String::new()),
                Asked::Rows {
                    page: Some(page),
                    object,
                    ..
                } => {
                    let body = self.text(object);
                    (
                        format!("(first: {})", page.first),
                        format!(" {}", connection(*page, &body)),
                    )
                }
                Asked::Money { object, .. }
                | Asked::Link { object, .. }
                | Asked::Rows { object, .. }
                | Asked::Items { object, .. } => (String::new(), format!(" {}", self.text(object))),
            };
            parts.push(format!("{alias}{}{arguments}{condition}{body}", field.name));
        }
        let of = object.of.shown();
        if parts.len() > 2 && self.random.chance(25) {
            let moved = parts.split_off(parts.len() / 2).join(" ");
            if self.random.chance(50) {
                parts.push(format!("... on {of} {{ {moved} }}"));
            } else {
                let name = format!("F{}", self.fragments.len());
                parts.push(format!("...{name}"));
                self.fragments.push(format!(" fragment {name} on {of} {{ {moved} }}"));
            }
        }
        format!("{{ {} }}", parts.join(" "))
    }
}

fn connection(page: Page, body: &str) -> String {
    let rows = if page.edges {
        format!("edges {{ node {body} }}")
    } else {
        format!("nodes {body}")
    };
    let info = if page.has_next { " pageInfo { hasNextPage }" } else { "" };
    let total = if page.total { " totalCount" } else { "" };
    format!("{{ {rows}{info}{total} }}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_documents() {
        for number in 0..40 {
            let (one, other) = (Drawing::draw(7, number), Drawing::draw(7, number));
            assert_eq!((one.text, one.name), (other.text, other.name));
        }
        assert_ne!(Drawing::draw(7, 0).text, Drawing::draw(8, 0).text);
    }
}
