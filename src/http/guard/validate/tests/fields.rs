//! Fields, fragments, directives and subscriptions.

use super::*;

#[test]
fn fields_and_leaves() {
    assert_sound(&[
        "{ __typename __schema { types { name } } __type(name: \"A\") { fields(includeDeprecated: true) { name } } }",
        "{ thing { __typename ... on Node { id } } nodes(ids: \"1\") { id } }",
    ]);
    assert_broken(&[
        ("{ nonsense }", "the type Query has no field \"nonsense\""),
        ("{ a { nam } }", "the type A has no field \"nam\": did you mean name?"),
        ("{ thing { id } }", "the type Thing has no field \"id\""),
        (
            "{ a { __schema { types { name } } } }",
            "the type A has no field \"__schema\"",
        ),
        ("{ a }", "a is of the type A: say which of its fields to select"),
        (
            "{ a { id { x } } }",
            "id is of the type ID!, of which nothing can be selected",
        ),
    ]);
}

#[test]
fn fragments() {
    assert_sound(&[
        "{ a { ...F } } fragment F on A { id ...G } fragment G on Node { id ... on B { size } }",
        "{ node(id: 1) { ... on Thing { __typename } ... { id } ... on A { id } } }",
    ]);
    assert_broken(&[
        ("{ a { ...F } }", "there is no fragment \"F\""),
        ("{ a { id } } fragment F on A { id }", "the fragment F is never used"),
        ("{ a { id ... on B { id } } }", "the type A is never B"),
        ("{ a { id ...F } } fragment F on B { id }", "the type A is never B"),
        ("{ thing { ... on C { id } } }", "the type Thing is never C"),
        ("{ a { ... on Kind { id } } }", "nothing can be selected of a Kind"),
        (
            "{ a { ... on Nod { id } } }",
            "there is no type \"Nod\": did you mean Node?",
        ),
        ("{ a { ... on Filter { id } } }", "nothing can be selected of a Filter"),
        (
            "{ ...F } fragment F on __Everything { __typename }",
            "there is no type \"__Everything\"",
        ),
    ]);
}

#[test]
fn directives() {
    assert_sound(&[
        "query($x: Boolean!) { b @skip(if: $x) @include(if: true) { id } ... @skip(if: false) { b { id } } ...F @include(if: $x) } \
         fragment F on Query { b { id } }",
    ]);
    assert_broken(&[
        ("{ b @deprecated { id } }", "there is no directive @deprecated"),
        ("{ b @oneOf { id } }", "the directive @oneOf may not stand here"),
        (
            "query @skip(if: true) { b { id } }",
            "the directive @skip may not stand here",
        ),
        (
            "{ ...F } fragment F on Query @skip(if: true) { b { id } }",
            "the directive @skip may not stand here",
        ),
        ("{ b @skip { id } }", "@skip needs the argument if of the type Boolean!"),
        (
            "{ b @skip(if: true) @skip(if: true) { id } }",
            "the directive @skip stands here twice",
        ),
        ("{ b @skip(if: 1) { id } }", "@skip.if must be true or false"),
        (
            "{ b @skip(if: true, unless: true) { id } }",
            "@skip has no argument \"unless\"",
        ),
        (
            "query($x: ID! @skip(if: true)) { node(id: $x) { id } }",
            "the directive @skip may not stand here",
        ),
    ]);
}

#[test]
fn subscriptions() {
    assert_sound(&[
        "subscription { heard { id } heard { name } ...F } fragment F on Subscription { heard { kind } }",
        "subscription { heard { id } b: heard @skip(if: true) { id } }",
    ]);
    assert_broken(&[
        (
            "subscription { heard { id } b: heard { id } }",
            "a subscription must select one field, and no more",
        ),
        (
            "subscription { __typename }",
            "a subscription must select a field of its own",
        ),
    ]);
}
