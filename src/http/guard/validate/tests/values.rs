//! Arguments, values and variables.

use super::*;

#[test]
fn arguments_and_values() {
    assert_sound(&[
        "{ need(two: 2, any: { a: [1, X] }) }",
        "{ a(filter: { kind: SMALL, kinds: LARGE, not: { text: \"\" } }) { id } need(one: 1, two: -2) }",
        "mutation { make(input: { name: \"\", one: { number: 1 }, filter: null }) { id } }",
    ]);
    assert_broken(&[
        ("{ need }", "need needs the argument two of the type Int!"),
        ("{ need(two: 1, two: 1) }", "need is given the argument two twice"),
        (
            "{ a(frist: 1) { id } }",
            "a has no argument \"frist\": did you mean first?",
        ),
        ("{ need(two: null) }", "need.two must be a Int!, not null"),
        (
            "{ need(two: \"2\") }",
            "need.two must be a whole number from -2147483648 to 2147483647",
        ),
        (
            "{ a(filter: { kind: \"SMALL\" }) { id } }",
            "a.filter.kind must be one of the names of Kind: write SMALL without quotes",
        ),
        (
            "{ a(filter: { kinds: [TINY] }) { id } }",
            "a.filter.kinds.0 must be one of the names of Kind: SMALL, LARGE",
        ),
        (
            "{ a(filter: { text: null }) { id } }",
            "a.filter.text must be a String!, not null",
        ),
        (
            "{ a(filter: { size: 1 }) { id } }",
            "a.filter has no field \"size\": its type is Filter",
        ),
        (
            "{ a(filter: { txt: \"\" }) { id } }",
            "a.filter has no field \"txt\": its type is Filter; did you mean text?",
        ),
        (
            "{ b @skp(if: true) { id } }",
            "there is no directive @skp: did you mean skip?",
        ),
        ("{ a(filter: 1) { id } }", "a.filter must be an object of type Filter"),
        (
            "mutation { make(input: {}) { id } }",
            "make.input.name is required: its type is String!",
        ),
        (
            "mutation { make(input: { name: \"\", one: {} }) { id } }",
            "make.input.one must have exactly one field, which is not null",
        ),
        (
            "mutation { make(input: { name: \"\", one: { text: \"\", number: 1 } }) { id } }",
            "make.input.one must have exactly one field, which is not null",
        ),
        (
            "mutation { make(input: { name: \"\", one: { text: null } }) { id } }",
            "make.input.one must have exactly one field, which is not null",
        ),
        // Also where it does not run.
        (
            "query A { b { id } } query B { need(two: X) }",
            "need.two must be a whole number from -2147483648 to 2147483647",
        ),
    ]);
}

#[test]
fn variables() {
    assert_sound(&[
        "query($a: ID!, $b: [ID!]!) { node(id: $a) { id } nodes(ids: $b) { id } }",
        "query($a: ID = 1) { node(id: $a) { id } }",
        "query($a: Int, $b: Int!) { need(one: $a, two: $b) }",
        "query($a: Int, $b: Kind!) { need(two: 1, any: { x: [$a], y: $b }) }",
        "query($a: ID!) { nodes(ids: [$a, 1]) { id } }",
        "query($a: String, $b: Filter) { a(filter: { text: $a, not: $b }) { id } }",
        "query A($a: Int!) { ...F } query B($a: Int! = 1) { ...F } fragment F on Query { ...G } fragment G on Query { need(two: $a) }",
        "query($x: Boolean!) { ...F } fragment F on Query { b { id @skip(if: $x) } }",
        "mutation($x: String!) { make(input: { name: \"\", one: { text: $x } }) { id } }",
    ]);
    assert_broken(&[
        ("{ node(id: $a) { id } }", "the variable $a is not declared"),
        ("query($a: ID!) { b { id } }", "the variable $a is never used"),
        (
            "query($a: ID!, $a: ID!) { node(id: $a) { id } }",
            "the variable $a is declared twice",
        ),
        (
            "query($a: Float) { need(two: 1, any: $a) }",
            "there is no type \"Float\"",
        ),
        (
            "query($a: A) { need(two: 1, any: $a) }",
            "the variable $a cannot be a A: that is no type of inputs",
        ),
        (
            "query($a: [Thing!]) { need(two: 1, any: $a) }",
            "the variable $a cannot be a [Thing!]: that is no type of inputs",
        ),
        (
            "query($a: ID) { node(id: $a) { id } }",
            "the variable $a is of the type ID: here ID! is needed",
        ),
        (
            "query($a: ID = null) { node(id: $a) { id } }",
            "the variable $a is of the type ID: here ID! is needed",
        ),
        (
            "query($a: String!) { node(id: $a) { id } }",
            "the variable $a is of the type String!: here ID! is needed",
        ),
        (
            "query($a: ID!) { nodes(ids: $a) { id } }",
            "the variable $a is of the type ID!: here [ID!]! is needed",
        ),
        (
            "query($a: [ID]!) { nodes(ids: $a) { id } }",
            "the variable $a is of the type [ID]!: here [ID!]! is needed",
        ),
        (
            "query($a: ID) { nodes(ids: [$a]) { id } }",
            "the variable $a is of the type ID: here ID! is needed",
        ),
        (
            "query($a: Kind!) { a(filter: { not: { kinds: $a } }) { id } }",
            "the variable $a is of the type Kind!: here [Kind!] is needed",
        ),
        (
            "query($a: Int = \"1\") { a(first: $a) { id } }",
            "$a must be a whole number from -2147483648 to 2147483647",
        ),
        (
            "query($a: Kind = \"SMALL\") { a(filter: { kind: $a }) { id } }",
            "$a must be one of the names of Kind: write SMALL without quotes",
        ),
        (
            "query($a: Boolean) { b { id @skip(if: $a) } }",
            "the variable $a is of the type Boolean: here Boolean! is needed",
        ),
        (
            "query A($a: Int!) { ...F } query B { ...F } fragment F on Query { need(two: $a) }",
            "the variable $a is not declared",
        ),
        (
            "mutation($x: String = \"\") { make(input: { name: \"\", one: { text: $x } }) { id } }",
            "the variable $x is of the type String and could be null, but the field of One cannot",
        ),
    ]);
}
