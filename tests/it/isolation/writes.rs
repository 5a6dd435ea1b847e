//! Who may change what, and what the ids of others do in the inputs of mutations.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::programme::{BY_PARTNERS, LEDGER, Programme, ids_in, made_by, unknown};
use crate::support::{Sdl, both_databases};

#[test]
fn there_is_an_input_for_every_mutation() {
    // Compared with the ids that `Programme::inputs` gives, in `every_field_that_takes_an_id_is_tried`.
    let sdl = Sdl::read();
    for mutation in sdl.fields("Mutation") {
        if LEDGER.contains(&mutation.name.as_str()) {
            continue;
        }
        assert!(!made_by(&mutation.name).is_empty());
        let input = &mutation.arguments;
        assert_eq!(input.len(), 1, "{}", mutation.name);
        assert_eq!(input[0].name, "input", "{}", mutation.name);
    }
}

/// The paths of the fields of `input` that take ids, in the spelling of a JSON pointer; list entries as 0.
fn id_paths(sdl: &Sdl, input: &str, path: &str, found: &mut BTreeSet<String>) {
    for field in sdl.fields(input) {
        let place = format!("{path}/{}{}", field.name, if field.is_list { "/0" } else { "" });
        if field.type_name == "ID" {
            found.insert(place);
        } else {
            id_paths(sdl, &field.type_name, &place, found);
        }
    }
}

/// A JSON pointer as the field of a user error spells it.
fn field_of(pointer: &str) -> Vec<&str> {
    pointer.split('/').skip(1).collect()
}

#[apply(both_databases)]
async fn every_mutation_and_every_field_that_takes_an_id_is_tried(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let sdl = Sdl::read();
    let mut names: Vec<_> = p.inputs().iter().map(|(name, _)| (*name).to_owned()).collect();
    names.dedup();
    let all: Vec<_> = sdl
        .names("Mutation")
        .into_iter()
        .filter(|name| !LEDGER.contains(&name.as_str()))
        .collect();
    assert_eq!(names, all);
    for name in &names {
        let field = sdl.fields("Mutation").iter().find(|field| field.name == *name).unwrap();
        let mut takes = BTreeSet::new();
        id_paths(&sdl, &field.arguments[0].type_name, "", &mut takes);
        let inputs = p.inputs().into_iter().filter(|(of, _)| of == name);
        let given: BTreeSet<_> = inputs
            .flat_map(|(_, input)| ids_in(&input))
            .map(|(path, _)| path)
            .collect();
        if name == "createCustomField" {
            // A new field has no options yet, so that no id can be right: tried here and not among the inputs.
            takes.remove("/options/0/id");
        }
        assert_eq!(given, takes, "{name}");
    }
    let field = json!({ "label": "New", "options": [{ "id": p.pipeline.option, "label": "One" }] });
    let payload = p
        .staff
        .mutate("createCustomField", field, made_by("createCustomField"))
        .await;
    assert_eq!(payload["userErrors"][0]["code"], "NOT_FOUND", "{payload}");
    assert_eq!(
        payload["userErrors"][0]["field"],
        json!(["options", "0", "id"]),
        "{payload}"
    );
}

#[apply(both_databases)]
async fn a_partner_changes_nothing_but_its_links_whatever_its_scope(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let a = app.partner(&p.tenant, &p.a);
    let before = app.rows().await;
    for (mutation, input) in p.inputs() {
        if BY_PARTNERS.contains(&mutation) {
            // What it may change of its own is tested where that is.
            continue;
        }
        for input in [input, json!({})] {
            let answer = a.try_mutate(mutation, input.clone(), made_by(mutation)).await;
            if input == json!({}) && answer.codes().iter().all(|code| *code == "BAD_USER_INPUT") {
                // The schema wants more than an empty input.
                continue;
            }
            assert_eq!(answer.codes(), ["FORBIDDEN"], "{mutation}: {}", answer.body);
            assert_eq!(answer.body["data"], json!({ mutation: null }), "{mutation}");
            assert_eq!(
                answer.body["errors"][0]["message"], "a partner's token only reads",
                "{mutation}"
            );
        }
    }
    // Also where the input is wrong: whether it is, is nothing for partners to learn.
    let wrong = json!({ "scenarios": [] });
    let answer = a
        .try_mutate("simulatePartnerGroup", wrong, "results { effectivePercentage }")
        .await;
    assert_eq!(answer.codes(), ["FORBIDDEN"], "{}", answer.body);
    let wrong = json!({ "name": "", "email": "no", "groupId": p.other_group });
    assert_eq!(
        a.try_mutate("createPartner", wrong, "partner { id }").await.codes(),
        ["FORBIDDEN"]
    );
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn ids_of_another_tenant_fail_in_every_input_like_unknown_ones(app: TestApp) {
    let foreign = Programme::new(&app, "zulu", "zulu", "yankee").await;
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let before = app.rows().await;
    let mut tried = 0;
    for ((mutation, own), (_, theirs)) in p.inputs().into_iter().zip(foreign.inputs()) {
        for (path, id) in ids_in(&theirs) {
            let mut answers = Vec::new();
            for id in [&id, &unknown(&id)] {
                let mut input = own.clone();
                *input.pointer_mut(&path).expect("the same input") = Value::from(id.as_str());
                let payload = p.staff.mutate(mutation, input, made_by(mutation)).await;
                let error = &payload["userErrors"][0];
                assert_eq!(
                    (error["code"].as_str(), &error["field"]),
                    (Some("NOT_FOUND"), &json!(field_of(&path))),
                    "{mutation}: {payload}"
                );
                answers.push(payload.to_string().replace(id.as_str(), "ID"));
            }
            assert_eq!(
                answers[0], answers[1],
                "{mutation} tells {path} of another tenant from an unknown one"
            );
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn malformed_ids_and_ids_of_the_wrong_kind_are_invalid_in_every_input(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let before = app.rows().await;
    for (mutation, valid) in p.inputs() {
        for (path, id) in ids_in(&valid) {
            let of_another_kind = if id.starts_with("par_") {
                p.group.clone()
            } else {
                p.a.clone()
            };
            let shouted = id.to_uppercase();
            for wrong in ["", "nonsense", "par_", "💥", "1' OR '1'='1", &shouted, &of_another_kind] {
                let mut input = valid.clone();
                *input.pointer_mut(&path).unwrap() = Value::from(wrong);
                let payload = p.staff.mutate(mutation, input, made_by(mutation)).await;
                let error = &payload["userErrors"][0];
                assert_eq!(
                    (error["code"].as_str(), &error["field"]),
                    (Some("INVALID"), &json!(field_of(&path))),
                    "{mutation} {wrong:?}: {payload}"
                );
            }
        }
    }
    assert_eq!(app.rows().await, before);
}
