// What the words of mapping.json mean, for graphql-js: resolvers over rows in memory.
//
// A field that is not named is a plain column: plain-fields.mjs. A field is one text, or an object with the text as `is` and more to say:
//   id                        the row's id              text, number, bool, moment, json, texts COLUMN
//   upper COLUMN              a name, in capitals        money, units MINOR CURRENCY; difference MINOR MINOR CURRENCY
//   link COLUMN TYPE          the row that it names
//   rows, list, items, item   rows or a connection under this row `by` a column of theirs or `via` a table between; parts of JSON
//   named, ids                the rows whose ids a JSON list has
//   code                      a function of code.mjs
// `read` is the scope that it needs ("": none), `partner` what a partner's token gets ("own": null unless the row is its own). COLUMN may be a path into JSON.

import { readFileSync } from "node:fs";
import { GraphQLError } from "graphql";
import { code } from "./code.mjs";
import { filtered, sorted, page } from "./lists.mjs";
import { completed } from "./plain-fields.mjs";
import { hexOf, idOf, momentOf, units, upper } from "./values-of-rows.mjs";

export const mapping = completed(JSON.parse(readFileSync(new URL("mapping.json", import.meta.url), "utf8")));

export class Denied extends GraphQLError {
  constructor(why) {
    super(why, { extensions: { code: "FORBIDDEN" } });
  }
}

/** A JSON value, whose keys PostgreSQL orders in its own way. */
export class Unordered {
  constructor(value) {
    this.value = value;
  }

  /** What is the same whatever the order. */
  static key(value) {
    if (Array.isArray(value)) return `[${value.map(Unordered.key).join()}]`;
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${Unordered.key(value[name])}`).join()}}`;
  }
}

/** One request's view: the rows, and who asks. */
export class Reference {
  constructor(tables, caller, learned) {
    Object.assign(this, { tables, caller, learned, kept: new Map() });
  }

  /** Needs `resource:read`. */
  read(resource) {
    if (resource && !this.caller.scopes.some((scope) => scope === "admin" || scope === `${resource}:read`)) throw new Denied(`this needs ${resource}:read`);
  }

  readAny(resources) {
    if (!resources.some((resource) => this.caller.scopes.some((scope) => scope === "admin" || scope === `${resource}:read`))) this.read(resources[0]);
  }

  readLinked(type, override) {
    const { read, linkedRead } = mapping.types[type];
    if (override !== undefined) return this.read(override);
    if (linkedRead === "never" || (linkedRead === "staff" && this.caller.partner)) return undefined;
    return this.read(read);
  }

  /** What a thing is called travels with the rows that name it; the rest takes its own scope, but for what has another. */
  beyond(type, more, fieldName) {
    const { identity } = mapping.types[type];
    if (identity && !identity.includes(fieldName) && !more.list && !more.read) this.readLinked(type);
  }

  once(key, make) {
    if (!this.kept.has(key)) this.kept.set(key, make());
    return this.kept.get(key);
  }

  table(name) {
    const rows = this.tables.get(name);
    if (!rows) throw new Error(`there is no table ${name}`);
    return rows;
  }

  /** The rows of a type that the caller sees. */
  rows(type) {
    return this.once(type, () => {
      const { table, visible } = mapping.types[type];
      const all = this.table(table);
      return this.caller.partner && visible ? this.seen(all, visible.split(" ")) : all;
    });
  }

  seen(rows, [way, ...rest]) {
    const own = this.caller.partner;
    if (way === "none") return [];
    if (way === "own") return rows.filter((row) => row[rest[0]] === own);
    if (way === "among") {
      const among = new Set(this.table(rest[0]).filter((row) => row[rest[1]] === own).map((row) => row[rest[2]]));
      return rows.filter((row) => among.has(row.id));
    }
    const deals = new Set(this.table("deal").filter((row) => row.partner_id === own).map((row) => row.id));
    const borne = new Set(this.table("deal_field").filter((row) => deals.has(row.deal_id)).map((row) => row[rest[0]]));
    return rows.filter((row) => borne.has(row.id));
  }

  wrap(type, row) {
    if (row === undefined) return null;
    return { type: mapping.types[type].is ?? type, of: type, row };
  }

  find(type, id) {
    const index = this.once(`index ${type}`, () => new Map(this.rows(type).map((row) => [row.id, row])));
    return this.wrap(type, index.get(hexOf(id)));
  }

  /** One that a row names which the caller sees, also where the caller does not belong to it. */
  named(type, id) {
    const { table } = mapping.types[type];
    const index = this.once(`named ${type}`, () => new Map(this.table(table).map((row) => [row.id, row])));
    return this.wrap(type, index.get(hexOf(id)));
  }

  /** The rows of `type` under `row`, which is of `from`. */
  under(type, { by, via, where }, id) {
    const index = this.once(`under ${type} ${by ?? via} ${JSON.stringify(where)}`, () => {
      const matching = this.rows(type).filter((row) => Object.entries(where ?? {}).every(([column, value]) => row[column] === value));
      if (by) return Map.groupBy?.(matching, (row) => row[by]) ?? grouped(matching.map((row) => [row[by], row]));
      const [table, parent, child] = via.split(" ");
      const byId = new Map(matching.map((row) => [row.id, row]));
      const pairs = this.table(table).filter((row) => row[child] && row[parent]).map((row) => [row[parent], byId.get(row[child])]);
      return grouped(pairs.filter(([, row]) => row));
    });
    return [...new Set(index.get(id) ?? [])];
  }

