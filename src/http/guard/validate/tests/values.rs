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
        (
            "{ need }",
            "argument two of type Int! is required on need, but was not given",
        ),
        ("{ need(two: 1, two: 1) }", "there can be only one argument two on need"),
        (
            "{ a(frist: 1) { id } }",
            "unknown argument \"frist\" on a: did you mean first?",
        ),
        ("{ need(two: null) }", "need.two must be a Int!, not null"),
        (
            "{ need(two: \"2\") }",
            "need.two must be a whole number from -2147483648 to 2147483647",
        ),
        (
            "{ a(filter: { kind: \"SMALL\" }) { id } }",
            "a.filter.kind must be a value of the enum Kind: write SMALL without quotes",
        ),
        (
            "{ a(filter: { kinds: [TINY] }) { id } }",
            "a.filter.kinds.0 must be a value of the enum Kind: SMALL, LARGE",
        ),
        (
            "{ a(filter: { text: null }) { id } }",
            "a.filter.text must be a String!, not null",
        ),
        (
            "{ a(filter: { size: 1 }) { id } }",
            "a.filter field \"size\" is not defined by type Filter",
        ),
        (
            "{ a(filter: { txt: \"\" }) { id } }",
            "a.filter field \"txt\" is not defined by type Filter; did you mean text?",
        ),
        (
            "{ b @skp(if: true) { id } }",
            "unknown directive @skp: did you mean skip?",
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
        ("{ node(id: $a) { id } }", "variable $a is not defined"),
        ("query($a: ID!) { b { id } }", "variable $a is never used"),
        (
            "query($a: ID!, $a: ID!) { node(id: $a) { id } }",
            "there can be only one variable named $a",
        ),
        (
            "query($a: Float) { need(two: 1, any: $a) }",
            "there is no type \"Float\"",
        ),
        (
            "query($a: A) { need(two: 1, any: $a) }",
            "variable $a cannot have the non-input type A",
        ),
        (
            "query($a: [Thing!]) { need(two: 1, any: $a) }",
            "variable $a cannot have the non-input type [Thing!]",
        ),
        (
            "query($a: ID) { node(id: $a) { id } }",
            "variable $a of type ID is used where ID! is expected",
        ),
        (
            "query($a: ID = null) { node(id: $a) { id } }",
            "variable $a of type ID is used where ID! is expected",
        ),
        (
            "query($a: String!) { node(id: $a) { id } }",
            "variable $a of type String! is used where ID! is expected",
        ),
        (
            "query($a: ID!) { nodes(ids: $a) { id } }",
            "variable $a of type ID! is used where [ID!]! is expected",
        ),
        (
            "query($a: [ID]!) { nodes(ids: $a) { id } }",
            "variable $a of type [ID]! is used where [ID!]! is expected",
        ),
        (
            "query($a: ID) { nodes(ids: [$a]) { id } }",
            "variable $a of type ID is used where ID! is expected",
        ),
        (
            "query($a: Kind!) { a(filter: { not: { kinds: $a } }) { id } }",
            "variable $a of type Kind! is used where [Kind!] is expected",
        ),
        (
            "query($a: Int = \"1\") { a(first: $a) { id } }",
            "$a must be a whole number from -2147483648 to 2147483647",
        ),
        (
            "query($a: Kind = \"SMALL\") { a(filter: { kind: $a }) { id } }",
            "$a must be a value of the enum Kind: write SMALL without quotes",
        ),
        (
            "query($a: Boolean) { b { id @skip(if: $a) } }",
            "variable $a of type Boolean is used where Boolean! is expected",
        ),
        (
            "query A($a: Int!) { ...F } query B { ...F } fragment F on Query { need(two: $a) }",
            "variable $a is not defined",
        ),
        (
            "mutation($x: String = \"\") { make(input: { name: \"\", one: { text: $x } }) { id } }",
            "variable $x of type String can be null, but the field of One cannot",
        ),
    ]);
}
