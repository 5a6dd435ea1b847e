//! Fields of one place that cannot be merged.

use super::*;

#[test]
fn fields_that_overlap() {
    let conflict = |key: &str, reason: &str| {
        format!("two fields of this place are called {key}, but {reason}: give one of them another alias")
    };
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
            "one is of the type ID!, the other of String",
        ),
        (
            "{ a { x: size x: size } b { x: name x: id } }",
            "x",
            "one is of the type String!, the other of ID!",
        ),
        (
            "{ node(id: 1) { id } node(id: 2) { id } }",
            "node",
            "their arguments differ",
        ),
        ("{ a(first: 1) { id } a { id } }", "a", "their arguments differ"),
        (
            "query($n: Int, $m: Int) { a(first: $n) { id } a(first: $m) { id } }",
            "a",
            "their arguments differ",
        ),
        (
            "{ a { id } ...F } fragment F on Query { a(first: 1) { id } }",
            "a",
            "their arguments differ",
        ),
        (
            "{ a { x: id } ... { a { x: b { id } } } }",
            "x",
            "one is of the type ID!, the other of B",
        ),
        // Never of one object, and yet of one shape.
        (
            "{ node(id: 1) { ... on A { x: name } ... on B { x: name } } }",
            "x",
            "one is of the type String, the other of String!",
        ),
        (
            "{ node(id: 1) { ... on A { tags } ... on B { tags } } }",
            "tags",
            "one is of the type [String!]!, the other of [String]!",
        ),
        (
            "{ node(id: 1) { ... on A { x: size } ... on B { x: size } } }",
            "x",
            "one is of the type Int, the other of String",
        ),
        (
            "{ node(id: 1) { ... on A { x: b { id } } ... on B { x: name } } }",
            "x",
            "one is of the type B, the other of String!",
        ),
        (
            "{ node(id: 1) { ... on A { x: bs { id } } ... on B { x: a { id } } } }",
            "x",
            "one is of the type [B!], the other of A",
        ),
        (
            "{ node(id: 1) { ... on A { x: b { y: name } } ... on B { x: a { y: name } } } }",
            "y",
            "one is of the type String!, the other of String",
        ),
        // One of them may be of any object.
        (
            "{ node(id: 1) { x: id ... on A { x: kind } } }",
            "x",
            "one is of the type ID!, the other of Kind!",
        ),
        (
            "{ thing { ... on Node { x: id } ... on A { x: __typename } } }",
            "x",
            "one is id, the other __typename",
        ),
    ] {
        assert_eq!(problems(text)[0], conflict(key, reason), "{text}");
    }
    // One shape, but two fields or two arguments of what may be one object.
    for (text, key, reason) in [
        (
            "{ b { c { x: a { id } } c { x: a { y: id } } } a { b { x: name } b { x: name y: id } } y: a { id } y: b { id } }",
            "y",
            "one is a, the other b",
        ),
        (
            "{ node(id: 1) { x: id ... on A { ... on Node { x: id } } } x: node(id: 1) { id } x: node(id: 2) { id } }",
            "x",
            "their arguments differ",
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
