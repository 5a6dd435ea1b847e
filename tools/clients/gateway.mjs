// What the suites share: the gateway that they talk to, a fetch that remembers what was sent, and checks.
import { isDeepStrictEqual } from "node:util";

export const url = process.env.DEMO_URL;
export const token = process.env.DEMO_ADMIN_TOKEN;
if (!url || !token) throw new Error("run this by scripts/clients: DEMO_URL and DEMO_ADMIN_TOKEN are not set");

/** In the names of operations whose text the gateway must not know yet. */
export const run = `${process.pid}_${Date.now()}`;

export const headers = { authorization: `Bearer ${token}` };

/** A fetch, and the list of all requests that went through it: { method, query, hash, operationName }. */
export function recordingFetch() {
  const sent = [];
  const recording = (input, init = {}) => {
    const method = init.method ?? "GET";
    const parameters = new URL(String(input)).searchParams;
    const body =
      method === "GET"
        ? { ...Object.fromEntries(parameters), extensions: JSON.parse(parameters.get("extensions") ?? "{}") }
        : JSON.parse(init.body);
    sent.push({
      method,
      query: body.query || null,
      hash: body.extensions?.persistedQuery?.sha256Hash ?? null,
      operationName: body.operationName,
    });
    return fetch(input, init);
  };
  return { fetch: recording, sent };
}

/** Runs a document without any client. */
export async function ask(query, variables = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json();
  if (answer.errors) throw new Error(`${query}\n${JSON.stringify(answer.errors)}`);
  return answer.data;
}

/** The ids of all partners, by one page that holds them all. */
export async function allPartners() {
  const { partners } = await ask("{ partners(first: 500) { totalCount nodes { id } } }");
  equal(partners.nodes.length, partners.totalCount, "the reference page holds all partners");
  if (partners.totalCount < 20) throw new Error(`${partners.totalCount} partners are too few to page through`);
  return partners.nodes.map((partner) => partner.id);
}

export function equal(found, expected, what) {
  if (isDeepStrictEqual(found, expected)) return;
  throw new Error(`${what}:\n  expected ${JSON.stringify(expected)}\n  found    ${JSON.stringify(found)}`);
}

/** What a suite found, when all of it held. */
export function passed(suite, text) {
  console.log(`ok ${suite}: ${text}`);
}
