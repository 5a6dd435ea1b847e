// Validates drawn documents, sound and spoilt, with graphql-js and with the gateway. Both must agree:
//
//     node validate.mjs [SEED] [COUNT]
//
// What graphql-js accepts the gateway may still refuse for what it costs; what graphql-js refuses it must not run.

import { parse, print, validate, specifiedRules, MaxIntrospectionDepthRule } from "graphql";
import { draw } from "./documents.mjs";
import { ask, codes, schema, tokens } from "./gateway.mjs";
import { operators, spoil } from "./operators.mjs";
import { random as seeded } from "./random.mjs";

const seed = Number(process.argv[2] ?? 1);
const count = Number(process.argv[3] ?? 1000);
const INVALID = ["GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"];
// The limit on introspection is not about soundness.
const rules = specifiedRules.filter((rule) => rule !== MaxIntrospectionDepthRule);

function refusal(text) {
  try {
    const errors = validate(schema, parse(text), rules, { maxErrors: 1 });
    return errors[0]?.message;
  } catch (error) {
    return error.message;
  }
}

const seen = { sound: 0, spoilt: 0, beyond: 0 };
const perOperator = {};
const failures = [];
const names = Object.keys(operators);
for (let number = 0; number < count; number += 1) {
  const random = seeded(seed * 1_000_003 + number);
  const { text: drawn, values } = draw(random);
  let [text, how] = [drawn, "as drawn"];
  if (number % 5 === 4) {
    text = spoil(print(parse(drawn)), random);
    how = "text";
  } else if (number % 5 !== 0) {
    how = names[number % names.length];
    const changed = operators[how](parse(drawn), random);
    if (changed) text = print(changed);
    else how = "as drawn";
  }
  const reason = refusal(text);
  // A name is needed where there are several, and the refusal to guess would hide all others.
  const operationName = /^(query|mutation) Drawn\b/m.test(text) ? "Drawn" : undefined;
  const answer = await ask(tokens.partner, text, values, operationName);
  const found = codes(answer);
  const ran = "data" in answer;
  const isInvalid = found.some((code) => INVALID.includes(code));
  perOperator[how] ??= [0, 0];
  perOperator[how][reason ? 1 : 0] += 1;
  if (reason) seen.spoilt += 1;
  else if (ran) seen.sound += 1;
  else seen.beyond += 1;
  if (reason ? ran : isInvalid) failures.push({ number, how, reason, answer: answer.errors?.[0]?.message, text, values });
}

for (const failure of failures.slice(0, 20)) {
  const { number, how, reason, answer, text, values } = failure;
  console.error(`--- document ${number} (${how})\ngraphql-js: ${reason ?? "accepted"}\nthe gateway: ${answer ?? "accepted"}\n${JSON.stringify(values)}\n${text}`);
}
console.log(`${count} documents of seed ${seed}: ${seen.sound} ran, ${seen.spoilt} refused by both, ${seen.beyond} sound and refused for another reason`);
const idle = names.filter((name) => !perOperator[name]?.[1]);
if (process.env.SHOW) console.log(perOperator);
if (failures.length) console.error(`${failures.length} are judged differently`);
if (count >= 1000 && idle.length) console.error(`these never spoilt anything: ${idle.join(", ")}`);
if (count >= 1000 && (seen.sound < count / 10 || seen.spoilt < count / 3)) console.error("too few of one kind");
process.exit(failures.length || (count >= 1000 && (idle.length || seen.sound < count / 10 || seen.spoilt < count / 3)) ? 1 : 0);
