//! The published schema is the program's, whole and described.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

#[test]
fn schema_graphql_is_current() {
    let published = include_str!("../../schema.graphql");
    assert_eq!(
        published,
        tributary::graphql::sdl(),
        "refresh it: cargo run -- schema > schema.graphql"
    );
}

/// Who reads "deprecated" is told what to do, and by when.
#[test]
fn what_is_deprecated_says_what_to_use_and_until_when() {
    let sdl = tributary::graphql::sdl();
    let reasons = sdl
        .split("@deprecated")
        .skip(1)
        .filter(|rest| !rest.starts_with("(reason: String"));
    for reason in reasons.filter_map(|rest| rest.lines().next()) {
        let (advice, date) = reason
            .split_once("may be gone from ")
            .unwrap_or_else(|| panic!("no date: {reason}"));
        assert!(advice.starts_with("(reason: \"use "), "{reason}");
        assert!(
            chrono::NaiveDate::parse_from_str(&date[..10], "%Y-%m-%d").is_ok(),
            "{reason}"
        );
    }
}

#[test]
fn every_scalar_says_where_its_form_is_specified() {
    let schema = parse_schema(include_str!("../../schema.graphql")).expect("the published schema");
    let mut scalars = Vec::new();
    for definition in schema.definitions {
        if let TypeSystemDefinition::Type(definition) = definition
            && matches!(definition.node.kind, TypeKind::Scalar)
        {
            let directives = &definition.node.directives;
            let url = directives
                .iter()
                .find(|directive| directive.node.name.node == "specifiedBy")
                .and_then(|directive| directive.node.arguments.first())
                .map(|(_, url)| url.node.to_string());
            scalars.push((definition.node.name.node.to_string(), url));
        }
    }
    // Federation's own scalar: what it takes is said by the fields of the schema.
    let unspecified = scalars
        .iter()
        .filter(|(_, url)| url.is_none())
        .map(|(name, _)| name.as_str());
    assert_eq!(unspecified.collect::<Vec<_>>(), ["_Any"]);
    for (name, url) in scalars.iter().filter_map(|(name, url)| Some((name, url.as_ref()?))) {
        assert!(url.starts_with("\"https://"), "{name}: {url}");
    }
    assert_eq!(scalars.len(), 6);
}

#[test]
fn every_element_of_the_schema_is_described() {
    let sdl = tributary::graphql::sdl();
    let mut bare = Vec::new();
    for definition in parse_schema(&sdl).expect("the exporter writes valid SDL").definitions {
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let (name, definition) = (definition.node.name.node.to_string(), definition.node);
        if definition.description.is_none() {
            bare.push(name.clone());
        }
        let mut check = |member: &str, described: bool| {
            if !described {
                bare.push(format!("{name}.{member}"));
            }
        };
        let fields = match definition.kind {
            TypeKind::Object(object) => object.fields,
            TypeKind::Interface(interface) => interface.fields,
            TypeKind::InputObject(input) => {
                for field in input.fields {
                    check(&field.node.name.node, field.node.description.is_some());
                }
                continue;
            }
            TypeKind::Enum(values) => {
                for value in values.values {
                    check(&value.node.value.node, value.node.description.is_some());
                }
                continue;
            }
            TypeKind::Scalar | TypeKind::Union(_) => continue,
        };
        for field in fields {
            check(&field.node.name.node, field.node.description.is_some());
            for argument in field.node.arguments {
                let path = format!("{}({})", field.node.name.node, argument.node.name.node);
                check(&path, argument.node.description.is_some());
            }
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}

/// 7.1 to 7.2.1 leave failed fields out of answers; a plain `cargo update` must not bring them in unseen.
#[test]
fn async_graphql_is_pinned_in_all_its_parts() {
    let lock = include_str!("../../Cargo.lock");
    for part in ["", "-derive", "-parser", "-value"] {
        let entry = format!("name = \"async-graphql{part}\"\nversion = \"7.0.19\"");
        assert!(lock.contains(&entry), "async-graphql{part} is not 7.0.19 in Cargo.lock");
    }
}
