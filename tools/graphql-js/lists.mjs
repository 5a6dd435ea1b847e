// Lists of rows: filters, orders and pages.

import { bad } from "./mapping.mjs";
import { hexOf, keptMoment, units } from "./values-of-rows.mjs";

/** By columns; "-" turns one round, "a|b" is b where a is nothing, "a~" has small letters for A to Z. Nothing comes before something. */
export function sorted(rows, order) {
  const value = (row, name) => {
    if (name.endsWith("~")) return row[name.slice(0, -1)].replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    const [column, other] = name.split("|");
    return row[column] ?? row[other] ?? row[column];
  };
  const keys = order.split(" ").map((name) => (name.startsWith("-") ? [name.slice(1), -1] : [name, 1]));
  const compare = (one, other) => {
    if (one === other) return 0;
    if (one === null) return -1;
    if (other === null) return 1;
    if (typeof one === "string") return Buffer.compare(Buffer.from(one), Buffer.from(other));
    return one < other ? -1 : 1;
  };
  const sign = (one, other) => keys.reduce((found, [name, turn]) => found || turn * compare(value(one, name), value(other, name)), 0);
  return [...rows].sort(sign);
}

/** The rows that meet everything given. */
export function filtered(reference, rows, filters, given) {
  return given.reduce((left, [name, wanted]) => {
    if (!filters[name]) throw new Error(`nobody knows the filter ${name}`);
    const [way, ...rest] = filters[name].split(" ");
    return left.filter(test(reference, way, rest, wanted));
  }, rows);
}

function test(reference, way, [first, second, third], wanted) {
  const all = (ids) => [ids].flat().map(hexOf);
  // "a|b" is b where a is nothing.
  const of = (row) => first.split("|").map((column) => row[column]).find((value) => value !== null) ?? null;
  const decisions = () => new Map(newestDecisions(reference).map((row) => [row.event_id, row]));
  switch (way) {
    case "is": return (row) => row[first] === wanted;
    case "in": return (row) => wanted.includes(row[first]);
    case "id": return (row) => all(wanted).includes(row[first]);
    case "from": return (row) => of(row) !== null && of(row) >= keptMoment(wanted);
    case "before": return (row) => of(row) !== null && of(row) < keptMoment(wanted);
    case "atLeast": return (row) => Number(units(row[first], row[second])) >= Number(wanted);
    case "atMost": return (row) => Number(units(row[first], row[second])) <= Number(wanted);
    case "holds": return (row) => [wanted].flat().some((one) => row[first].includes(one));
    case "via": {
      const own = reference.caller.partner;
      // A partner sees its own memberships only.
      const seen = reference.table(first).filter((row) => !own || !row.partner_id || row.partner_id === own);
      const ids = new Set(seen.filter((row) => all(wanted).includes(row[second])).map((row) => row[third]));
      return (row) => ids.has(row.id);
    }
    case "among": {
      const ids = new Set(reference.table(first).filter((row) => wanted.includes(row[second])).map((row) => row.id));
      return (row) => ids.has(row[third]);
    }
    case "forPartner": {
      const named = new Set(reference.table("tiered_commission_reference").filter((row) => row.partner_id === hexOf(wanted)).map((row) => row.tier_id));
      return (row) => Boolean(row.apply_to_all_partners) || named.has(row.id);
    }
    case "earned": {
      const found = decisions();
      return (row) => found.has(row.id) && (found.get(row.id).reason === null) === wanted;
    }
    case "reason": {
      const found = decisions();
      return (row) => found.has(row.id) && wanted.includes(found.get(row.id).reason);
    }
    default: throw new Error(`nobody knows what ${way} means`);
  }
}

/** The decision that counts of each event. */
export function newestDecisions(reference) {
  return reference.once("decisions", () => {
    const newest = new Map();
    for (const row of reference.table("event_decision")) if (!(newest.get(row.event_id)?.number > row.number)) newest.set(row.event_id, row);
    const own = reference.caller.partner;
    return [...newest.values()].filter((row) => !own || row.partner_id === own);
  });
}

/** What stands for a cursor until the gateway's own is known: the list and the row. */
export const CURSOR = "cursor of ";

/** A stretch of a list, as a connection. */
export function page(reference, type, all, { first, last, after, before }, list) {
  if (typeof first === "number" && typeof last === "number") throw bad("give first or last, not both");
  const size = last ?? first ?? 20;
  if (size < 0 || size > 500) throw bad("a page has 0 to 500");
  const name = `${CURSOR}${list} ${reference.caller.partner ?? "staff"} `;
  const place = (cursor) => {
    const known = reference.learned.get(cursor);
    if (!known?.startsWith(name)) throw bad("this is no cursor of this list");
    return known.slice(name.length);
  };
  const [behind, ahead] = [after, before].map((cursor) => (typeof cursor === "string" ? place(cursor) : undefined));
  let whole;
  const rows = () => {
    whole ??= all();
    const from = behind === undefined ? 0 : whole.findIndex((row) => row.id === behind) + 1;
    const to = ahead === undefined ? whole.length : whole.findIndex((row) => row.id === ahead);
    const between = whole.slice(from, Math.max(from, to));
    return { shown: typeof last === "number" ? between.slice(Math.max(0, between.length - size)) : between.slice(0, size), more: between.length > size };
  };
  const edges = () => rows().shown.map((row) => ({ cursor: `${name}${row.id}`, node: reference.wrap(type, row) }));
  const backward = typeof last === "number";
  return {
    edges,
    nodes: () => edges().map(({ node }) => node),
    pageInfo: () => {
      const { more } = rows();
      const ends = edges();
      return {
        hasNextPage: backward ? ahead !== undefined : more, hasPreviousPage: backward ? more : behind !== undefined,
        startCursor: ends[0]?.cursor ?? null, endCursor: ends.at(-1)?.cursor ?? null,
      };
    },
    totalCount: () => all().length,
    totals: () => totals(all()),
  };
}

function totals(rows) {
  const sums = new Map();
  for (const { status, currency, amount_minor: minor } of rows) {
    const sum = sums.get(`${status} ${currency}`) ?? { status, currency, count: 0, minor: 0n };
    sums.set(`${status} ${currency}`, { ...sum, count: sum.count + 1, minor: sum.minor + BigInt(minor) });
  }
  return sorted([...sums.values()], "status currency").map(({ minor, ...sum }) => {
    const amount = units(minor, sum.currency);
    return { ...sum, amount, total: { __typename: "Money", amount, currency: sum.currency } };
  });
}
