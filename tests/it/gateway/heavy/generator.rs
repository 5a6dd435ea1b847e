//! Queries made at random over the whole schema: as many links, pages and arguments as come up, the same for the same
//! seed. Whoever finds one too costly writes it again with smaller pages.

use std::fmt::Write;

use crate::support::Sdl;
use crate::support::programme::representation;

/// How many fields a query has about.
const FIELDS: usize = 120;
const DEPTH: usize = 9;
const ROOTS: usize = 6;

pub struct Generator<'a> {
    sdl: Sdl,
    ids: &'a [String],
    random: fastrand::Rng,
    left: usize,
    names: usize,
}

/// A selection.
pub struct Tree(Vec<Node>);

struct Node {
    text: String,
    /// The page that is asked for, before it is made smaller.
    page: Option<u32>,
    below: Tree,
}

impl<'a> Generator<'a> {
    pub fn new(seed: u64, ids: &'a [String]) -> Self {
        Self {
            sdl: Sdl::read(),
            ids,
            random: fastrand::Rng::with_seed(seed),
            left: 0,
            names: 0,
        }
    }

    pub fn query(&mut self) -> Tree {
        let roots = self.random.usize(1..=ROOTS);
        let mut nodes = Vec::new();
        for _ in 0..roots {
            let node = loop {
                // Each has its part of what may be asked for. What the data has none of is drawn again.
                self.left = FIELDS / roots;
                if let Some(node) = self.field("Query", 1) {
                    break node;
                }
            };
            if !node.meets_itself(&nodes) {
                nodes.push(node);
            }
        }
        Tree(nodes)
    }

    /// Some field of a type, with what is selected below it.
    fn field(&mut self, parent: &str, depth: usize) -> Option<Node> {
        let fields = self.sdl.fields(parent).to_vec();
        let linked: Vec<_> = fields.iter().filter(|field| self.leads_on(&field.type_name)).collect();
        let leads_on = depth < DEPTH && !linked.is_empty() && self.random.u8(..) < 200;
        let field = match leads_on {
            true => linked[self.random.usize(..linked.len())].clone(),
            false => fields[self.random.usize(..fields.len())].clone(),
        };
        let leads_on = self.leads_on(&field.type_name);
        if leads_on && (depth >= DEPTH || self.left == 0) {
            return None;
        }
        self.left = self.left.saturating_sub(1);
        let mut page = None;
        let mut arguments = Vec::new();
        for argument in &field.arguments {
            match (argument.name.as_str(), argument.type_name.as_str()) {
                ("first", _) => page = Some(self.random.u32(1..=500)),
                ("id", _) => {
                    let id = self.id_for(&field.name)?;
                    arguments.push(format!("id: {id:?}"));
                }
                ("ids", _) => {
                    let ids: Vec<_> = (0..self.random.usize(1..=100))
                        .map(|_| format!("{:?}", self.id()))
                        .collect();
                    arguments.push(format!("ids: [{}]", ids.join(", ")));
                }
                ("representations", _) => {
                    let ids: Vec<_> = (0..100).filter_map(|_| representation(self.id())).collect();
                    arguments.push(format!("representations: [{}]", ids.join(", ")));
                }
                ("groupBy", _) => arguments.push("groupBy: [PARTNER, CAMPAIGN, KIND, STATUS]".to_owned()),
                ("currency", _) => arguments.push("currency: \"EUR\"".to_owned()),
                ("format", _) => arguments.push("format: PAYPAL".to_owned()),
                ("at", _) => arguments.push("at: \"2026-02-01T00:00:00Z\"".to_owned()),
                ("partnerId", _) => {
                    let id = self.id_for("partner")?;
                    arguments.push(format!("partnerId: {id:?}"));
                }
                // What is told of a range that is over.
                ("to", _) if field.name == "statement" => arguments.push("to: \"2026-02-01T00:00:00Z\"".to_owned()),
                ("interval", _) => arguments.push("interval: DAY".to_owned()),
                ("from", _) => arguments.push("from: \"2026-01-01T00:00:00Z\"".to_owned()),
                ("to", _) => arguments.push("to: \"2026-12-31T00:00:00Z\"".to_owned()),
                ("campaignId", _) => {
                    let id = self.id_for("campaign")?;
                    arguments.push(format!("campaignId: {id:?}"));
                }
                _ => {}
            }
        }
        self.names += 1;
        let mut text = format!("f{}: {}", self.names, field.name);
        // Aliases are few; who is alone needs none.
        if self.names > 29 {
            text = field.name.clone();
        }
        if page.is_some() || !arguments.is_empty() {
            if page.is_some() {
                arguments.insert(0, "first: PAGE".to_owned());
            }
            write!(text, "({})", arguments.join(", ")).expect("text grows");
        }
        let below = match leads_on {
            true => self.selection(&field.type_name, depth + 1),
            false => Tree(Vec::new()),
        };
        Some(Node { text, page, below })
    }

    fn selection(&mut self, type_name: &str, depth: usize) -> Tree {
        let members = self.sdl.members(type_name).to_vec();
        let mut nodes = vec![Node::of("__typename")];
        if !members.is_empty() {
            let member = &members[self.random.usize(..members.len())];
            nodes.push(Node {
                text: format!("... on {member}"),
                page: None,
                below: self.selection(member, depth),
            });
            return Tree(nodes);
        }
        for _ in 0..self.random.usize(1..=6) {
            let Some(node) = self.field(type_name, depth) else {
                continue;
            };
            if !node.meets_itself(&nodes) {
                nodes.push(node);
            }
        }
        Tree(nodes)
    }

    fn leads_on(&self, type_name: &str) -> bool {
        !self.sdl.fields(type_name).is_empty() || !self.sdl.members(type_name).is_empty()
    }

    /// An id of what the field finds; `None`: the data has none, so that asking for it would only be refused.
    fn id_for(&mut self, field: &str) -> Option<&'a str> {
        let prefix = match field {
            "partner" => "par_",
            "partnerGroup" => "grp_",
            "campaign" => "cmp_",
            "commission" => "com_",
            "event" => "evt_",
            "customer" => "cus_",
            "payout" => "pay_",
            "node" => "",
            _ => return None,
        };
        let known: Vec<_> = self.ids.iter().filter(|id| id.starts_with(prefix)).collect();
        match known.len() {
            0 => None,
            count => Some(known[self.random.usize(..count)]),
        }
    }

    fn id(&mut self) -> &'a str {
        &self.ids[self.random.usize(..self.ids.len())]
    }
}

impl Node {
    /// Whether a field without an alias is among them already: their arguments may differ.
    fn meets_itself(&self, others: &[Self]) -> bool {
        let name = |node: &Self| node.text.split('(').next().map(str::to_owned);
        others.iter().any(|other| name(other) == name(self))
    }

    fn of(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            page: None,
            below: Tree(Vec::new()),
        }
    }
}

impl Tree {
    /// The document, with pages of so much of their size.
    pub fn write(&self, scale: f64) -> String {
        let mut text = String::new();
        self.add(scale, &mut text);
        text
    }

    fn add(&self, scale: f64, text: &mut String) {
        text.push_str("{ ");
        for node in &self.0 {
            let page = node.page.map_or(0.0, |page| (f64::from(page) * scale).ceil());
            text.push_str(&node.text.replace("PAGE", &page.to_string()));
            text.push(' ');
            if !node.below.0.is_empty() {
                node.below.add(scale, text);
            }
        }
        text.push_str("} ");
    }
}