  resolve(source, args, info) {
    const { parentType, fieldName } = info;
    if (source && source.type === undefined) return source[fieldName];
    const spec = mapping.types[source.of].fields[fieldName];
    if (!spec) throw new Error(`${parentType.name}.${fieldName} is not mapped`);
    const value = this.field(spec, source, args, info);
    if (value !== null && value?.length !== 0) this.shown?.add(`${source.of}.${fieldName}`);
    return value;
  }

  field(spec, source, args, info) {
    const more = typeof spec === "string" ? { is: spec } : spec;
    this.beyond(source.of, more, info.fieldName);
    if (this.caller.partner && ["null", "forbidden", "empty", "staff"].includes(more.partner)) {
      if (more.partner === "forbidden") throw new Denied("a partner's token does not show this");
      return { null: null, empty: [], staff: "staff" }[more.partner];
    }
    if (this.caller.partner && more.partner === "own" && source.row.partner_id !== this.caller.partner) return null;
    if (more.is) return this.value(more, source);
    if (more.code) return code[more.code](this, source, args, info);
    if (more.list) {
      this.readLinked(more.list, more.read);
      const rows = () => this.under(more.list, more, source.row.id);
      return this.connection(more.list, rows, args, `${info.parentType.name} ${source.row.id} ${info.fieldName}`);
    }
    if (more.read) this.read(more.read);
    if (more.rows) return sorted(this.under(more.rows, more, source.row.id), more.order).map((row) => this.wrap(more.rows, row));
    if (more.named) return at(source.row, more.ids).map((id) => this.find(more.named, id)).filter(Boolean);
    if (more.item) {
      const part = at(source.row, more.item);
      return part === undefined || part === null ? null : this.part(more.of, part);
    }
    const parts = at(source.row, more.items).filter((part) => more.partner !== "applied" || !this.caller.partner || part.outcome === "Applied");
    return parts.map((part) => this.part(more.of, part));
  }

  part(type, row) {
    const { kinds, by } = mapping.types[type];
    return this.wrap(kinds ? kinds[row[by]] : type, row);
  }

  value({ is, read }, { of, row }) {
    const [way, column, second, third] = is.split(" ");
    if (way === "id") return idOf(mapping.types[of].prefix, row.id);
    const value = at(row, column);
    if (way === "link") {
      if (value === null || value === undefined) return null;
      // What it is called is shown with the row; the rest is looked at field by field.
      const { identity, named } = mapping.types[second];
      if (!identity || read !== undefined) this.readLinked(second, read);
      const found = named ? this.named(second, value) : this.find(second, value);
      return found;
    }
    if (read) this.read(read);
    if (value === null || value === undefined) return null;
    switch (way) {
      case "text": case "number": case "texts": return value;
      case "json": return new Unordered(value);
      case "bool": return Boolean(value);
      case "moment": return momentOf(value);
      case "upper": return upper(value);
      case "units": return units(value, row[second]);
      case "money": return row[second] ? this.money(value, row[second]) : null;
      case "difference": return units(value - row[second], row[third]);
      default: throw new Error(`nobody knows what ${is} means`);
    }
  }

  money(minor, currency) {
    return { __typename: "Money", amount: units(minor, currency), currency };
  }

  connection(type, rows, args, list) {
    const { filters = {}, staffFilters = [], orders, staffOrders = [], sums = {}, argument } = mapping.types[type];
    const asked = argument ? { [argument]: args[argument] } : (args.filter ?? {});
    const given = Object.entries(asked).filter(([, value]) => value !== null && value !== undefined);
    if (this.caller.partner && given.some(([name]) => staffFilters.includes(name))) throw new Denied("a partner's token does not filter by this");
    const field = args.orderBy?.field;
    if (this.caller.partner && staffOrders.includes(field)) throw new Denied("a partner's token does not sort by this");
    if (["AMOUNT", "VALUE"].includes(field) && !args.filter?.currency) throw bad(`to sort by ${field} give filter.currency`);
    const natural = mapping.types[type].order ?? "-id";
    const order = field ? orders[field].split(" ").map((name) => (args.orderBy.direction === "DESC" ? `-${name}` : name)).join(" ") : natural;
    const summed = this.summed(sums[field], args.orderBy);
    const all = () => summed(filtered(this, rows(), filters, given));
    return page(this, type, () => sorted(all(), order), args, `${list} ${JSON.stringify(given)} ${order} ${sums[field] ? args.orderBy.currency : ""}`);
  }

  /** Gives rows the sum in a currency that they are sorted by, if they are. */
  summed(sum, orderBy) {
    if (!sum) return (rows) => rows;
    this.read("commissions");
    if (!orderBy.currency) throw bad(`to sort by ${orderBy.field} give orderBy.currency`);
    const [table, minor, less] = sum.split(" ");
    const kept = this.table(table).filter((row) => row.currency === orderBy.currency);
    const sums = new Map(kept.map((row) => [row.partner_id, row[minor] - (less ? row[less] : 0)]));
    return (rows) => rows.map((row) => ({ ...row, sum: sums.get(row.id) ?? 0 }));
  }
}

export const bad = (message) => new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });

export const at = (row, path) => path.split(".").reduce((value, name) => value?.[name], row);

export function grouped(pairs) {
  const groups = new Map();
  for (const [key, value] of pairs) {
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(value);
  }
  return groups;
}
