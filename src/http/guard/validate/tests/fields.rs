//! Fields, fragments, directives and subscriptions.

use super::*;

#[test]
fn fields_and_leaves() {
    assert_sound(&[
        "{ __typename __schema { types { name } } __type(name: \"A\") { fields(includeDeprecated: true) { name } } }",
        "{ thing { __typename ... on Node { id } } nodes(ids: \"1\") { id } }",
    ]);
    assert_broken(&[
        ("{ nonsense }", "cannot query field \"nonsense\" on type \"Query\""),
        (
            "{ a { nam } }",
            "cannot query field \"nam\" on type \"A\": did you mean name?",
        ),
        ("{ thing { id } }", "cannot query field \"id\" on type \"Thing\""),
        (
            "{ a { __schema { types { name } } } }",
            "cannot query field \"__schema\" on type \"A\"",
        ),
        ("{ a }", "field \"a\" of type A must have a selection of subfields"),
        (
            "{ a { id { x } } }",
            "field \"id\" must not have a selection, since type ID! has no subfields",
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
        ("{ a { ...F } }", "unknown fragment \"F\""),
        ("{ a { id } } fragment F on A { id }", "the fragment F is never used"),
        (
            "{ a { id ... on B { id } } }",
            "this fragment can never be spread here: objects of type A are never of type B",
        ),
        (
            "{ a { id ...F } } fragment F on B { id }",
            "this fragment can never be spread here: objects of type A are never of type B",
        ),
        (
            "{ thing { ... on C { id } } }",
            "this fragment can never be spread here: objects of type Thing are never of type C",
        ),
        (
            "{ a { ... on Kind { id } } }",
            "a fragment cannot have the non-composite type Kind",
        ),
        (
            "{ a { ... on Nod { id } } }",
            "there is no type \"Nod\": did you mean Node?",
        ),
        (
            "{ a { ... on Filter { id } } }",
            "a fragment cannot have the non-composite type Filter",
        ),
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
        ("{ b @deprecated { id } }", "unknown directive @deprecated"),
        ("{ b @oneOf { id } }", "directive @oneOf may not be used here"),
        (
            "query @skip(if: true) { b { id } }",
            "directive @skip may not be used here",
        ),
        (
            "{ ...F } fragment F on Query @skip(if: true) { b { id } }",
            "directive @skip may not be used here",
        ),
        (
            "{ b @skip { id } }",
            "argument if of type Boolean! is required on @skip, but was not given",
        ),
        (
            "{ b @skip(if: true) @skip(if: true) { id } }",
            "directive @skip may be used only once here",
        ),
        ("{ b @skip(if: 1) { id } }", "@skip.if must be true or false"),
        (
            "{ b @skip(if: true, unless: true) { id } }",
            "unknown argument \"unless\" on @skip",
        ),
        (
            "query($x: ID! @skip(if: true)) { node(id: $x) { id } }",
            "directive @skip may not be used here",
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
            "a subscription must select only one top-level field",
        ),
        (
            "subscription { __typename }",
            "a subscription must not select an introspection field",
        ),
    ]);
}
