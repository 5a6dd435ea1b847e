// Has receivers told what happens: node tell.mjs TOKEN GATEWAYS RECEIVERS...
// GATEWAYS are addresses of gateways on one database, separated by commas; each receiver is a command (its words separated
// by spaces) that prints lines of JSON: first its `url`; `knows` when it has read a line with a secret; then one for each
// message, with what its library made of it and whether the same message passes when it was tampered with. Every message
// must pass, of each object in order, also while two secrets are live. Exits with 1 if not.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const [token, gateways, ...commands] = process.argv.slice(2);
const addresses = gateways.split(",");

setTimeout(() => {
  console.error("nothing more is heard: given up");
  process.exit(1);
}, 120_000).unref();

let asked = 0;
async function ask(query, variables) {
  // The gateways take turns.
  const response = await fetch(addresses[asked++ % addresses.length], {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  for (const [field, payload] of Object.entries(data)) {
    const problems = [payload].flat().flatMap((one) => one?.userErrors ?? []);
    if (problems.length > 0) throw new Error(`${field}: ${JSON.stringify(problems)}`);
  }
  return data;
}

const mutate = async (field, input, selection) => {
  const type = `${field[0].toUpperCase()}${field.slice(1)}Input!`;
  const query = `mutation($input: ${type}) { ${field}(input: $input) { ${selection} userErrors { field message } } }`;
  return (await ask(query, { input }))[field];
};

class Receiver {
  constructor(command) {
    this.name = command;
    const [program, ...words] = command.split(" ");
    this.process = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async next() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`${this.name} has ended`);
    return JSON.parse(value);
  }

  async begin() {
    this.url = (await this.next()).url;
    const made = await mutate("createWebhookEndpoint", { url: this.url }, "webhookEndpoint { id } secret");
    this.id = made.webhookEndpoint.id;
    await this.knows(made.secret);
  }

  async knows(secret) {
    this.process.stdin.write(`${secret}\n`);
    const { knows } = await this.next();
    if (!knows) throw new Error(`${this.name} does not take its secret`);
  }

  // Messages until there are so many, each with how often it came so far.
  async hears(count) {
    const messages = new Map();
    while (messages.size < count) {
      const { id, message, error, forgedPasses } = await this.next();
      if (error || forgedPasses) throw new Error(`${this.name}: ${id}: ${error ?? "a forged message passes"}`);
      messages.set(id, message);
    }
    return [...messages.values()];
  }
}

// Fails unless the messages about each object are in order.
function inOrder(messages) {
  const last = new Map();
  for (const { type, data } of messages) {
    const object = data.commissionId ?? data.payoutId ?? data.partnerId;
    if (data.sequence <= last.get(object)) throw new Error(`${type} of ${object} came too late`);
    last.set(object, data.sequence);
  }
}

async function happens() {
  const partner = { name: "Zoë", email: `zoe${asked}@example.com`, externalId: `Zoë – ☃ 🎉 \\ "${asked}"` };
  const { id } = (await mutate("createPartner", partner, "partner { id }")).partner;
  const rows = [];
  for (const amount of ["12.34", "-1.00", "9007199254740.99"]) {
    const input = { partnerId: id, amount: { amount, currency: "EUR" }, reason: "agreed" };
    rows.push((await mutate("createManualCommission", input, "commission { id }")).commission.id);
  }
  await ask("mutation($ids: [ID!]!) { approveCommissions(input: { ids: $ids }) { userErrors { message } } }", { ids: rows });
  return [partner.externalId, ["partner.created", "commission.accrued", "commission.approved"], 1 + 2 * rows.length];
}

async function hear(receiver, [externalId, types, count]) {
  const messages = await receiver.hears(count);
  inOrder(messages);
  const heard = [...new Set(messages.map(({ type }) => type))].sort();
  if (`${heard}` !== `${types.sort()}`) throw new Error(`${receiver.name} has heard of ${heard}`);
  if (messages.some(({ data }) => data.partnerExternalId !== externalId)) throw new Error("an external id is another");
  return count;
}

const receivers = commands.map((command) => new Receiver(command));
for (const receiver of receivers) await receiver.begin();
const first = await happens();
for (const receiver of receivers) await hear(receiver, first);

// While two secrets are live whoever knows the former one verifies, and whoever knows the latter.
const rotated = [];
for (const { id } of receivers) rotated.push((await mutate("rotateWebhookSecret", { id }, "secret")).secret);
const second = await happens();
for (const receiver of receivers) await hear(receiver, second);
for (const [place, receiver] of receivers.entries()) await receiver.knows(rotated[place]);
const third = await happens();
for (const receiver of receivers) await hear(receiver, third);

const { __type } = await ask('{ __type(name: "WebhookEventType") { enumValues { name } } }');
const types = __type.enumValues.map(({ name }) => name);
for (const receiver of receivers) {
  for (const type of types) await mutate("sendTestWebhook", { endpointId: receiver.id, type }, "webhookDelivery { id }");
  const tests = await receiver.hears(types.length);
  const heard = new Set(tests.filter(({ data }) => data.test).map(({ type }) => type));
  if (heard.size !== types.length) throw new Error(`${receiver.name} has heard of ${[...heard]}`);
  const count = first[2] + second[2] + third[2] + types.length;
  console.log(`ok: ${receiver.name.split("/").pop()} verifies ${count} messages`);
}
process.exit(0);
