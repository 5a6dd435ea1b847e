//! How documents are merged.

use super::super::parse::parse;
use super::*;

const SDL: &str = "
    type Query { node: Node thing: Thing a: A b: B }
    type Mutation { make(n: Int): A }
    interface Node { id: ID! friend: Node near: A }
    interface Named { name: String }
    union Thing = A | B
    type A implements Node & Named { id: ID! friend: Node near: A name: String one: Int b: B list(n: Int): [A!]! }
    type B implements Node & Named { id: ID! friend: Node near: A name: String two: Int a: A }
    type C implements Node { id: ID! friend: Node near: A three: Int }
";

fn try_merge(text: &str, limits: &Limits) -> Result<Merged, DocumentProblem> {
    let document = parse(text).unwrap();
    let (_, operation) = document.operations.iter().next().unwrap();
    let mut variables = Variables::default();
    variables.insert(Name::new("yes"), Constant::Boolean(true));
    variables.insert(Name::new("no"), Constant::Boolean(false));
    merge(&Types::read(SDL), limits, &document, operation, &variables)
}

/// The merged selections of a document, as text.
fn merged(text: &str) -> String {
    let merged = try_merge(text, &Limits::default()).unwrap();
    assert!(merged.document.fragments.is_empty());
    let (_, operation) = merged.document.operations.iter().next().unwrap();
    write(&operation.node.selection_set.node)
}

fn write(set: &SelectionSet) -> String {
    let items = set.items.iter().map(|selection| match &selection.node {
        Selection::Field(field) => {
            let field = &field.node;
            assert!(field.directives.is_empty());
            let alias = field.alias.as_ref().map(|alias| format!("{}: ", alias.node));
            let arguments: Vec<_> = field
                .arguments
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            let arguments = match arguments.is_empty() {
                true => String::new(),
                false => format!("({})", arguments.join(", ")),
            };
            let below = match field.selection_set.node.items.is_empty() {
                true => String::new(),
                false => format!(" {}", write(&field.selection_set.node)),
            };
            format!("{}{}{arguments}{below}", alias.unwrap_or_default(), field.name.node)
        }
        Selection::InlineFragment(fragment) => {
            let on = fragment
                .node
                .type_condition
                .as_ref()
                .map(|condition| &condition.node.on.node);
            format!("... on {} {}", on.unwrap(), write(&fragment.node.selection_set.node))
        }
        Selection::FragmentSpread(_) => panic!("a spread is left"),
    });
    format!("{{ {} }}", items.collect::<Vec<_>>().join(" "))
}

#[test]
fn equal_keys_become_one_field_at_their_first_place() {
    for (text, expected) in [
        ("{ a { id } }", "{ a { id } }"),
        ("{ a { id } b { id } a { name id } }", "{ a { id name } b { id } }"),
        (
            "{ a { b { two } } a { one b { two name } } }",
            "{ a { b { two name } one } }",
        ),
        (
            "{ a { x: list(n: 1) { id } x: list(n: 1) { one } } }",
            "{ a { x: list(n: 1) { id one } } }",
        ),
        ("{ a { x: one x: one one } }", "{ a { x: one one } }"),
        (
            "mutation { make(n: 1) { id } ...F make(n: 1) { b { id } } } fragment F on Mutation { make(n: 1) { one } }",
            "{ make(n: 1) { id one b { id } } }",
        ),
        (
            "{ a { ...F id } ...G } fragment F on A { one ... on Node { near { id } } } fragment G on Query { a { near { one ...F } } }",
            "{ a { one near { id one near { id } } id } }",
        ),
        (
            "{ __schema { types { name } } __schema { types { kind name } } __typename __typename }",
            "{ __schema { types { name kind } } __typename }",
        ),
        (
            "{ __type(name: \"A\") { ... on __Type { fields { name } } fields { args { name } } } }",
            "{ __type(name: \"A\") { fields { name args { name } } } }",
        ),
    ] {
        assert_eq!(merged(text), expected, "{text}");
    }
}

