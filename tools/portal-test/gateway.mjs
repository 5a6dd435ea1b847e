// The gateway, asked without the page: what the page shows is compared with this.
const { DEMO_URL: url, DEMO_ADMIN_TOKEN: staff } = process.env;

export function check(holds, text) {
  if (!holds) throw new Error(text);
}

export function equal(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  check(a === b, `${what}: the page shows\n  ${a}\nand the API says\n  ${b}`);
}

export async function ask(token, query, variables = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json();
  check(!answer.errors, `${query}\n${JSON.stringify(answer)}`);
  return answer.data;
}

/** An export, as the gateway gives it. */
export async function exported(token, name, parameters) {
  const address = `${url.replace(/\/graphql$/, "")}/export/${name}?${new URLSearchParams(parameters)}`;
  const response = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
  check(response.ok, `${address}: status ${response.status}`);
  return response.text();
}

/** A mutation by the staff that found nothing to mend. */
export async function act(name, input, selection) {
  const type = `${name[0].toUpperCase()}${name.slice(1)}Input!`;
  const document = `mutation($input: ${type}) { ${name}(input: $input) { ${selection} userErrors { code message field } } }`;
  const payload = (await ask(staff, document, { input }))[name];
  const payloads = Array.isArray(payload) ? payload : [payload];
  for (const { userErrors } of payloads) check(userErrors.length === 0, `${name}: ${JSON.stringify(userErrors)}`);
  return payload;
}

const run = Date.now().toString(36);
let [events, newcomers, partners] = [0, 0, 0];

export async function sell(partnerId, campaignId, amount) {
  events += 1;
  const input = {
    externalId: `portal-${run}-${events}`,
    kind: "CHARGE",
    type: "order",
    partnerId,
    campaignId,
    amount: { amount, currency: "EUR" },
  };
  const { commissions } = await act("recordEvent", input, "commissions { id amount { amount currency } }");
  check(commissions.length === 1, `an event of ${amount} earned ${commissions.length} commissions`);
  return commissions[0];
}

export const tokenOf = async (partnerId, scopes) =>
  (await act("issuePartnerToken", { partnerId, ...(scopes && { scopes }) }, "token")).token;

/** A campaign of the token's partner: one on the way to a tier, if there is any. */
export async function campaignOf(token) {
  const { viewer } = await ask(
    token,
    "{ viewer { partner { tierProgress { value campaign { id } } campaigns(first: 1) { nodes { id } } } } }",
  );
  const { tierProgress } = viewer.partner;
  const begun = tierProgress.find(({ value }) => Number(value) > 0) ?? tierProgress[0];
  return begun?.campaign.id ?? viewer.partner.campaigns.nodes[0]?.id;
}

/** A partner in the middle of its life, whatever the demo holds: something accrued, approved, on its way and paid, and a tier. */
export async function makePartner() {
  partners += 1;
  const own = `${run}-${partners}`;
  const name = `Kestrel & Finch ${own}`;
  const { campaign } = await act(
    "createCampaign",
    { name: `Autumn launch ${own}`, terms: [{ basis: "PERCENT", value: "12.5" }] },
    "campaign { id name }",
  );
  const { partner } = await act(
    "createPartner",
    { name, email: `portal-${own}@kestrel.example`, campaignIds: [campaign.id], sendInvite: false },
    "partner { id status }",
  );
  if (partner.status !== "ACTIVE") await act("activatePartner", { id: partner.id }, "partner { id }");
  await act(
    "createTieredCommission",
    {
      name: `Silver ${own}`,
      status: "ACTIVE",
      startDate: "2020-01-01",
      endDate: "2099-12-31",
      period: "QUARTERLY",
      applyToAllPartners: true,
      campaignIds: [campaign.id],
      goals: [
        { metric: "SALE_AMOUNT", goal: "5000" },
        { metric: "CONVERSION", goal: "20" },
      ],
      payout: { action: "INCREASE", value: "10" },
    },
    "tieredCommission { id }",
  );
  const rows = [];
  for (const amount of ["640.00", "1280.40", "99.99", "310.25", "18.05"])
    rows.push(await sell(partner.id, campaign.id, amount));
  const approve = (ids) => act("approveCommissions", { ids }, "id");
  const pay = async () => {
    const { payoutRun } = await act(
      "createPayoutRun",
      { partnerIds: [partner.id] },
      "payoutRun { payouts(first: 5) { nodes { id } } }",
    );
    check(payoutRun.payouts.nodes.length === 1, "the run pays the partner");
    return payoutRun.payouts.nodes[0].id;
  };
  await approve([rows[0].id]);
  await act("settlePayout", { id: await pay(), status: "PAID", reference: "SEPA 1" }, "payout { id }");
  await approve([rows[1].id]);
  await pay();
  await approve([rows[2].id]);
  return { id: partner.id, name, campaign, token: await tokenOf(partner.id) };
}

/** Two partners with something to be paid: one whose payee PayPal knows, and one whose payee it does not. */
export async function makeOwed() {
  for (const [name, payoutReference] of [
    ["Heron Studio", "pay@heron.example"],
    ["Wren & Daughters", "account 4711"],
  ]) {
    const email = `${name.split(" ")[0].toLowerCase()}-${run}@owed.example`;
    const input = { name, email, sendInvite: false, payoutReference };
    const { partner } = await act("createPartner", input, "partner { id status }");
    if (partner.status !== "ACTIVE") await act("activatePartner", { id: partner.id }, "partner { id }");
    const row = { partnerId: partner.id, amount: { amount: "250.00", currency: "EUR" }, reason: "A welcome" };
    const { commission } = await act("createManualCommission", row, "commission { id status }");
    if (commission.status === "ACCRUED") await act("approveCommissions", { ids: [commission.id] }, "id");
  }
}

/** A partner that has nothing yet. */
export async function makeNewcomer() {
  newcomers += 1;
  const [name, email] = [`Newcomer ${run} ${newcomers}`, `new-${run}-${newcomers}@newcomer.example`];
  const input = { name, email, sendInvite: false };
  const { partner } = await act("createPartner", input, "partner { id status }");
  if (partner.status !== "ACTIVE") await act("activatePartner", { id: partner.id }, "partner { id }");
  return { id: partner.id, token: await tokenOf(partner.id) };
}

/** The same token, with a signature that is none and an end that has passed. */
export function expired(token) {
  const [head, payload] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  const past = Buffer.from(JSON.stringify({ ...claims, exp: 1_600_000_000 })).toString("base64url");
  return `${head}.${past}.${"A".repeat(43)}`;
}
