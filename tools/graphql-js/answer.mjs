// What graphql-js answers over the rows, and whether the gateway's answer is the same.

import { buildASTSchema, execute, parse, visit } from "graphql";
import { readFileSync } from "node:fs";
import { code } from "./code.mjs";
import { schema } from "./gateway.mjs";
import { sorted, CURSOR } from "./lists.mjs";
import { bad, mapping, Reference, Unordered } from "./mapping.mjs";
import { hexOf, readId } from "./values-of-rows.mjs";

/** The schema without a promise that anything is there: it hides no error behind another. */
const lenient = buildASTSchema(visit(parse(readFileSync(process.env.SCHEMA, "utf8")), {
  FieldDefinition: (field) => ({ ...field, type: nullable(field.type) }),
}));

function nullable(type) {
  if (type.kind === "NonNullType") return nullable(type.type);
  return type.kind === "ListType" ? { ...type, type: nullable(type.type) } : type;
}

/** Who asks, as the token says. */
export function callerOf(name, token) {
  const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString("utf8"));
  return { name, token, subject: claims.sub, scopes: claims.scope.split(" "), partner: claims.partner ? hexOf(claims.partner) : undefined };
}

/** `shown` gets the fields that were there. */
export function reference(tables, caller, learned, shown) {
  const made = new Reference(tables, caller, learned);
  made.shown = shown;
  made.reasons = [null, ...mapping.reasons];
  return made;
}

function root(reference, { fieldName, parentType }, args) {
  const spec = mapping.roots[fieldName];
  if (!spec) throw new Error(`${parentType.name}.${fieldName} is not mapped`);
  if (spec.code) return code[spec.code](reference, undefined, args);
  const type = spec.one ?? spec.page ?? spec.all;
  const { read, prefix } = mapping.types[type];
  if (spec.one) {
    // Whoever reads rows that name partners may ask for a partner by its id.
    if (type === "Partner") reference.readAny(["partners", "commissions", "payouts", "deals", "events"]);
    else reference.read(read);
    if (spec.externalId && (typeof args.id === "string") === (typeof args.externalId === "string")) throw bad("give either id or externalId");
    if (typeof args.id === "string") {
      if (readId(args.id)?.prefix !== prefix) throw bad("this is no id of the kind");
      return reference.find(type, args.id);
    }
    reference.read(read);
    if (spec.externalId === "staff" && reference.caller.partner) return null;
    return reference.wrap(type, reference.rows(type).find((row) => row.external_id === args.externalId));
  }
  reference.read(read);
  const matching = () => reference.rows(type).filter((row) => Object.entries(spec.where ?? {}).every(([column, value]) => row[column] === value));
  if (spec.all) return sorted(matching(), spec.order).map((row) => reference.wrap(type, row));
  const rows = () => matching().filter((row) => !spec.argument || !args[spec.argument] || row[spec.argument] === args[spec.argument]);
  return reference.connection(type, rows, args, `${fieldName} ${spec.argument ? args[spec.argument] : ""}`);
}

/** The data, the errors, and all errors that there could be. */
export function expected(reference, document, variableValues) {
  const fieldResolver = (source, args, context, info) => {
    if (info.parentType.name === "Query") return root(reference, info, args);
    if (source.type) return reference.resolve(source, args, info);
    const value = source[info.fieldName];
    return typeof value === "function" ? value() : value;
  };
  const typeResolver = (value) => value.type;
  const run = (schema) => execute({ schema, document, variableValues, fieldResolver, typeResolver });
  const { data, errors = [] } = run(schema);
  const crashed = errors.find(({ originalError }) => originalError && !originalError.extensions?.code);
  if (crashed) throw crashed.originalError;
  return { data, errors, possible: run(lenient).errors ?? [] };
}

/** Puts the gateway's cursors where the reference only knows the row, and remembers which row each is of. */
function learn(theirs, ours, learned) {
  if (theirs instanceof Unordered) return Unordered.key(theirs.value) === Unordered.key(ours) ? ours : theirs.value;
  if (typeof theirs === "string" && theirs.startsWith(CURSOR) && typeof ours === "string") {
    const known = learned.get(ours);
    if (known && known !== theirs) return `the cursor ${ours} of ${known}`;
    learned.set(ours, theirs);
    return ours;
  }
  if (Array.isArray(theirs) && Array.isArray(ours)) return theirs.map((item, index) => learn(item, ours[index], learned));
  if (theirs === null || typeof theirs !== "object" || ours === null || typeof ours !== "object") return theirs;
  return Object.fromEntries(Object.entries(theirs).map(([key, value]) => [key, learn(value, ours[key], learned)]));
}

/** More the gateway does not tell. */
const MOST_ERRORS = 10;

const pathOf = (error) => JSON.stringify(error.path);
const codeOf = (error) => error.extensions?.code;

/** Where the data is null because of an error at `path`. */
function gone(data, path) {
  const above = path.findIndex((_, index) => path.slice(0, index).reduce((value, key) => value?.[key], data) === null);
  return JSON.stringify(above < 0 ? path : path.slice(0, above));
}

/**
 * An error that took entries of a list with it may be told at the entry: async-graphql forgets where below it happened.
 * WHOLE_PATHS=1 takes no such path.
 */
function lengthened(error, possible) {
  const text = pathOf(error).slice(0, -1);
  const isShort = typeof error.path?.at(-1) === "number" && !process.env.WHOLE_PATHS;
  return isShort ? (possible.find((other) => pathOf(other).startsWith(`${text},`) && codeOf(other) === codeOf(error)) ?? error) : error;
}

/** What is different; undefined if nothing is. */
export function difference({ data: given, errors: told = [] }, theirs, learned) {
  const ours = { data: given, errors: told.map((error) => lengthened(error, theirs.possible)) };
  const data = JSON.stringify(learn(theirs.data, ours.data, learned));
  const own = JSON.stringify(ours.data);
  if (own !== data) {
    let at = 0;
    while (own[at] === data[at]) at += 1;
    const around = (text) => text.slice(Math.max(0, at - 200), at + 200);
    return `data from letter ${at} on\nthe gateway: ${around(own)}\ngraphql-js:  ${around(data)}`;
  }
  const show = (errors) => errors.map((error) => `${pathOf(error)} ${codeOf(error)}`).sort();
  const possible = show(theirs.possible);
  const strange = show(ours.errors).filter((error) => !possible.includes(error));
  if (strange.length) return `errors that there cannot be: ${strange.join(", ")}\ngraphql-js:  ${possible.join(", ")}`;
  const places = (errors) => [...new Set(errors.map(({ path }) => gone(ours.data, path)))].sort().join(" ");
  const [here, there] = [places(ours.errors), places(theirs.errors)];
  if (here !== there && told.length < MOST_ERRORS) return `errors that explain other nulls\nthe gateway: ${here}\ngraphql-js:  ${there}`;
  if (new Set(told.map(pathOf)).size !== told.length) return `an error is told twice: ${show(ours.errors).join(", ")}`;
  return undefined;
}
