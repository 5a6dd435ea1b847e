//! Fields of one place that cannot be merged.

use super::*;

#[test]
fn fields_that_overlap() {
    let conflict = |key: &str, reason: &str| format!("fields {key} conflict, because {reason}: use different aliases");
    assert_sound(&[
        "{ a { id x: name x: name } a { x: name } }",
        "{ a(first: 1, filter: { kind: SMALL, not: {} }) { id } a(filter: { not: {}, kind: SMALL }, first: 1) { name } }",
        "query($n: Int) { a(first: $n) { id } a(first: $n) { name } }",
        "{ node(id: 1) { ... on A { x: id } ... on B { x: id } } }",
        // Different fields, different arguments, one shape, never of one object.
        "{ node(id: 1) { ... on A { x: kind } ... on A { x: kind } ... on B { y: status } } }",
        "{ node(id: 1) { ... on A { x: b { id } } ... on B { x: a { id } } } }",
        "{ node(id: 1) { ... on A { x: b { y: id } } ... on B { x: c { y: id } } } }",
        "{ node(id: 1) { ... on A { x: __typename } ... on B { x: id } } }",
        "{ thing { ... on A { tags } ... on B { x: tags } } }",
        "{ a { ...F ...F ... on A { ...F } } } fragment F on A { b { ...G } } fragment G on B { a { b { id } } }",
    ]);
    for (text, key, reason) in [
        (
            "{ a { x: id x: name } }",
            "x",
            "they return the conflicting types ID! and String",
        ),
        (
            "{ a { x: size x: size } b { x: name x: id } }",
            "x",
            "they return the conflicting types String! and ID!",
        ),
        (
            "{ node(id: 1) { id } node(id: 2) { id } }",
            "node",
            "they have differing arguments",
        ),
        ("{ a(first: 1) { id } a { id } }", "a", "they have differing arguments"),
        (
            "query($n: Int, $m: Int) { a(first: $n) { id } a(first: $m) { id } }",
            "a",
            "they have differing arguments",
        ),
        (
            "{ a { id } ...F } fragment F on Query { a(first: 1) { id } }",
            "a",
            "they have differing arguments",
        ),
        (
            "{ a { x: id } ... { a { x: b { id } } } }",
            "x",
            "they return the conflicting types ID! and B",
        ),
        // Never of one object, and yet of one shape.
        (
            "{ node(id: 1) { ... on A { x: name } ... on B { x: name } } }",
            "x",
            "they return the conflicting types String and String!",
        ),
        (
            "{ node(id: 1) { ... on A { tags } ... on B { tags } } }",
            "tags",
            "they return the conflicting types [String!]! and [String]!",
        ),
        (
            "{ node(id: 1) { ... on A { x: size } ... on B { x: size } } }",
            "x",
            "they return the conflicting types Int and String",
        ),
        (
            "{ node(id: 1) { ... on A { x: b { id } } ... on B { x: name } } }",
            "x",
            "they return the conflicting types B and String!",
        ),
        (
            "{ node(id: 1) { ... on A { x: bs { id } } ... on B { x: a { id } } } }",
            "x",
            "they return the conflicting types [B!] and A",
        ),
        (
            "{ node(id: 1) { ... on A { x: b { y: name } } ... on B { x: a { y: name } } } }",
            "y",
            "they return the conflicting types String! and String",
        ),
        // One of them may be of any object.
        (
            "{ node(id: 1) { x: id ... on A { x: kind } } }",
            "x",
            "they return the conflicting types ID! and Kind!",
        ),
        (
            "{ thing { ... on Node { x: id } ... on A { x: __typename } } }",
            "x",
            "id and __typename are different fields",
        ),
    ] {
        assert_eq!(problems(text)[0], conflict(key, reason), "{text}");
    }
    // One shape, but two fields or two arguments of what may be one object.
    for (text, key, reason) in [
        (
            "{ b { c { x: a { id } } c { x: a { y: id } } } a { b { x: name } b { x: name y: id } } y: a { id } y: b { id } }",
            "y",
            "a and b are different fields",
        ),
        (
            "{ node(id: 1) { x: id ... on A { ... on Node { x: id } } } x: node(id: 1) { id } x: node(id: 2) { id } }",
            "x",
            "they have differing arguments",
        ),
    ] {
        assert_eq!(problems(text), [conflict(key, reason)], "{text}");
    }
}

#[test]
fn however_fragments_are_nested_it_takes_little_time() {
    // Every level selects the same twice under the same key, and once more by a fragment.
    let mut text = "{ a { ...F0 } a { ...F0 } } ".to_owned();
    for level in 0..9 {
        let next = level + 1;
        text.push_str(&format!(
            "fragment F{level} on A {{ b {{ a {{ ...F{next} }} }} b {{ a {{ id }} }} }} "
        ));
    }
    text.push_str("fragment F9 on A { id name }");
    assert_sound(&[text.as_str()]);
    // Selections of two types at every level.
    let nested = |levels: usize| {
        let open = "... on A { x: b { id } } ... on B { x: a { id } } ... on Node { id } ".repeat(levels);
        format!("{{ node(id: 1) {{ {open} }} }}")
    };
    assert_sound(&[nested(50).as_str()]);
}
