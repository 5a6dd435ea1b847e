// Executes drawn documents whose selections are split (aliases, fragments, conditions, directives) with the gateway and
// with graphql-js over the same data. Both must answer the same, to the order of the keys:
//
//     node execute.mjs [SEED] [COUNT]
//
// The data is what the gateway answers to a document that names every field once, without fragments but those that a
// type needs: graphql-js reads it from there.

import {
  execute, getNamedType, getNullableType, GraphQLError, isAbstractType, isLeafType, isListType, isNonNullType, isObjectType, parse, validate,
} from "graphql";
import { ask, schema, tokens } from "./gateway.mjs";
import { random as seeded } from "./random.mjs";

const seed = Number(process.argv[2] ?? 1);
const count = Number(process.argv[3] ?? 300);

/** Fields that are different from one moment to the next. */
const RESTLESS = new Set(["asOf", "lastUsedAt", "updatedAt"]);
const PAGE = '(first: 2)';

async function ids() {
  const one = (list) => list.nodes[0].id;
  const { data, errors } = await ask(
    tokens.admin,
    "{ partners(first: 1) { nodes { id } } campaigns(first: 1) { nodes { id } } commissions(first: 1) { nodes { id } } partnerGroups(first: 1) { nodes { id } } events(first: 1) { nodes { id } } }",
  );
  if (errors) throw new Error(JSON.stringify(errors));
  return Object.fromEntries(Object.entries(data).map(([kind, list]) => [kind, one(list)]));
}

/** What to begin with: a field of the root with its arguments. */
function roots(known) {
  const { partners, campaigns, commissions, partnerGroups, events } = known;
  const all = [partners, campaigns, commissions, partnerGroups];
  const texts = (list) => `[${list.map((id) => `"${id}"`).join(", ")}]`;
  const kinds = { [partners]: "Partner", [campaigns]: "Campaign", [commissions]: "Commission", [partnerGroups]: "PartnerGroup" };
  const representations = all.map((id) => `{ __typename: "${kinds[id]}", id: "${id}" }`).join(", ");
  return [
    ["query", "node", `(id: "${partners}")`],
    ["query", "node", `(id: "${commissions}")`],
    ["query", "nodes", `(ids: ${texts([...all, events, partners])})`],
    ["query", "_entities", `(representations: [${representations}])`],
    ["query", "partners", PAGE],
    ["query", "commissions", PAGE],
    ["query", "campaigns", PAGE],
    ["query", "partnerGroups", PAGE],
    ["query", "payouts", PAGE],
    ["query", "events", PAGE],
    ["query", "partner", `(id: "${partners}")`],
    ["query", "partnerGroup", `(id: "${partnerGroups}")`],
    ["mutation", "simulatePartnerGroup", `(input: { partnerGroupId: "${partnerGroups}", scenarios: [{ chargeAmount: "10", customerMonths: 1 }, { chargeAmount: "20", customerMonths: 3 }] })`],
    ["mutation", "updatePartner", `(input: { id: "${partners}" })`],
  ];
}

const required = (argument) => isNonNullType(argument.type) && argument.defaultValue === undefined;
const objectsOf = (type) => (isAbstractType(type) ? schema.getPossibleTypes(type) : [type]);

/** Draws what is there to be seen: a tree of fields, each once, with those of each type where there are several. */
function tree(random, type, depth, left = { fields: 60 }) {
  if (isAbstractType(type)) {
    const common = type.getFields ? fields(random, type, depth, left) : new Map();
    const kinds = random.shuffled(objectsOf(type)).filter((object) => ["Partner", "Campaign", "Commission", "PartnerGroup", "RecurringRule"].includes(object.name) || random.chance(0.1));
    // What is called the same must look the same, whatever type it is of.
    const looks = new Map();
    const fits = ([name, { field, below }]) => {
      const look = looks.get(name);
      looks.set(name, look ?? `${field.type}`);
      return look === undefined || (!below && look === `${field.type}`);
    };
    // Every type has what all have.
    const of = (kind) => new Map([...common, ...[...fields(random, kind, depth, left)].filter(fits)]);
    return { type, common, kinds: new Map(kinds.map((kind) => [kind, of(kind)])) };
  }
  return { type, common: fields(random, type, depth, left), kinds: new Map() };
}

