// Ways to spoil a document, a few for every rule of validation. Most of what comes of them is wrong; graphql-js says
// which.

import { Kind, parse, print, visit } from "graphql";
import { schema } from "./gateway.mjs";

const name = (value) => ({ kind: Kind.NAME, value });
const variable = (value) => ({ kind: Kind.VARIABLE, name: name(value) });
const field = (value, more = {}) => ({ kind: Kind.FIELD, name: name(value), ...more });
const argument = (value, of) => ({ kind: Kind.ARGUMENT, name: name(value), value: of });
const directive = (value, given = []) => ({ kind: Kind.DIRECTIVE, name: name(value), arguments: given });
const named = (value) => ({ kind: Kind.NAMED_TYPE, name: name(value) });
const truth = (value) => ({ kind: Kind.BOOLEAN, value });
const types = Object.keys(schema.getTypeMap());
const fieldNames = [...new Set(Object.values(schema.getTypeMap()).flatMap((type) => Object.keys(type.getFields?.() ?? {})))];

/** Some of these do not go together. */
const SHAPES = [
  "... on Partner { x: name }",
  "... on Partner { x: email }",
  "... on Partner { x: tags }",
  "... on Partner { x: externalId }",
  "... on Partner { x: group { id } }",
  "... on Partner { x: group { id: name } }",
  "... on Partner { x: group { y: description } }",
  "... on Partner { x: commissions(first: 1) { nodes { y: id } } }",
  "... on Campaign { x: name }",
  "... on Campaign { x: status }",
  "... on Campaign { x: externalId }",
  "... on Campaign { x: advertiser { id } }",
  "... on Campaign { x: advertiser { y: name } }",
  "... on Campaign { x: partners(first: 2) { nodes { y: name } } }",
  "... on Commission { x: partner { y: name } }",
  "... on Commission { x: amount { y: amount } }",
  "... on Commission { x: id }",
  "... on Node { x: id }",
  "x: id",
  "x: __typename",
];

/** Changes one node of the kinds, drawn from all. */
function one(document, random, kinds, change) {
  const found = [];
  visit(document, { enter: (node) => void (kinds.includes(node.kind) && found.push(node)) });
  if (found.length === 0) return undefined;
  const chosen = random.pick(found);
  let done = false;
  const enter = (node) => {
    if (done || node !== chosen) return undefined;
    done = true;
    return change(node);
  };
  return visit(document, { enter });
}

const set = [Kind.SELECTION_SET];
const selections = [Kind.FIELD, Kind.INLINE_FRAGMENT, Kind.FRAGMENT_SPREAD];
const literals = [Kind.INT, Kind.FLOAT, Kind.STRING, Kind.BOOLEAN, Kind.NULL, Kind.ENUM, Kind.LIST, Kind.OBJECT];
const adding = (random, node, item) => {
  const selections = [...node.selections];
  selections.splice(random.below(selections.length + 1), 0, item);
  return { ...node, selections };
};
const otherValue = (random) =>
  random.pick([
    { kind: Kind.INT, value: "3" },
    { kind: Kind.FLOAT, value: "1.5" },
    { kind: Kind.STRING, value: "other" },
    truth(true),
    { kind: Kind.NULL },
    { kind: Kind.ENUM, value: "OTHER" },
    { kind: Kind.LIST, values: [] },
    { kind: Kind.OBJECT, fields: [] },
    variable("v0"),
  ]);
const otherType = (random) =>
  random.pick([
    named(random.pick(types)),
    named("Float"),
    named("Nonsense"),
    { kind: Kind.NON_NULL_TYPE, type: named(random.pick(["ID", "String", "Int", "Boolean"])) },
    { kind: Kind.LIST_TYPE, type: { kind: Kind.NON_NULL_TYPE, type: named("ID") } },
  ]);
const onOperation = (change) => (document, random) => one(document, random, [Kind.OPERATION_DEFINITION], (node) => change(node, random));
const withDefinition = (document, definition) => ({ ...document, definitions: [...document.definitions, definition] });

