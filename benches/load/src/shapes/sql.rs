//! A single statement with the result of a document: PostgreSQL writes the JSON, lists are subselects, links are joins.
//! `$1` is the tenant, `$2` and following are the ids. What SQL formats slowly is left to [`super::wire`], between two
//! "~".

use super::draw::{Asked, Document, Field, Object, Page, Root, RootKind};
use super::mapping::{Type, Under};

/// Whether values are in the columns of a row, or in a JSON object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Row,
    Json,
}

pub fn statement(document: &Document) -> String {
    let mut writer = Writer { aliases: 0 };
    let roots: Vec<_> = document
        .roots
        .iter()
        .map(|root| format!("'{}', {}", root.key, writer.root(root)))
        .collect();
    format!("SELECT json_build_object({})::text", roots.join(", "))
}

struct Writer {
    aliases: usize,
}

impl Writer {
    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("t{}", self.aliases)
    }

    fn root(&mut self, root: &Root) -> String {
        let of = root.object.of;
        match &root.kind {
            RootKind::One(id) => {
                let condition = format!("{{row}}.id = ${}", id + 2);
                let row = self.alias();
                let (object, joins) = self.object(&root.object, &row, Source::Row);
                let condition = condition.replace("{row}", &row);
                format!(
                    "(SELECT {object} FROM {} {row}{joins} WHERE {row}.tenant_id = $1 AND {condition})",
                    of.table()
                )
            }
            RootKind::Page(page, status) => {
                let condition = status.map_or_else(String::new, |status| format!(" AND {{row}}.status = '{status}'"));
                self.rows(&root.object, of.table(), "", &condition, of.order(), Some(*page))
            }
        }
    }

    /// A list as a scalar: `joined` goes before the condition; in both, `{row}` stands for the row.
    fn rows(
        &mut self,
        object: &Object,
        table: &str,
        joined: &str,
        condition: &str,
        order: &str,
        page: Option<Page>,
    ) -> String {
        let (row, inner) = (self.alias(), self.alias());
        let (text, joins) = self.object(object, &row, Source::Row);
        let order_of = |alias: &str| ordered(order, alias);
        let from = format!(
            "FROM {table} {inner}{} WHERE {inner}.tenant_id = $1{}",
            joined.replace("{row}", &inner),
            condition.replace("{row}", &inner)
        );
        let Some(page) = page else {
            return format!(
                "(SELECT coalesce(json_agg({text} ORDER BY {}), '[]') FROM (SELECT {inner}.* {from}) {row}{joins})",
                order_of(&row)
            );
        };
        let entry = if page.edges {
            format!("json_build_object('node', {text})")
        } else {
            text
        };
        let list = if page.edges { "edges" } else { "nodes" };
        let total = if page.total {
            format!(", 'totalCount', (SELECT count(*) {from})")
        } else {
            String::new()
        };
        if !page.has_next {
            return format!(
                "(SELECT json_build_object('{list}', coalesce(json_agg({entry} ORDER BY {}), '[]'){total}) \
                 FROM (SELECT {inner}.* {from} ORDER BY {} LIMIT {}) {row}{joins})",
                order_of(&row),
                order_of(&inner),
                page.first
            );
        }
        format!(
            "(SELECT json_build_object('{list}', coalesce(json_agg({entry} ORDER BY {row}.n) FILTER (WHERE {row}.n <= {first}), '[]'), \
             'pageInfo', json_build_object('hasNextPage', count(*) > {first}){total}) FROM (SELECT {inner}.*, \
             row_number() OVER (ORDER BY {order}) AS n {from} ORDER BY {order} LIMIT {limit}) {row}{joins})",
            first = page.first,
            order = order_of(&inner),
            limit = page.first + 1,
        )
    }

    /// The expression of an object, and the joins that it needs.
    fn object(&mut self, object: &Object, row: &str, source: Source) -> (String, String) {
        let mut joins = String::new();
        let mut parts = Vec::new();
        for field in &object.fields {
            let value = self.value(object.of, field, row, source, &mut joins);
            parts.push(format!("'{}', {value}", field.key));
        }
        (format!("json_build_object({})", parts.join(", ")), joins)
    }

    fn value(&mut self, of: Type, field: &Field, row: &str, source: Source, joins: &mut String) -> String {
        match &field.asked {
            Asked::Typename(name) => format!("'{name}'"),
            Asked::Value(words) => value(of, words, row, source),
            Asked::Code(expression) => expression.replace("{row}", row),
            Asked::Money {
                minor,
                currency,
                object,
            } => {
                let (minor, currency) = (text(minor, row, source), text(currency, row, source));
                let parts: Vec<_> = object
                    .fields
                    .iter()
                    .map(|field| match field.name {
                        "amount" => format!("'{}', {}", field.key, units(&minor, &currency)),
                        _ => format!("'{}', {currency}", field.key),
                    })
                    .collect();
                let object = format!("json_build_object({})", parts.join(", "));
                format!("CASE WHEN {minor} IS NULL OR {currency} IS NULL THEN NULL ELSE {object} END")
            }
            Asked::Link { column, object } => {
                let to = self.alias();
                let of = object.of;
                let (text, below) = self.object(object, &to, Source::Row);
                let table = of.table();
                let on = format!("{to}.tenant_id = $1 AND {to}.id = {row}.{column}");
                joins.push_str(&format!(" LEFT JOIN {table} {to} ON {on}{below}"));
                format!("CASE WHEN {to}.id IS NULL THEN NULL ELSE {text} END")
            }
            Asked::Items { column, object } => {
                let item = self.alias();
                let (text, below) = self.object(object, &format!("{item}.v"), Source::Json);
                format!(
                    "(SELECT coalesce(json_agg({text} ORDER BY {item}.o), '[]') \
                     FROM jsonb_array_elements({row}.{column}) WITH ORDINALITY AS {item}(v, o){below})"
                )
            }
            Asked::Rows {
                under,
                order,
                page,
                object,
            } => {
                let table = object.of.table();
                let (joined, condition) = match under {
                    Under::By(column) => (String::new(), format!(" AND {{row}}.{column} = {row}.id")),
                    Under::Via(between, parent, child) => {
                        let via = self.alias();
                        let joined =
                            format!(" JOIN {between} {via} ON {via}.tenant_id = $1 AND {via}.{child} = {{row}}.id");
                        (joined, format!(" AND {via}.{parent} = {row}.id"))
                    }
                };
                self.rows(object, table, &joined, &condition, order, *page)
            }
        }
    }
}

