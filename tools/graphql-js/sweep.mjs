// Documents that name every mapped field at least once: of each kind of thing that has an id some rows, its values, and
// each of its links and lists with their values.

import { getNamedType, isAbstractType, isLeafType, isNonNullType } from "graphql";
import { schema } from "./gateway.mjs";
import { mapping } from "./mapping.mjs";
import { idOf } from "./values-of-rows.mjs";

const SOME = 12;
/** A rule shows all its entries, and these their stages, fields and rates. */
const FEW = 4;

export function* sweep(tables, caller) {
  for (const [name, { table, prefix, key, read, fields }] of Object.entries(mapping.types)) {
    if (!table || !prefix || name === "CustomFieldOption") continue;
    if (read && !caller.scopes.some((scope) => scope === "admin" || scope === `${read}:read`)) continue;
    const rows = spread(tables.get(table).filter((row) => !key || row[key]), caller, children(tables, fields)).slice(0, name === "CommissionRule" ? FEW : SOME);
    if (rows.length === 0) continue;
    const every = rows.map((row) => `"${idOf(prefix, row[key ?? "id"])}"`);
    const ids = every.join(", ");
    const type = schema.getType(name);
    const shown = Object.values(type.getFields()).filter((field) => fields[field.name] && !(caller.partner && fields[field.name].partner === "forbidden"));
    const leaves = shown.filter((field) => isLeafType(getNamedType(field.type))).map((field) => field.name);
    yield `query ($yes: Boolean!) { nodes(ids: [${ids}]) { __typename ... on ${name} @include(if: $yes) { ${leaves.join(" ")} } } }`;
    for (const field of shown) {
      if (isLeafType(getNamedType(field.type))) continue;
      // Each refund is an event with all that an event has.
      const asked = field.name === "refunds" ? every.slice(0, FEW).join(", ") : ids;
      yield `query ($yes: Boolean!) { nodes(ids: [${asked}]) { ... on ${name} @include(if: $yes) { ${selected(field, caller, 0)} } } }`;
    }
  }
  // Few events have what only such a decision says.
  if (caller.scopes.some((scope) => scope === "admin" || scope === "events:read")) {
    yield "query ($yes: Boolean!) { events(first: 4, filter: { reason: [COUPON_INVALID] }) { nodes { id decision @include(if: $yes) { earned reason detail } } } }";
  }
}

/** A few rows from all over the table, and those that are the partner's before others. */
function spread(rows, caller, below) {
  const own = rows.filter((row) => caller.partner && row.partner_id === caller.partner);
  const from = own.length ? own : rows;
  // What has most to show comes first, such as reasons and ends that few rows have.
  const full = [...from].sort((one, other) => below(other) - below(one) || filled(other) - filled(one)).slice(0, SOME / 2);
  const step = Math.max(1, Math.floor(from.length / SOME));
  const distinct = new Set([...covering(from, full), ...full, ...from.filter((_, index) => index % step === 0)]);
  return [...distinct].slice(0, SOME);
}

/** As few rows as show a value of each column, out of `first` where that serves. */
function covering(rows, first) {
  const has = (row, column) => row[column] !== null && !(Array.isArray(row[column]) && row[column].length === 0);
  const chosen = [];
  for (const column of Object.keys(rows[0] ?? {})) {
    if (chosen.some((row) => has(row, column))) continue;
    const found = [...first, ...rows].find((row) => has(row, column));
    if (found) chosen.push(found);
  }
  return chosen;
}

/** How many lists have something under a row. */
function children(tables, fields) {
  const lists = Object.values(fields).filter((spec) => spec.by && (spec.list || spec.rows));
  const parents = lists.map(({ list, rows, by, where = {} }) => {
    const found = tables.get(mapping.types[list ?? rows].table).filter((row) => Object.entries(where).every(([column, value]) => row[column] === value));
    return new Set(found.map((row) => row[by]));
  });
  return (row) => parents.filter((ids) => ids.has(row.id)).length;
}

const filled = (row) => Object.values(row).filter((value) => value !== null).length;

function selected(field, caller, depth) {
  const type = getNamedType(field.type);
  const paged = field.args.some(({ name }) => name === "first") ? "(first: 2)" : "";
  if (isLeafType(type)) return field.name;
  return `${field.name}${paged} { ${whole(type, caller, depth)} }`;
}

function whole(type, caller, depth) {
  const own = (each) => Object.values(each.getFields()).filter((field) => {
    const spec = mapping.types[each.name]?.fields?.[field.name];
    if (mapping.computed.includes(`${each.name}.${field.name}`) || (caller.partner && spec?.partner === "forbidden")) return false;
    if (isLeafType(getNamedType(field.type))) return !(spec?.read && isNonNullType(field.type) && caller.name.includes("few"));
    // Links between things lead on and on; parts of things end, and with them what they name.
    if (!mapping.types[each.name]?.prefix && mapping.types[each.name]?.fields && typeof spec === "string" && spec.startsWith("link ")) return depth < 6;
    return depth < 4 && !mapping.types[getNamedType(field.type).name]?.prefix && !/Connection$/.test(getNamedType(field.type).name);
  });
  if (isAbstractType(type)) return schema.getPossibleTypes(type).map((each) => `... on ${each.name} { ${own(each).map((field) => selected(field, caller, depth + 1)).join(" ")} }`).join(" ");
  if (/Connection$/.test(type.name)) {
    const node = getNamedType(type.getFields().nodes.type);
    const totals = type.getFields().totals ? "totals { status currency count amount total { amount currency } }" : "";
    return `totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { ${whole(node, caller, depth + 1)} } edges { cursor node { __typename } } ${totals}`;
  }
  if (mapping.types[type.name]?.prefix && depth > 0) return `__typename ${own(type).filter((field) => isLeafType(getNamedType(field.type)) || depth < 3).map((field) => selected(field, caller, depth + 1)).join(" ")}`;
  return `__typename ${own(type).map((field) => selected(field, caller, depth + 1)).join(" ")}`;
}