export const operators = {
  "another field": (d, r) => one(d, r, [Kind.FIELD], (node) => ({ ...node, name: name(r.pick(fieldNames)) })),
  "an unknown field": (d, r) => one(d, r, set, (node) => adding(r, node, field("nonsense"))),
  "a field more": (d, r) => one(d, r, set, (node) => adding(r, node, field(r.pick(fieldNames)))),
  "a leaf with a selection": (d, r) => one(d, r, [Kind.FIELD], (node) => (node.selectionSet ? { ...node, selectionSet: undefined } : { ...node, selectionSet: { kind: Kind.SELECTION_SET, selections: [field("id")] } })),
  "an alias in the way": (d, r) => one(d, r, set, (node) => adding(r, node, field(r.pick(["id", "__typename", "name"]), { alias: name(r.pick(["id", "name", "a", "status", "nodes"])) }))),
  "an alias": (d, r) => one(d, r, [Kind.FIELD], (node) => ({ ...node, alias: name(r.pick(["a", "b", "c", "id"])) })),
  "a field once more": (d, r) => one(d, r, set, (node) => adding(r, node, r.pick(node.selections))),
  "a field once more with other arguments": (d, r) =>
    one(d, r, set, (node) => {
      const item = r.pick(node.selections);
      return adding(r, node, item.kind === Kind.FIELD ? { ...item, arguments: [argument("first", { kind: Kind.INT, value: "3" })] } : item);
    }),
  "shapes under conditions": (d, r) => {
    const parts = Array.from({ length: 2 + r.below(2) }, () => r.pick(SHAPES));
    const text = `query { of_any_type: node(id: "par_01h2xcejqtf2nbrexx3vqjhp41") { ${parts.join(" ")} } }`;
    const added = parse(text).definitions[0].selectionSet.selections[0];
    const query = d.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION && node.operation === "query");
    return query && { ...d, definitions: d.definitions.map((node) => (node === query ? { ...node, selectionSet: adding(r, node.selectionSet, added) } : node)) };
  },
  "another condition": (d, r) => one(d, r, [Kind.INLINE_FRAGMENT, Kind.FRAGMENT_DEFINITION], (node) => ({ ...node, typeCondition: named(r.pick([...types, "Nonsense"])) })),
  "a fragment under a condition": (d, r) => one(d, r, set, (node) => adding(r, node, { kind: Kind.INLINE_FRAGMENT, typeCondition: named(r.pick(types)), selectionSet: { kind: Kind.SELECTION_SET, selections: [field("__typename")] } })),
  "no such fragment": (d, r) => one(d, r, set, (node) => adding(r, node, { kind: Kind.FRAGMENT_SPREAD, name: name("Nonsense") })),
  "an unused fragment": (d) => withDefinition(d, parse("fragment Unused on Partner { id }").definitions[0]),
  "a fragment twice": (d, r) => one(d, r, [Kind.DOCUMENT], (node) => withDefinition(node, r.pick(node.definitions))),
  "a definition less": (d, r) => (d.definitions.length < 2 ? undefined : { ...d, definitions: d.definitions.filter((_, index) => index !== d.definitions.length - 1) }),
  "a fragment in itself": (d, r) => one(d, r, [Kind.FRAGMENT_DEFINITION], (node) => ({ ...node, selectionSet: adding(r, node.selectionSet, { kind: Kind.FRAGMENT_SPREAD, name: node.name }) })),
  "a fragment in another": (d, r) => {
    const fragments = d.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    return fragments.length && one(d, r, set, (node) => adding(r, node, { kind: Kind.FRAGMENT_SPREAD, name: r.pick(fragments).name }));
  },
  "another operation without a name": (d) => withDefinition(d, parse("{ __typename }").definitions[0]),
  "another operation": (d) => withDefinition(d, parse("query Drawn { __typename }").definitions[0]),
  "an unknown argument": (d, r) => one(d, r, [Kind.FIELD, Kind.DIRECTIVE], (node) => ({ ...node, arguments: [...(node.arguments ?? []), argument("nonsense", { kind: Kind.INT, value: "1" })] })),
  "an argument less": (d, r) => one(d, r, [Kind.FIELD, Kind.DIRECTIVE], (node) => ({ ...node, arguments: (node.arguments ?? []).slice(1) })),
  "an argument twice": (d, r) => one(d, r, [Kind.FIELD, Kind.DIRECTIVE], (node) => ({ ...node, arguments: [...(node.arguments ?? []), ...(node.arguments ?? []).slice(0, 1)] })),
  "another argument's name": (d, r) => one(d, r, [Kind.ARGUMENT], (node) => ({ ...node, name: name(r.pick(["first", "id", "input", "filter", "iff"])) })),
  "another value": (d, r) => one(d, r, literals, () => otherValue(r)),
  "a value in a list": (d, r) => one(d, r, literals, (node) => ({ kind: Kind.LIST, values: [node] })),
  "an input field twice": (d, r) => one(d, r, [Kind.OBJECT], (node) => ({ ...node, fields: [...node.fields, ...node.fields.slice(0, 1)] })),
  "an input field less": (d, r) => one(d, r, [Kind.OBJECT], (node) => ({ ...node, fields: node.fields.slice(1) })),
  "an unknown input field": (d, r) => one(d, r, [Kind.OBJECT], (node) => ({ ...node, fields: [...node.fields, { kind: Kind.OBJECT_FIELD, name: name("nonsense"), value: { kind: Kind.INT, value: "1" } }] })),
  "a variable for a value": (d, r) => one(d, r, literals, () => variable(r.pick(["v0", "v1", "nonsense"]))),
  "a variable less": onOperation((node) => ({ ...node, variableDefinitions: (node.variableDefinitions ?? []).slice(1) })),
  "an unused variable": onOperation((node) => ({ ...node, variableDefinitions: [...(node.variableDefinitions ?? []), { kind: Kind.VARIABLE_DEFINITION, variable: variable("unused"), type: named("Int") }] })),
  "a variable twice": onOperation((node) => ({ ...node, variableDefinitions: [...(node.variableDefinitions ?? []), ...(node.variableDefinitions ?? []).slice(0, 1)] })),
  "a variable of another type": (d, r) => one(d, r, [Kind.VARIABLE_DEFINITION], (node) => ({ ...node, type: otherType(r) })),
  "a variable that may be null": (d, r) => one(d, r, [Kind.VARIABLE_DEFINITION], (node) => ({ ...node, type: node.type.kind === Kind.NON_NULL_TYPE ? node.type.type : node.type })),
  "a variable's default": (d, r) =>
    one(d, r, [Kind.VARIABLE_DEFINITION], (node) => {
      const value = otherValue(r);
      return { ...node, defaultValue: value.kind === Kind.VARIABLE ? { kind: Kind.NULL } : value };
    }),
  "a variable's directive": (d, r) => one(d, r, [Kind.VARIABLE_DEFINITION], (node) => ({ ...node, directives: [directive(r.pick(["skip", "deprecated", "nonsense"]), [argument("if", truth(true))])] })),
  "an unknown directive": (d, r) => one(d, r, selections, (node) => ({ ...node, directives: [...(node.directives ?? []), directive("nonsense")] })),
  "a directive of the schema": (d, r) => one(d, r, [...selections, Kind.OPERATION_DEFINITION], (node) => ({ ...node, directives: [directive(r.pick(["deprecated", "specifiedBy", "oneOf"]), r.chance(0.5) ? [argument("url", { kind: Kind.STRING, value: "x" })] : [])] })),
  "a directive in the wrong place": (d, r) => one(d, r, [Kind.OPERATION_DEFINITION, Kind.FRAGMENT_DEFINITION], (node) => ({ ...node, directives: [directive("skip", [argument("if", truth(false))])] })),
  "a directive twice": (d, r) => one(d, r, selections, (node) => ({ ...node, directives: [directive("include", [argument("if", truth(true))]), directive(r.pick(["include", "skip"]), [argument("if", truth(true))])] })),
  "a directive without its argument": (d, r) => one(d, r, selections, (node) => ({ ...node, directives: [directive("include")] })),
  "a directive with another value": (d, r) => one(d, r, selections, (node) => ({ ...node, directives: [directive("include", [argument("if", otherValue(r))])] })),
};

