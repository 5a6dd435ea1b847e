// Values that fit a type of the schema.

import { getNamedType, getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType } from "graphql";

const SCALARS = {
  ID: '"par_01h2xcejqtf2nbrexx3vqjhp41"',
  Int: "1",
  String: '"text"',
  Boolean: "true",
  Decimal: '"1.5"',
  CurrencyCode: '"EUR"',
  Date: '"2026-03-01"',
  DateTime: '"2026-03-01T12:00:00Z"',
  JSON: '{ a: [1, "b"] }',
  _Any: '{ __typename: "Partner", id: "par_01h2xcejqtf2nbrexx3vqjhp41" }',
};

/** A literal of the type. `hole` may put a variable in its place: it is asked for each value inside. */
export function literal(random, type, hole = () => undefined, hasDefault = false, depth = 0) {
  const instead = hole(type, hasDefault, depth);
  if (instead !== undefined) return instead;
  const inner = getNullableType(type);
  if (!isNonNullType(type) && random.chance(0.05)) return "null";
  if (isListType(inner)) {
    // One value stands for a list of it.
    if (random.chance(0.1) && isNonNullType(inner.ofType)) return literal(random, inner.ofType, () => undefined, false, depth + 1);
    const items = Array.from({ length: 1 + random.below(2) }, () => literal(random, inner.ofType, hole, false, depth + 1));
    return `[${items.join(random.pick([", ", " "]))}]`;
  }
  if (isEnumType(inner)) return random.pick(inner.getValues()).name;
  if (!isInputObjectType(inner)) {
    if (!SCALARS[inner.name]) throw new Error(`no value of ${inner.name} is known: add one`);
    return SCALARS[inner.name];
  }
  let fields = Object.values(inner.getFields());
  if (inner.isOneOf) fields = [random.pick(fields)];
  else fields = fields.filter((field) => required(field) || (depth < 2 && random.chance(0.2)));
  const members = random.shuffled(fields).map((field) => {
    const whole = inner.isOneOf ? () => undefined : hole;
    let value = literal(random, field.type, whole, field.defaultValue !== undefined, depth + 1);
    if (inner.isOneOf) while (value === "null") value = literal(random, field.type, whole, false, depth + 1);
    return `${field.name}: ${value}`;
  });
  return `{ ${members.join(", ")} }`;
}

export const required = (input) => isNonNullType(input.type) && input.defaultValue === undefined;

/** A value for a variable, as JSON. */
export function json(type) {
  const inner = getNullableType(type);
  if (isListType(inner)) return [json(inner.ofType)];
  if (isEnumType(inner)) return inner.getValues()[0].name;
  if (isInputObjectType(inner)) {
    let fields = Object.values(inner.getFields());
    fields = inner.isOneOf ? fields.slice(0, 1) : fields.filter(required);
    return Object.fromEntries(fields.map((field) => [field.name, json(field.type)]));
  }
  const name = getNamedType(inner).name;
  if (name === "JSON") return { a: 1 };
  if (name === "_Any") return { __typename: "Partner", id: "par_01h2xcejqtf2nbrexx3vqjhp41" };
  return JSON.parse(SCALARS[name]);
}