function fields(random, type, depth, left) {
  const found = new Map();
  for (const field of random.shuffled(Object.values(type.getFields()))) {
    if (field.args.some(required) || RESTLESS.has(field.name)) continue;
    const below = getNamedType(field.type);
    const leaf = isLeafType(below);
    if (leaf ? random.chance(0.3) : depth > 4 || left.fields < 0 || random.chance(type.name.endsWith("Connection") ? 0.3 : 0.75)) continue;
    left.fields -= 1;
    const args = field.args.some(({ name }) => name === "first") ? PAGE : "";
    found.set(field.name, { field, args, below: leaf ? undefined : tree(random, below, depth + 1, left) });
  }
  return found;
}

/** The tree as a document that names everything once. */
function once({ common, kinds }) {
  const written = (fields) => [...fields].map(([name, { args, below }]) => `${name}${args}${below ? ` ${once(below)}` : ""}`).join(" ");
  const own = (fields) => new Map([...fields].filter(([name]) => !common.has(name)));
  const parts = [...kinds].map(([kind, fields]) => `... on ${kind.name} { __typename ${written(own(fields))} }`);
  return `{ __typename ${written(common)} ${parts.join(" ")} }`;
}

/** The tree as a selection that says much twice and in pieces. */
class Split {
  constructor(random) {
    this.random = random;
    this.fragments = [];
    this.aliases = 0;
  }

  set(tree, type, depth) {
    const { random } = this;
    const items = [];
    const times = 1 + random.below(3);
    for (let turn = 0; turn < times; turn += 1) items.push(...this.pieces(tree, type, depth));
    return `{ ${items.length ? items.join(" ") : "__typename"} }`;
  }

  /** Some selections of `tree` that may stand where the type is `type`. */
  pieces(tree, type, depth) {
    const { random } = this;
    const known = tree.kinds.get(type) ?? tree.common;
    const chosen = random.shuffled([...known]).filter(() => random.chance(0.35));
    const items = chosen.map(([name, { args, below, field }]) => {
      const other = this.aliases < 20 && random.chance(0.1);
      if (other) this.aliases += 1;
      const inner = below ? ` ${this.set(below, below.type, depth + 1)}` : "";
      return `${other ? `of_${field.name}: ` : ""}${name}${args}${this.directive()}${inner}`;
    });
    if (random.chance(0.3)) items.push("__typename");
    if (depth < 9) {
      // What may stand under a condition: each type of objects, and whatever types have these among theirs.
      const others = [...tree.kinds.keys()].filter((kind) => kind !== type && objectsOf(type).includes(kind));
      for (const kind of others) if (random.chance(0.5)) items.push(this.under(kind, tree, depth));
      for (const parent of isObjectType(type) ? type.getInterfaces() : []) {
        if (random.chance(0.15)) items.push(this.under(parent, { ...tree, common: shared(tree, type, parent), kinds: new Map() }, depth));
      }
      if (random.chance(0.2)) items.push(this.under(type, tree, depth));
    }
    return random.shuffled(items);
  }

  under(type, tree, depth) {
    const { random } = this;
    const directive = this.directive();
    const body = () => `{ ${[...this.pieces(tree, type, depth + 1), "__typename"].join(" ")} }`;
    if (random.chance(0.5)) return `... on ${type.name}${directive} ${body()}`;
    const known = this.fragments.filter((fragment) => fragment.tree === tree && fragment.type === type);
    if (known.length && random.chance(0.5)) return `...${random.pick(known).name}${directive}`;
    const text = body();
    const name = `F${this.fragments.length}`;
    this.fragments.push({ name, tree, type, text: `fragment ${name} on ${type.name} ${text}` });
    return `...${name}${directive}`;
  }

  directive() {
    const { random } = this;
    if (!random.chance(0.06)) return "";
    return ` @${random.pick(["skip", "include"])}(if: ${random.pick(["true", "false", "$yes", "$no"])})`;
  }
}

const shared = (tree, type, parent) => {
  const names = Object.keys(parent.getFields());
  const known = tree.kinds.get(type) ?? tree.common;
  return new Map([...known].filter(([name]) => names.includes(name)));
};

/** Notes at every object of the data where it stands. */
function note(value, path, places) {
  if (Array.isArray(value)) value.forEach((item, index) => note(item, [...path, index], places));
  else if (value && typeof value === "object") {
    places.set(value, path);
    for (const [key, item] of Object.entries(value)) note(item, [...path, key], places);
  }
}