fn ordered(order: &str, alias: &str) -> String {
    let columns = order.split(' ').map(|column| match column.strip_prefix('-') {
        Some("sequence") => format!("{alias}.sequence DESC NULLS LAST"),
        Some(column) => format!("{alias}.{column} DESC"),
        None if column == "sequence" => format!("{alias}.sequence NULLS FIRST"),
        None => format!("{alias}.{column}"),
    });
    columns.collect::<Vec<_>>().join(", ")
}

/// The text of a column.
fn text(column: &str, row: &str, source: Source) -> String {
    match (source, column.split_once('.')) {
        (Source::Json, _) => format!("({row} ->> '{column}')"),
        (Source::Row, Some((column, key))) => format!("({row}.{column} ->> '{key}')"),
        (Source::Row, None) => format!("{row}.{column}"),
    }
}

fn units(minor: &str, currency: &str) -> String {
    format!("'~m' || ({minor}) || ' ' || {currency} || '~'")
}

fn value(of: Type, words: &str, row: &str, source: Source) -> String {
    let words: Vec<_> = words.split(' ').collect();
    let column = |nth: usize| text(words[nth], row, source);
    match words[0] {
        "id" => format!("'~i{}_' || {row}.id::text || '~'", of.prefix()),
        "moment" => format!("{} AT TIME ZONE 'UTC'", column(1)),
        "upper" => format!("'~u' || {} || '~'", column(1)),
        "units" => units(&column(1), &column(2)),
        "difference" => units(&format!("{} - {}", column(1), column(2)), &column(3)),
        "number" | "bool" | "json" | "texts" if source == Source::Json => format!("({row} -> '{}')", words[1]),
        "number" if words[1].contains('.') => format!("({})::bigint", column(1)),
        _ => column(1),
    }
}
