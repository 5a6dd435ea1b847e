// Listens with the clients graphql-ws and graphql-sse: node listen.mjs TOKEN WRITES [LISTENS...]
// WRITES and LISTENS are addresses of gateways on one database. A commission accrues, is approved and is paid at the
// first; every client at every address must hear it, in that order. Prints a line for each, and exits with 1 if one
// does not.
import { createClient as createSse } from "graphql-sse";
import { createClient as createWs } from "graphql-ws";
import WebSocket from "ws";

const [token, writes, ...others] = process.argv.slice(2);
const authorization = `Bearer ${token}`;
const document = "subscription { commissionChanged { id status partner { name } } }";

setTimeout(() => {
  console.error("nothing more is heard: given up");
  process.exit(1);
}, 60_000).unref();

async function ask(query, variables) {
  const response = await fetch(writes, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  for (const [field, payload] of Object.entries(data)) {
    const problems = [payload].flat().flatMap((one) => one.userErrors ?? []);
    if (problems.length > 0) throw new Error(`${field}: ${JSON.stringify(problems)}`);
  }
  return data;
}

// A listener that has begun, and how to stop it.
async function overSocket(url) {
  const client = createWs({
    url: url.replace(/^http/, "ws"),
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
  });
  const events = client.iterate({ query: document });
  // What is asked behind the subscription on one socket is answered once that has begun.
  for await (const { data } of client.iterate({ query: "{ viewer { subject } }" })) {
    if (!data?.viewer) throw new Error("no answer over the socket");
  }
  return { name: `graphql-ws at ${url}`, events, stop: () => client.dispose() };
}

async function overStream(url) {
  const client = createSse({ url, headers: { authorization }, retryAttempts: 0 });
  let begun;
  const beginning = new Promise((resolve) => (begun = resolve));
  // The head of the answer says that it has begun.
  const events = client.iterate({ query: document }, { connected: begun });
  await beginning;
  return { name: `graphql-sse at ${url}`, events, stop: () => client.dispose() };
}

async function hears(listener, id, status) {
  const { value, done } = await listener.events.next();
  if (done) throw new Error(`${listener.name}: the end`);
  if (value.errors) throw new Error(`${listener.name}: ${JSON.stringify(value.errors)}`);
  const heard = value.data.commissionChanged;
  if (heard.id !== id || heard.status !== status) {
    throw new Error(`${listener.name}: ${JSON.stringify(heard)} instead of ${status}`);
  }
  console.log(`${listener.name}: ${status}`);
}

const { createPartner, createCampaign } = await ask(`mutation {
  createPartner(input: { name: "Ann", email: "ann@partner.example" }) { partner { id } userErrors { message } }
  createCampaign(input: { name: "Offer", terms: [{ basis: PERCENT, value: "10" }] }) { campaign { id } userErrors { message } }
}`);
const [partner, campaign] = [createPartner.partner.id, createCampaign.campaign.id];

const listeners = [];
for (const url of [writes, ...others]) listeners.push(await overSocket(url), await overStream(url));

const { recordEvent } = await ask(
  `mutation($input: RecordEventInput!) { recordEvent(input: $input) { commissions { id } userErrors { message } } }`,
  {
    input: {
      externalId: "sale",
      kind: "CHARGE",
      amount: { amount: "100", currency: "EUR" },
      partnerId: partner,
      campaignId: campaign,
    },
  },
);
const id = recordEvent.commissions[0].id;
for (const listener of listeners) await hears(listener, id, "ACCRUED");

await ask(
  `mutation($input: ApproveCommissionsInput!) { approveCommissions(input: $input) { userErrors { message } } }`,
  { input: { ids: [id], overrideHoldbackReason: "agreed" } },
);
for (const listener of listeners) await hears(listener, id, "APPROVED");

const { createPayoutRun } = await ask(`mutation {
  createPayoutRun(input: {}) { payoutRun { payouts(first: 10) { nodes { id } } } userErrors { message } }
}`);
for (const payout of createPayoutRun.payoutRun.payouts.nodes) {
  await ask(`mutation($id: ID!) { settlePayout(input: { id: $id, status: PAID }) { userErrors { message } } }`, {
    id: payout.id,
  });
}
for (const listener of listeners) await hears(listener, id, "PAID");

for (const listener of listeners) listener.stop();