function byGraphqlJs(document, { data, errors = [] }, variableValues) {
  const places = new Map();
  note(data, [], places);
  const failed = new Map(errors.map((error) => [JSON.stringify(error.path), error.message]));
  const fieldResolver = (source, _args, _context, { fieldName }) => {
    const path = JSON.stringify([...(places.get(source) ?? []), fieldName]);
    if (failed.has(path)) throw new GraphQLError(failed.get(path));
    return source[fieldName];
  };
  const typeResolver = (value) => value.__typename;
  return execute({ schema, document, rootValue: data, variableValues, fieldResolver, typeResolver });
}

function isGone(data, path) {
  const above = path.slice(0, -1).reduce((value, key) => value?.[key], data);
  return above === null || above === undefined;
}

const said = (errors = []) => errors.map(({ path, message }) => JSON.stringify([path, message])).sort();

const begun = roots(await ids());
const variables = { yes: true, no: false };
let [compared, beyond, merged] = [0, 0, 0];
const failures = [];
for (let number = 0; number < count; number += 1) {
  const random = seeded(seed * 1_000_003 + number);
  const [kind, name, args] = begun[number % begun.length];
  const token = kind === "query" && random.chance(0.3) ? tokens.partner : tokens.admin;
  const root = kind === "query" ? schema.getQueryType() : schema.getMutationType();
  const field = root.getFields()[name];
  const drawn = tree(random, getNamedType(field.type), 1);
  const whole = await ask(token, `${kind} { ${name}${args} ${once(drawn)} }`);
  // Where an error left out more than its own field there is too little to compare with.
  if (!("data" in whole) || whole.errors?.some(({ path }) => isGone(whole.data, path))) {
    beyond += 1;
    continue;
  }
  const split = new Split(random);
  const body = [name, `${name}: ${name}`, name].slice(0, 1 + random.below(3)).map((text) => `${text}${args} ${split.set(drawn, drawn.type, 1)}`);
  const used = [body.join(" "), ...split.fragments.map(({ text }) => text)].join("\n");
  const declared = Object.keys(variables).filter((name) => used.includes(`$${name})`));
  const head = declared.length ? `(${declared.map((name) => `$${name}: Boolean!`).join(", ")})` : "";
  const text = [`${kind}${head} { ${body.join(" ")} }`, ...split.fragments.map(({ text }) => text)].join("\n");
  const document = parse(text);
  const invalid = validate(schema, document);
  if (invalid.length) throw new Error(`document ${number} is no fair question: ${invalid[0].message}\n${text}`);
  const given = Object.fromEntries(declared.map((name) => [name, variables[name]]));
  const answer = await ask(token, text, given);
  if (!("data" in answer)) {
    const code = answer.errors?.[0]?.extensions?.code;
    if (code === "QUERY_TOO_COMPLEX") beyond += 1;
    else failures.push({ number, why: `refused: ${JSON.stringify(answer.errors)}`, text });
    continue;
  }
  const expected = await byGraphqlJs(document, whole, given);
  const [ours, theirs] = [answer.data, expected.data].map((data) => JSON.stringify(data));
  compared += 1;
  if (body.length > 1 || split.fragments.length) merged += 1;
  if (ours !== theirs) failures.push({ number, why: difference(ours, theirs), text });
  else if (JSON.stringify(said(answer.errors)) !== JSON.stringify(said(expected.errors)))
    failures.push({ number, why: `errors: the gateway ${said(answer.errors)}, graphql-js ${said(expected.errors)}`, text });
}

function difference(ours, theirs) {
  let at = 0;
  while (ours[at] === theirs[at]) at += 1;
  const around = (text) => text.slice(Math.max(0, at - 150), at + 150);
  return `data from letter ${at} on\nthe gateway: ${around(ours)}\ngraphql-js:  ${around(theirs)}`;
}

for (const { number, why, text } of failures.slice(0, 10)) console.error(`--- document ${number}\n${why}\n${text}`);
console.log(`${count} documents of seed ${seed}: ${compared} answered alike or not, ${merged} of them with parts, ${beyond} beyond the limits`);
if (failures.length) console.error(`${failures.length} are answered differently`);
process.exit(failures.length || compared < count / 2 ? 1 : 0);
