// Asking the gateway, and its schema as graphql-js reads it.

import { readFileSync } from "node:fs";
import { buildSchema, GraphQLError, Kind } from "graphql";

const { DEMO_URL: url, DEMO_ADMIN_TOKEN: admin, DEMO_PARTNER_TOKEN: partner } = process.env;
export const tokens = { admin, partner };

export const schema = buildSchema(readFileSync(process.env.SCHEMA, "utf8"));

// A schema's text does not say what fits the scalars of its own.
const SCALARS = {
  CurrencyCode: (node) => node.kind === Kind.STRING && /^[A-Z]{3}$/.test(node.value),
  Date: (node) => node.kind === Kind.STRING && /^\d{4}-\d\d-\d\d$/.test(node.value),
  DateTime: (node) => node.kind === Kind.STRING && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(node.value),
  Decimal: (node) => [Kind.STRING, Kind.INT].includes(node.kind) && /^-?\d+(\.\d+)?$/.test(node.value),
  _Any: (node) => [Kind.OBJECT, Kind.LIST].includes(node.kind),
};
for (const [name, fits] of Object.entries(SCALARS)) {
  const scalar = schema.getType(name);
  const general = scalar.parseLiteral.bind(scalar);
  scalar.parseLiteral = (node, variables) => {
    if (!fits(node)) throw new GraphQLError(`this is no ${name}`);
    return general(node, variables);
  };
}

export async function ask(token, query, variables = {}, operationName = undefined) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables, operationName }),
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`the answer is no JSON (${response.status}): ${text}\nto ${query}`);
  }
}

export const codes = (answer) => (answer.errors ?? []).map((error) => error.extensions?.code);