#[test]
fn conditions_are_folded_away_where_the_type_is_known() {
    for (text, expected) in [
        (
            "{ a { ... { id } ... on A { one } ... on Node { near { id } } ... on Named { name } ... on Thing { __typename } } }",
            "{ a { id one near { id } name __typename } }",
        ),
        ("{ a { ... on Node { ... on B { two } } id } }", "{ a { id } }"),
        (
            "{ node { ... on Node { id } ... on Node { id near { id } } } }",
            "{ node { id near { id } } }",
        ),
        (
            "{ thing { ... on Node { id } __typename } }",
            "{ thing { id __typename } }",
        ),
    ] {
        assert_eq!(merged(text), expected, "{text}");
    }
}

#[test]
fn directives_are_obeyed() {
    for (text, expected) in [
        (
            "{ a @skip(if: true) { id } b @include(if: true) { id } }",
            "{ b { id } }",
        ),
        (
            "{ a @skip(if: $yes) { id } b @skip(if: $no) @include(if: $yes) { id } }",
            "{ b { id } }",
        ),
        ("{ a @include(if: $no) { id } a { one } }", "{ a { one } }"),
        (
            "{ a { ... @include(if: $no) { id } ...F @skip(if: $yes) } } fragment F on A { one }",
            "{ a }",
        ),
        ("{ a { id @skip(if: $no) @include(if: $no) one } }", "{ a { one } }"),
    ] {
        assert_eq!(merged(text), expected, "{text}");
    }
    for (text, varies) in [
        ("{ a { id @skip(if: $no) } }", true),
        ("{ a { id @skip(if: true) } }", false),
        ("{ a { list(n: $n) { id } } }", false),
        ("{ a @skip(if: true) { id @skip(if: $no) } }", false),
    ] {
        assert_eq!(try_merge(text, &Limits::default()).unwrap().varies, varies, "{text}");
    }
}

#[test]
fn each_type_of_objects_has_every_key_once() {
    for (text, expected) in [
        (
            "{ node { id ... on A { one } ... on B { two } } }",
            "{ node { id ... on A { one } ... on B { two } } }",
        ),
        (
            "{ node { ... on A { one } ... on Node { id } ... on A { name b { id } } } }",
            "{ node { ... on A { one } id ... on A { name b { id } } } }",
        ),
        // A field of all types comes first: nothing is added for A.
        (
            "{ node { id ... on A { id one } } }",
            "{ node { id ... on A { one } } }",
        ),
        // The field comes later: for A it is in another place than for the others.
        (
            "{ node { ... on A { id one } id } }",
            "{ node { ... on A { id one } ... on B { id } ... on C { id } } }",
        ),
        (
            "{ node { ... on Named { name } ... on B { two name } id } }",
            "{ node { ... on A { name } ... on B { name two } id } }",
        ),
        (
            "{ node { near { id } ... on B { near { one } } } }",
            "{ node { ... on A { near { id } } ... on B { near { id one } } ... on C { near { id } } } }",
        ),
        (
            "{ node { ... on A { friend { id } } ... on Node { friend { ... on B { two } id } } } }",
            "{ node { ... on A { friend { id ... on B { two } } } ... on B { friend { ... on B { two } id } } \
          ... on C { friend { ... on B { two } id } } } }",
        ),
        (
            "{ thing { ... on A { x: id } ... on B { x: name } __typename } }",
            "{ thing { ... on A { x: id } ... on B { x: name } __typename } }",
        ),
    ] {
        assert_eq!(merged(text), expected, "{text}");
    }
}

#[test]
fn what_comes_of_conditions_that_overlap_is_bounded() {
    let nested = |levels: usize| {
        let (open, close) = (
            "friend { ... on A { near { id } } near { one } ".repeat(levels),
            "}".repeat(levels),
        );
        format!("{{ node {{ {open} id {close} }} }}")
    };
    assert!(try_merge(&nested(10), &Limits::default()).is_ok());
    // Here every level is merged for three types separately.
    let nested = |levels: usize| {
        let open = "... on A { friend { id } } friend { ".repeat(levels);
        format!("{{ node {{ {open} id {} }} }}", "}".repeat(levels))
    };
    assert!(try_merge(&nested(3), &Limits::default()).is_ok());
    let refused = try_merge(&nested(20), &Limits::default()).err().expect("too many");
    assert_eq!(refused.code, "QUERY_TOO_COMPLEX");
}
