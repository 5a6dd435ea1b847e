use super::*;

const OLD: &str = "
    type Query { a(first: Int = 20, kind: Kind, ids: [ID!]): [Thing!]! b: Thing gone: Int @deprecated(reason: \"use b\") }
    type Thing implements Node { id: ID! name: String list: [Int!] size: Size }
    interface Node { id: ID! }
    enum Kind { SMALL LARGE }
    enum Size { SHORT LONG }
    input Filter { kind: Kind text: String! only: [Int!] most: Int! = 1 }
    union Any = Thing | Query
    scalar Date
    directive @cached(seconds: Int) on FIELD | QUERY
";

fn found(new: &str) -> Vec<String> {
    let read = |text| SchemaTypes::read(text).unwrap();
    changes(&read(OLD), &read(new))
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn of(replacements: &[(&str, &str)]) -> Vec<String> {
    let new = replacements.iter().fold(OLD.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    });
    found(&new)
}

#[test]
fn what_is_the_same_has_not_changed() {
    assert_eq!(found(OLD), [""; 0]);
    let moved = [
        ("type Query", "# moved\n type Query"),
        ("b: Thing", "\"A thing.\" b: Thing"),
        ("SMALL LARGE", "LARGE SMALL"),
    ];
    assert_eq!(of(&moved), [""; 0]);
    assert_eq!(found(&format!("{OLD} schema {{ query: Query }}")), [""; 0]);
    assert!(SchemaTypes::read("type {").is_err());
}

#[test]
fn what_is_gone_or_narrower_breaks() {
    for (from, to, says) in [
        (
            " gone: Int @deprecated(reason: \"use b\")",
            "",
            "Query.gone was removed (deprecated: use b)",
        ),
        ("scalar Date", "", "Date was removed"),
        ("scalar Date", "enum Date { A }", "Date is of another kind"),
        ("SMALL LARGE", "LARGE", "Kind.SMALL was removed"),
        ("= Thing | Query", "= Thing", "Query was removed from Any"),
        ("Thing implements Node", "Thing", "Thing no longer implements Node"),
        ("b: Thing", "b: [Thing]", "Query.b was Thing and is [Thing]"),
        ("[Thing!]!", "[Thing]!", "Query.a was [Thing!]! and is [Thing]!"),
        ("kind: Kind,", "", "the argument kind of Query.a was removed"),
        (
            "kind: Kind,",
            "kind: Kind!,",
            "the argument kind of Query.a was Kind and is Kind!",
        ),
        // A variable of the former type no longer fits.
        (
            "kind: Kind,",
            "kind: [Kind],",
            "the argument kind of Query.a was Kind and is [Kind]",
        ),
        (
            "ids: [ID!]",
            "ids: ID!",
            "the argument ids of Query.a was [ID!] and is ID!",
        ),
        (
            "b: Thing",
            "b(id: ID!): Thing",
            "the argument id of Query.b was added and must be given",
        ),
        (
            "only:",
            "more: Int! only:",
            "the field more of Filter was added and must be given",
        ),
        (
            "most: Int! = 1",
            "most: Int!",
            "the field most of Filter has lost its default and must be given",
        ),
        ("text: String!", "", "the field text of Filter was removed"),
        (
            "input Filter",
            "input Filter @oneOf",
            "Filter must now have exactly one field",
        ),
        (
            "directive @cached(seconds: Int) on FIELD | QUERY",
            "",
            "@cached was removed",
        ),
        (
            "seconds: Int",
            "seconds: Int!",
            "the argument seconds of @cached was Int and is Int!",
        ),
        ("on FIELD | QUERY", "on FIELD", "@cached may no longer stand at Query"),
        (
            "scalar Date",
            "scalar Date schema { query: Thing }",
            "what Query selects was Query and is Thing",
        ),
    ] {
        assert_eq!(of(&[(from, to)]), [format!("breaks     {says}")], "{from} -> {to}");
    }
}

#[test]
fn what_is_wider_does_not_break() {
    for (from, to, says) in [
        ("name: String", "name: String!", None),
        ("list: [Int!]", "list: [Int!]!", None),
        ("text: String!", "text: String", None),
        (
            "gone: Int",
            "more: Int gone: Int",
            Some("safe       Query.more was added"),
        ),
        (
            "scalar Date",
            "scalar Date scalar Time",
            Some("safe       Time was added"),
        ),
        (
            "b: Thing",
            "b(id: ID): Thing",
            Some("dangerous  the argument id of Query.b was added"),
        ),
        (
            "only:",
            "more: Int! = 1 only:",
            Some("dangerous  the field more of Filter was added"),
        ),
        (
            "= 20",
            "= 50",
            Some("dangerous  the argument first of Query.a has another default"),
        ),
        // Only an enum in responses can have a value that a client does not know.
        ("LARGE", "LARGE HUGE", Some("safe       Kind.HUGE was added")),
        (
            "LONG",
            "LONG ENDLESS",
            Some("dangerous  Size.ENDLESS was added, which clients may be told"),
        ),
        ("| Query", "| Query | Node", Some("dangerous  Node was added to Any")),
        (
            "type Query {",
            "type Query implements Node {",
            Some("dangerous  Query implements Node"),
        ),
        (
            "b: Thing",
            "b: Thing @deprecated(reason: \"use a\")",
            Some("safe       Query.b is deprecated: use a"),
        ),
        (
            " @deprecated(reason: \"use b\")",
            "",
            Some("safe       Query.gone is not deprecated any more"),
        ),
        (
            "scalar Date",
            "scalar Date directive @new on FIELD",
            Some("safe       @new was added"),
        ),
    ] {
        assert_eq!(
            of(&[(from, to)]),
            says.into_iter().collect::<Vec<_>>(),
            "{from} -> {to}"
        );
    }
}

#[test]
fn what_extends_a_type_is_part_of_it_and_the_worst_stands_first() {
    let split = OLD.replace(" b: Thing", "") + "extend type Query { b: Thing }";
    assert_eq!(found(&split), [""; 0]);
    let many = of(&[("gone: Int", "more: Int"), ("LONG", "LONG ENDLESS")]);
    let effects: Vec<_> = many.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(effects, ["breaks", "dangerous", "safe"]);
}
