// Compares what the gateway answers with what graphql-js answers over rows read with SQL:
//
//     node reference.mjs [SEED] [COUNT]
//
// Data, order of keys, errors' paths and codes must be the same, for staff and partners, with all scopes and with few.

import { readFileSync } from "node:fs";
import { parse } from "graphql";
import { callerOf, difference, expected, reference } from "./answer.mjs";
import { checkMapping } from "./check-mapping.mjs";
import { ask } from "./gateway.mjs";
import { Choices, Question } from "./questions.mjs";
import { random as seeded } from "./random.mjs";
import { mapping } from "./mapping.mjs";
import { sweep } from "./sweep.mjs";
import { read } from "./rows.mjs";
import { idOf } from "./values-of-rows.mjs";

const seed = Number(process.argv[2] ?? 1);
const count = Number(process.argv[3] ?? 300);
/** What nothing in the data has: the demo's runs have no cut-off, and its partners no reference of their own. */
const NEVER = new Set(["ApiKey.lastUsedAt", "Backtest.failure", "CommissionRule.categories", "CampaignAttribution.position", "PositionShares.first", "PositionShares.last"]);
const { TRIBUTARY_DATABASE_URL: url, REFERENCE_TOKENS: tokens, SHOW: show } = process.env;

checkMapping();
let tables = await read(url, "demo");
const other = await read(url, "other");
const foreign = Object.fromEntries([["Partner", "par"], ["Campaign", "cmp"], ["Commission", "com"], ["Event", "evt"]].map(([type, prefix]) => [type, other.get(type.toLowerCase()).map(({ id }) => idOf(prefix, id))]));
const choices = new Choices(tables, foreign);
const callers = Object.entries(JSON.parse(readFileSync(tokens, "utf8"))).map(([name, token]) => callerOf(name, token));
const learned = new Map();
const seen = { compared: 0, beyond: 0, failing: 0, followed: 0, shown: new Set() };
const failures = [];

/** Asks both. The gateway works on its own, too: what differs is looked at once more with rows read anew. */
async function compare(caller, text, variables) {
  for (const attempt of [1, 2]) {
    const ours = await ask(caller.token, text, variables);
    if (!("data" in ours)) {
      if (ours.errors?.[0]?.extensions?.code === "QUERY_TOO_COMPLEX") return { beyond: true };
      return { why: `refused: ${JSON.stringify(ours.errors)}` };
    }
    const theirs = expected(reference(tables, caller, learned, seen.shown), parse(text), variables);
    const why = difference(ours, theirs, learned);
    if (!why || attempt === 2) return { why, ours };
    tables = await read(url, "demo");
  }
}

/** The next page of a list that the document began. */
function next(text, data) {
  const end = Object.entries(data ?? {}).find(([, value]) => value?.pageInfo?.hasNextPage && value.pageInfo.endCursor);
  if (!end) return undefined;
  const at = new RegExp(`\\b${end[0]}(\\([^()]*\\))? \\{`).exec(text);
  if (!at || text.includes(`${end[0]}: `) || text.split(`${end[0]}${at[1] ?? ""} {`).length > 2 || /\blast:/.test(at[1] ?? "")) return undefined;
  const given = at[1] ? at[1].slice(1, -1).replace(/,? ?after: "[^"]*"/, "") : "";
  const after = `after: ${JSON.stringify(end[1].pageInfo.endCursor)}`;
  return text.replaceAll(`${end[0]}${at[1] ?? ""} {`, `${end[0]}(${[given, after].filter(Boolean).join(", ")}) {`);
}

let swept = 0;
for (const caller of callers) {
  for (const text of sweep(tables, caller)) {
    const { beyond, why } = await compare(caller, text, { yes: true });
    swept += 1;
    if (beyond || why) failures.push({ number: `of the sweep`, caller: caller.name, why: why ?? "beyond the limits", text });
  }
}

for (let number = 0; number < count; number += 1) {
  const random = seeded(seed * 1_000_003 + number);
  const caller = callers[number % callers.length];
  let text = Question.draw(random, choices, number % 10 === 9);
  const variables = { yes: true, no: false };
  for (let turn = 0; turn < 3 && text; turn += 1) {
    const { beyond, why, ours } = await compare(caller, text, variables);
    if (beyond) seen.beyond += 1;
    else seen.compared += 1;
    if (turn > 0) seen.followed += 1;
    if (why) failures.push({ number, caller: caller.name, why, text });
    if (why || beyond) break;
    if (ours.errors?.length) seen.failing += 1;
    text = next(text, ours.data);
  }
}

for (const { number, caller, why, text } of failures.slice(0, Number(show ?? 10))) console.error(`--- document ${number} as ${caller}\n${why}\n${text}\n`);
const { compared, beyond, failing, followed, shown } = seen;
const all = Object.entries(mapping.types).flatMap(([type, { fields = {} }]) => Object.keys(fields).map((field) => `${type}.${field}`));
const never = all.filter((field) => !shown.has(field) && !NEVER.has(field));
console.log(`${swept} documents with every field and ${count} of seed ${seed} over rows: ${compared} compared, ${failing} of them with errors, ${followed} further pages, ${beyond} beyond the limits; ${all.length - never.length} of ${all.length} fields`);
if (never.length) console.error(`these were never there: ${never.join(", ")}`);
if (failures.length) console.error(`${failures.length} are answered differently`);
if (count >= 200 && (failing < count / 20 || beyond > count / 4 || followed === 0)) console.error("too few of one kind");
process.exit(failures.length || never.length || (count >= 200 && (failing < count / 20 || beyond > count / 4 || followed === 0)) ? 1 : 0);