/** Spoils the text itself. */
export function spoil(text, random) {
  const tokens = text.match(/"""[^]*?"""|"(?:[^"\\]|\\.)*"|\.\.\.|[\w.]+|[^\s]/g);
  const at = random.below(tokens.length);
  const piece = random.pick([
    "", ".", "..", "...", "0", "01", "1.", "1.5", "-", "-0", "1e3", "1e", "0x1", "$", "$x", "!", "@", "@skip(if: true)", "on", "query", "fragment", "{", "}", "(", ")", "[", "]",
    "[]", "{}", "()", ":", "=", "&", "|", "#", "# text\n", "\ufeff", "é", "\u0000", '"', '""', '"""', '"""block"""', '"""a\\"""b"""', '"\\u0041"', '"\\u{1F600}"', '"\\uD83D\\uDE00"',
    '"\\uD83D"', '"\\x"', '"line\n"', "null", "true", "nullable", "type", "extend", ",", "[ ID ! ] !", "; ", "%", "'text'",
  ]);
  const way = random.below(4);
  if (way === 0) tokens.splice(at, 1);
  else if (way === 1) tokens.splice(at, 0, piece);
  else if (way === 2) tokens.splice(at, 1, piece);
  else if (at > 0) [tokens[at - 1], tokens[at]] = [tokens[at], tokens[at - 1]];
  // Sometimes without the space that holds words apart.
  return tokens.join(random.chance(0.8) ? " " : random.pick(["", "\n", ","]));
}

export const rewritten = (document) => print(document);
