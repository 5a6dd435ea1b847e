// Fields that mapping.json does not name are columns of the same name, in snake case, as their type says. Partners read null
// where a field's documentation says "Staff only."

import { getNullableType, isEnumType, isListType, isObjectType } from "graphql";
import { schema } from "./gateway.mjs";

const WAYS = {
  Boolean: "bool", CurrencyCode: "text", Date: "text", DateTime: "moment", Decimal: "text", Int: "number", JSON: "json", String: "text",
};

function plain({ name, type, args, description }) {
  const value = getNullableType(type);
  if (args.length) return undefined;
  if (name === "id") return "id";
  const way = isListType(value) ? String(value) === "[String!]" && "texts" : isEnumType(value) ? "text" : WAYS[value.name];
  if (!way) return undefined;
  const is = `${way} ${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
  return description?.includes("Staff only.") ? { is, partner: "null" } : is;
}

/** The mapping with the fields that it does not name. */
export function completed(mapping) {
  const computed = new Set(mapping.computed);
  for (const [name, { is = name, fields }] of Object.entries(mapping.types)) {
    const type = schema.getType(is);
    if (!fields || !isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const own = fields[field.name] === undefined && !computed.has(`${is}.${field.name}`) && plain(field);
      if (own) fields[field.name] = own;
    }
  }
  return mapping;
}
