//! Texts that are GraphQL documents, and texts that are not.

use super::*;

#[test]
fn what_is_graphql_is_read() {
    for text in [
        "{a}",
        "\u{feff}query,Q # query\r\n{a:b}",
        "query Q($a:[ ID ! ] !){a}",
        "query($a: [ID!]! = [\"1\" 2] @a(b: 1), $b: Int) @c { a }",
        "\"what it is\" query Q(\"\"\"a\"\"\" $a: ID) { a } \"what\" fragment F on A { a }",
        "{ ... { a } ...@a { a } ... on A { a } ...on#\nA{a} ...F ...onward @a }",
        "fragment query on on { on } query fragment { query mutation subscription fragment type null true }",
        "{ a(b: nullable c: trueish d: falsehood e: null f: $null) }",
        "{ a(b: [], c: {}, d: -0, e: 1.5e+3, f: 0.0E-1, g: [1-2]) }",
        r#"{ a(b: "", c: """""", d: "\u{1F600}\uD83D\uDE00\/", e: """a\"""b""", f: "a#b") }"#,
    ] {
        if let Err(problem) = parse(text) {
            panic!("{text}: {}", problem.message);
        }
    }
}

#[test]
fn what_is_no_graphql_is_not() {
    for (text, message) in [
        ("", "an operation or a fragment is expected, not the end"),
        ("# nothing", "an operation or a fragment is expected, not the end"),
        ("queryQ { a }", "an operation or a fragment is expected, not \"queryQ\""),
        (
            "type A { a: Int }",
            "an operation or a fragment is expected, not \"type\"",
        ),
        ("\"what\" { a }", "an operation or a fragment is expected, not \"{\""),
        ("fragment F on A { a }", "it has no operation"),
        (
            "fragment on on A { a } { a }",
            "the fragment's name is expected, not \"on\"",
        ),
        ("fragment F { a } { a }", "\"on\" is expected, not \"{\""),
        ("query { }", "a name is expected, not \"}\""),
        ("{ a() }", "a name is expected, not \")\""),
        ("query() { a }", "\"$\" is expected, not \")\""),
        ("query($a: $b) { a }", "a name is expected, not \"$\""),
        ("query($a: Int = $b) { a }", "a value is expected, not \"$\""),
        ("query($a: Int @a(b: $c)) { a }", "a value is expected, not \"$\""),
        ("{ a(b: [1) }", "a value is expected, not \")\""),
        ("{ a(b: 01) }", "unexpected '1'"),
        ("{ a(b: 1.) }", "unexpected ')'"),
        ("{ a(b: 1a) }", "unexpected 'a'"),
        ("{ a(b: 1.5.5) }", "unexpected '.'"),
        ("{ a(b: +1) }", "unexpected '+'"),
        ("{ a(b: 1e) }", "unexpected ')'"),
        ("{ a(b: -) }", "unexpected ')'"),
        ("{ .. a }", "unexpected '.'"),
        ("{ é }", "unexpected 'é'"),
        ("{ a(b: \"a\nb\") }", "unterminated string"),
        ("{ a(b: \"\"\"a\") }", "unterminated string"),
        (r#"{ a(b: "\x") }"#, r"unexpected '\\'"),
        (r#"{ a(b: "\uD83D") }"#, r"unexpected '\\'"),
        ("{ a } }", "an operation or a fragment is expected, not \"}\""),
        ("{ a", "a name is expected, not the end"),
    ] {
        let problem = parse(text).expect_err(text);
        assert_eq!(problem.code, "GRAPHQL_PARSE_FAILED", "{text}");
        assert_eq!(
            problem.message,
            format!("the document is not GraphQL: {message}"),
            "{text}"
        );
    }
}

#[test]
fn names_are_given_once() {
    for (text, message) in [
        ("{ a } { b }", "an operation without a name must be the only one"),
        (
            "{ a } query Q { b }",
            "an operation without a name must be the only one",
        ),
        (
            "query Q { b } { a }",
            "an operation without a name must be the only one",
        ),
        ("query Q { a } mutation Q { a }", "there are two operations Q"),
        (
            "{ ...F } fragment F on A { a } fragment F on A { a }",
            "there are two fragments F",
        ),
        (
            "{ a(b: { c: 1, d: 2, c: 3 }) }",
            "there can be only one input field named c",
        ),
        (
            "query($a: A = { b: { c: 1, c: 1 } }) { a }",
            "there can be only one input field named c",
        ),
    ] {
        let problem = parse(text).expect_err(text);
        assert_eq!(
            (problem.code, problem.message.as_str()),
            ("GRAPHQL_VALIDATION_FAILED", message),
            "{text}"
        );
    }
    // Syntax errors are reported first.
    assert_eq!(parse("{ a } { b } {").expect_err("no end").code, "GRAPHQL_PARSE_FAILED");
}

#[test]
fn places_are_lines_and_columns() {
    let document = parse("{\r\n  é: a }").expect_err("é is no name");
    assert_eq!(document.position, Some(Pos { line: 2, column: 3 }));
    let document = parse("query Q {\n a\r b(c: \"😀\" d: $e) }").unwrap();
    let (_, operation) = document.operations.iter().next().unwrap();
    let items = &operation.node.selection_set.node.items;
    assert_eq!(items[1].pos, Pos { line: 3, column: 2 });
    let Selection::Field(field) = &items[1].node else {
        panic!()
    };
    assert_eq!(field.node.arguments[1].1.pos, Pos { line: 3, column: 14 });
}

#[test]
fn numbers_that_would_change_are_refused() {
    for number in ["1e999", "18446744073709551617", "0.12345678901234567890"] {
        let problem = parse(&format!("{{ a(b: [{{ c: {number} }}]) }}")).expect_err(number);
        assert_eq!(problem.code, "GRAPHQL_VALIDATION_FAILED", "{number}");
        assert!(problem.message.contains(number), "{}", problem.message);
    }
}
