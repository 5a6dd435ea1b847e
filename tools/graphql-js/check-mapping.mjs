// Every field that queries can reach is mapped or listed, and nothing is mapped that is not there.

import { getNamedType, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isScalarType, isUnionType } from "graphql";
import { schema } from "./gateway.mjs";
import { mapping } from "./mapping.mjs";

/** Written by the lists themselves. */
const BY_LISTS = /(Connection|Edge)$|^(PageInfo|Money|CommissionTotal|EventDecisionTotal|PayoutRunTotal)$/;
/** Whole objects that code.mjs makes. */
const BY_CODE = /^(TermMatch|EventItem)$/;

export function checkMapping() {
  const computed = new Set(mapping.computed);
  const reached = new Set();
  const missing = [];
  const walk = (type) => {
    if (isScalarType(type) || isEnumType(type) || reached.has(type.name)) return;
    reached.add(type.name);
    if (isInterfaceType(type) || isUnionType(type)) schema.getPossibleTypes(type).forEach(walk);
    if (!isObjectType(type)) return;
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      const mapped = type.name === "Query" ? mapping.roots[field.name] : BY_LISTS.test(type.name) || BY_CODE.test(type.name) || mapping.types[type.name]?.fields[field.name];
      if (mapped && computed.has(name)) missing.push(`${name} is mapped and listed as computed`);
      if (!mapped && !computed.has(name)) missing.push(`${name} is neither mapped nor listed as computed`);
      if (computed.has(name)) continue;
      for (const argument of field.args) checkInput(argument.type, missing);
      walk(getNamedType(field.type));
    }
  };
  walk(schema.getQueryType());
  for (const [name, { fields = {}, is, kinds }] of Object.entries(mapping.types)) {
    const type = schema.getType(is ?? name);
    if (!type || (!kinds && !reached.has(type.name))) missing.push(`${name} is mapped and cannot be reached`);
    for (const field of kinds ? [] : Object.keys(fields)) if (!type?.getFields()[field]) missing.push(`${name}.${field} is mapped and does not exist`);
  }
  for (const name of computed) {
    const [type, field] = name.split(".");
    if (!schema.getType(type)?.getFields()[field]) missing.push(`${name} is listed as computed and does not exist`);
  }
  for (const name of mapping.unreached) if (!schema.getType(name) || reached.has(name)) missing.push(`${name} is listed as unreached and is not`);
  // What only mutations show is no part of this.
  const shown = [...reached].length;
  if (missing.length) throw new Error(`mapping.json and the schema differ:\n${missing.join("\n")}`);
  return shown;
}

/** Every filter is known, or listed. */
function checkInput(type, missing) {
  const input = getNamedType(type);
  if (!isInputObjectType(input) || !input.name.endsWith("Filter")) return;
  const { filters = {} } = mapping.types[input.name.replace(/Filter$/, "")] ?? {};
  for (const field of Object.keys(input.getFields())) {
    const name = `${input.name}.${field}`;
    if (!filters[field] && !mapping.undrawn.includes(name) && !missing.includes(`${name} is no known filter`)) missing.push(`${name} is no known filter`);
  }
}
