// The gateway as the staff and the brand's server use it: with the demo's token.
const { DEMO_URL: url, DEMO_ADMIN_TOKEN: token } = process.env;

export const GATEWAY = url.replace(/\/graphql$/, "");

export function check(holds, text) {
  if (!holds) throw new Error(text);
}

export function equal(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  check(a === b, `${what}: ${a} instead of ${b}`);
}

export async function ask(query, variables = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json();
  check(!answer.errors, `${query}\n${JSON.stringify(answer)}`);
  return answer.data;
}

/** A mutation that found nothing to mend. */
export async function act(name, input, selection) {
  const type = `${name[0].toUpperCase()}${name.slice(1)}Input!`;
  const document = `mutation($input: ${type}) { ${name}(input: $input) { ${selection} userErrors { code message field } } }`;
  const payload = (await ask(document, { input }))[name];
  equal(payload.userErrors, [], name);
  return payload;
}

/** Reads again until it holds: what pages send is written a moment later. */
export async function until(read, holds, what) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await read();
    if (holds(found)) return found;
    check(Date.now() < deadline, `${what}: at last ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** How many clicks a visitor made. */
export async function clicksOf(visitor) {
  const query = "query($of: [String!]!) { touches(filter: { visitorIds: $of, kind: [CLICK] }) { totalCount } }";
  return (await ask(query, { of: [visitor] })).touches.totalCount;
}

/** To whom a sale is credited. */
export async function creditOf(externalId) {
  const query =
    "query($of: String!) { event(externalId: $of) { attribution { via partner { id } link { id } } decision { reason } commissions(first: 5) { nodes { amount { amount } } } } }";
  return (await ask(query, { of: externalId })).event;
}
