//! A sound and a broken document for every rule.

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
