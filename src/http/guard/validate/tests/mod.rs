//! A valid and an invalid document for every rule.

mod fields;
mod overlap;
mod values;

use super::super::parse::parse;
use super::*;

const SDL: &str = "
    type Query {
        node(id: ID!): Node! nodes(ids: [ID!]!): [Node]! thing: Thing a(first: Int, filter: Filter): A b: B
        need(one: Int! = 1, two: Int!, any: JSON): Int
    }
    type Mutation { make(input: Make!): A }
    type Subscription { heard(id: ID): A }
    interface Node { id: ID! }
    union Thing = A | B
    enum Kind { SMALL LARGE }
    scalar JSON
    input Filter { kind: Kind kinds: [Kind!] text: String! = \"x\" not: Filter }
    input Make { name: String! filter: Filter one: One }
    input One @oneOf { text: String number: Int }
    type A implements Node { id: ID! name: String tags: [String!]! kind: Kind! b: B bs: [B!] size: Int }
    type B implements Node { id: ID! name: String! tags: [String]! status: Kind a: A size: String c: C }
    type C { id: ID! a: A }
    directive @skip(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
    directive @include(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
    directive @oneOf on INPUT_OBJECT
";

fn problems(text: &str) -> Vec<String> {
    let document = parse(text).unwrap_or_else(|problem| panic!("{text}: {}", problem.message));
    let found = validate(&Types::read(SDL), &Limits::default(), &document, true);
    found.into_iter().map(|problem| problem.message).collect()
}

fn assert_sound(texts: &[&str]) {
    for text in texts {
        assert_eq!(problems(text), [""; 0], "{text}");
    }
}

fn assert_broken(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(problems(text), [*expected], "{text}");
    }
}

#[test]
fn no_more_is_named_than_an_answer_has_room_for() {
    let text = format!("{{ {} }}", "nonsense ".repeat(100));
    assert_eq!(problems(&text).len(), Limits::default().errors);
    let text = format!(
        "{{ need(two: 1, any: 1) a(filter: {{ kinds: [{}] }}) {{ id }} }}",
        "X ".repeat(100)
    );
    assert_eq!(problems(&text).len(), Limits::default().errors);
}
