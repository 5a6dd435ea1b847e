// What the demo has none of: deals with custom fields, commission rules, tiers, refunds, decisions, revenue, keys,
// manual commissions. Written by mutations, once.

import { ask, tokens } from "./gateway.mjs";

let number = 0;
const key = () => `fill-${(number += 1)}`;

async function write(name, input, selection) {
  const type = `${name[0].toUpperCase()}${name.slice(1)}Input`;
  const { data, errors } = await ask(tokens.admin, `mutation ($input: ${/^(delete|revokeApiKey)/.test(name) ? "DeleteInput" : type}!) { ${name}(input: $input) { ${selection} userErrors { field message } } }`, { input });
  if (errors || data[name].userErrors.length) throw new Error(`${name}: ${JSON.stringify(errors ?? data[name].userErrors)}\n${JSON.stringify(input)}`);
  return data[name];
}

const partner = JSON.parse(Buffer.from(tokens.partner.split(".")[1], "base64url")).partner;
const { data, errors } = await ask(tokens.admin, `{
  own: partner(id: "${partner}") { id type campaigns(first: 5) { nodes { id advertiser { id } } } }
  partners(first: 40, filter: { status: [ACTIVE] }) { nodes { id type campaigns(first: 1) { nodes { id advertiser { id } } } } }
  partnerTiers { id } partnerCategories { id }
}`);
if (errors) throw new Error(JSON.stringify(errors));
const [own, partners] = [data.own, data.partners.nodes.filter(({ id }) => id !== partner)];

const fields = [];
for (const [label, options] of [["Region", ["North", "South", "West"]], ["Size", ["Small", "Large"]], ["Unused", ["Never"]]]) {
  const input = { label, options: options.map((option) => ({ label: option, externalId: `${label}-${option}` })), externalId: label === "Size" ? null : label };
  fields.push((await write("createCustomField", input, "customField { id options { id } }")).customField);
}
const stages = [];
for (const [position, [label, outcome]] of [["Lead", "OPEN"], ["Offer", "OPEN"], ["Won", "WON"], ["Lost", "LOST"]].entries()) {
  stages.push((await write("createPaymentStage", { label, outcome, position, externalId: position % 2 ? null : `stage-${position}` }, "paymentStage { id }")).paymentStage.id);
}

const [region, size] = fields;
const scaling = { customFieldId: region.id, tiers: region.options.map(({ id }, index) => ({ optionId: id, value: `${10 + index * 2.5}` })) };
const entries = [
  { paymentStageId: stages[1], oneOff: { valueType: "FIXED", value: "75.50" } },
  { paymentStageId: stages[2], condition: { customFieldId: size.id, optionId: size.options[1].id }, oneOff: { valueType: "PERCENTAGE", scaling }, recurring: { valueType: "PERCENTAGE", value: "2.5", numberOfOccurrences: 12 } },
  {
    paymentStageId: stages[2],
    recurring: {
      valueType: "PERCENTAGE", numberOfOccurrences: 6,
      periodRates: { enabled: true, periods: [{ periodNumber: 1, startOccurrence: 1, endOccurrence: 3, value: "5" }, { periodNumber: 2, startOccurrence: 4, endOccurrence: 6, scaling }] },
    },
  },
];
for (const [index, partnerType] of [...new Set([own.type, "REFERRAL", "AFFILIATE"])].entries()) {
  await write("createCommissionRule", { label: `Rule of ${partnerType}`, partnerType, paymentTarget: "PARTNERSHIP", currency: "EUR", externalId: `rule-${index}`, entries }, "commissionRule { id }");
  const some = { tierIds: data.partnerTiers.slice(0, 2).map(({ id }) => id), categoryIds: data.partnerCategories.slice(0, 2).map(({ id }) => id), partnerIds: [own, ...partners.slice(0, 4)].filter(({ type }) => type === partnerType).map(({ id }) => id) };
  await write("createCommissionRule", { label: `People of ${partnerType}`, partnerType, paymentTarget: "INDIVIDUAL", currency: "EUR", holdbackDays: 7, autoAssignRecipient: "DEAL_OWNER", entries: entries.slice(0, 1), ...some }, "commissionRule { id }");
}

for (const [index, { id }] of [own, own, own, ...partners.slice(0, 9)].entries()) {
  const customFields = [{ customFieldId: region.id, optionId: region.options[index % 3].id }, { customFieldId: size.id, optionId: size.options[index % 2].id }];
  const { deal } = await write("createDeal", {
    name: `Deal ${index}`, externalId: index % 3 ? `deal-${index}` : null, value: { amount: `${1000 + index * 111}.${10 + index}`, currency: "EUR" }, partnerId: id, stageId: index % 4 === 3 ? null : stages[0],
    owner: index % 2 ? "Jo Owner" : null, leadCreator: index % 3 ? "Kim Lead" : null, customFields: customFields.slice(0, index % 3),
  }, "deal { id }");
  for (const stageId of stages.slice(1, 1 + (index % 4))) await write("moveDeal", { id: deal.id, stageId }, "deal { id }");
  if (index % 4 === 2) await write("recordDealRenewal", { id: deal.id, idempotencyKey: key() }, "deal { id }");
}

const people = [own, ...partners.slice(0, 6)].filter(({ campaigns }) => campaigns.nodes.length);
const today = new Date().toISOString().slice(0, 10);
const span = { startDate: `${today.slice(0, 4)}-01-01`, endDate: `${Number(today.slice(0, 4)) + 1}-12-31` };
for (const [index, { id, campaigns }] of people.entries()) {
  const campaign = campaigns.nodes[0];
  await write("createTieredCommission", {
    name: `Tier ${index}`, externalId: index % 2 ? `tier-${index}` : null, status: index % 3 === 2 ? "INACTIVE" : "ACTIVE", ...span, eventType: index === 3 ? "purchase" : null, period: ["MONTHLY", "GLOBAL", "QUARTERLY"][index % 3], currency: "EUR",
    campaignIds: [campaign.id], advertiserIds: campaign.advertiser && index !== 3 ? [campaign.advertiser.id] : [], applyToAllPartners: index % 2 === 1, partnerIds: index % 2 ? [] : [id],
    goals: [{ metric: "CONVERSION", goal: "2", max: index % 2 ? "500" : null }, { metric: "SALE_AMOUNT", goal: "10.5" }], crossingPolicy: index % 2 ? "CROSSING_CONVERSION" : "NEXT_CONVERSION",
    payout: { action: "INCREASE", value: "10" }, revenue: { action: "FLAT_INCREASE", value: "1.25" },
    retroactivePayout: { action: "FLAT_INCREASE", value: "2" }, retroactiveRevenue: { action: "EXACT", value: "12.5", type: index % 2 ? "RPS" : "RPA" }, notes: index ? null : "The first.",
  }, "tieredCommission { id }");
}

const moment = (minutes) => new Date(Date.now() - 86_400_000 + minutes * 60_000).toISOString();
const eur = (amount) => ({ amount, currency: "EUR" });
await write("updateTenant", { trackingOrigins: ["https://shop.example"] }, "tenant { slug }");
for (const [index, { id, campaigns }] of people.entries()) {
  const window = index % 2 ? { startsAt: moment(-60), endsAt: moment(10_000) } : {};
  await write("createCoupon", { partnerId: id, campaignId: campaigns.nodes[0].id, code: `Fill ${index}`, customerBenefit: index % 3 ? null : "10 % off", ...window }, "coupon { id }");
  await write("createCoupon", { partnerId: id, campaignId: campaigns.nodes[0].id, code: `Old ${index}`, status: "DISABLED" }, "coupon { id }");
  for (let turn = 0; turn < 6; turn += 1) {
    const externalId = `fill-event-${index}-${turn}`;
    const input = {
      externalId, kind: turn === 4 ? "CONVERSION" : "CHARGE", type: ["purchase", "signup", null][turn % 3], amount: eur(`${40 + turn}.${10 + index}`), occurredAt: moment(index * 20 + turn),
      ...(turn === 5 ? {} : turn === 3 ? { couponCode: `FILL ${index}` } : { partnerId: id, campaignId: campaigns.nodes[0].id }), customerExternalId: `fill-customer-${index}-${turn % 2}`, metadata: turn % 2 ? { order: turn, tags: ["a", "b"] } : null,
      revenue: turn % 2 ? null : eur(`${60 + turn}`), base: turn !== 3,
    };
    await write("recordEvent", input, "event { id }");
    if (turn < 2) await write("recordEvent", { externalId: `${externalId}-back`, kind: turn ? "CHARGEBACK" : "REFUND", amount: eur("5"), occurredAt: moment(index * 20 + turn + 5), originalExternalId: externalId }, "event { id }");
  }
  await write("recordEvent", { externalId: `fill-code-${index}`, kind: "CHARGE", amount: eur("12"), occurredAt: moment(index * 20), couponCode: index % 2 ? `old ${index}` : "nobody's" }, "event { id }");
  const campaignId = campaigns.nodes[0].id;
  await write("updateCampaign", { id: campaignId, destinationUrl: "https://shop.example/", linkHosts: index % 2 ? ["shop.example", "www.shop.example"] : [], attribution: index % 2 ? { windowDays: 30, couponRule: "IS_A_TOUCH" } : null }, "campaign { id }");
  await write("createLink", { partnerId: id, campaignId, key: `fill-${index}`, externalId: index % 2 ? null : `fill-link-${index}` }, "link { id }");
  await write("createLink", { partnerId: id, campaignId, key: `fill-old-${index}`, destinationUrl: "https://shop.example/old", status: "DISABLED" }, "link { id }");
  const met = [{ linkKey: `fill-${index}` }, { couponCode: `Fill ${index}` }, { partnerId: id, campaignId }];
  const touches = met.map((thing, place) => ({ ...thing, externalId: `fill-touch-${index}-${place}`, visitorId: `visitor-${index}-${place}`, occurredAt: moment(index * 20 + place) }));
  touches.push({ ...met[0], externalId: `fill-touch-${index}`, customerExternalId: `fill-customer-${index}-0`, occurredAt: moment(index * 20) });
  await ask(tokens.admin, "mutation ($input: [RecordTouchInput!]!) { recordTouches(input: $input) { userErrors { field message } } }", { input: touches });
  await write("recordEvent", { externalId: `fill-touched-${index}`, kind: "CHARGE", amount: eur("25"), customerExternalId: `fill-visitor-${index}`, visitorId: `visitor-${index}-0` }, "event { id }");
  await write("createManualCommission", { amount: eur(`${3 + index}.00`), partnerId: id, reason: "Thanks.", note: index % 2 ? null : "For the press." }, "commission { id }");
}

// What was in use is archived when it is deleted.
const gone = (await ask(tokens.admin, '{ commissionRules(first: 9) { nodes { id label } } tieredCommissions(first: 9, filter: { status: [ACTIVE] }) { nodes { id } } }')).data;
await write("deleteCommissionRule", { id: gone.commissionRules.nodes.find(({ label }) => label === `Rule of ${own.type}`).id }, "deletedId");
await write("deleteTieredCommission", { id: gone.tieredCommissions.nodes.at(-1).id }, "deletedId");
await write("createPartnerGroup", { name: "Dollars", currency: "USD", rules: [{ recurring: { percentage: "7.5" } }], tags: ["us"], externalId: "dollars" }, "partnerGroup { id }");
const owed = (await ask(tokens.admin, '{ commissions(first: 50, filter: { recipient: "Jo Owner" }) { nodes { id partner { id } } } }')).data.commissions.nodes;
const approved = await ask(tokens.admin, "mutation ($input: ApproveCommissionsInput!) { approveCommissions(input: $input) { userErrors { message } } }", { input: { ids: owed.map(({ id }) => id), overrideHoldbackReason: "They wait." } });
if (approved.errors || owed.length === 0) throw new Error(`approveCommissions: ${JSON.stringify(approved)} of ${owed.length}`);
const others = [own, ...partners].map(({ id }) => id).filter((id) => id !== owed[0].partner.id);
await write("createPayoutRun", { currency: "EUR", partnerIds: [...new Set(others)] }, "payoutRun { id }");
// So small that whoever begins to page through it meets the individual, and with a cut-off, so that it is looked at.
await write("createPayoutRun", { currency: "EUR", partnerIds: [owed[0].partner.id], accruedBefore: new Date(Date.now() + 60_000).toISOString() }, "payoutRun { id }");
const { apiKey } = await write("createApiKey", { name: "Lost", scopes: ["deals:read"] }, "apiKey { id }");
await write("revokeApiKey", { id: apiKey.id }, "deletedId");
await write("createApiKey", { name: "Reports", scopes: ["commissions:read", "partners:read"] }, "apiKey { id }");
await write("createApiKey", { name: "Portal", scopes: ["commissions:read"], partnerId: partner, expiresAt: "2099-01-01T00:00:00Z" }, "apiKey { id }");
await write("amendCommissionSnapshot", { partnerId: partner, reason: "Agreed by phone.", terms: [{ basis: "PERCENT", value: "15" }, { basis: "FIXED", value: "2.5", currency: "EUR", trigger: "FIRST", eventType: "signup" }] }, "commissionSnapshot { id }");
await write("amendCommissionSnapshot", { partnerId: partner, reason: "Agreed again.", campaignId: own.campaigns.nodes[0].id, terms: [{ basis: "GROUP_RULES" }], holdbackDays: 3 }, "commissionSnapshot { id }");

// A backtest of each kind of proposal, worked out before anything is compared.
const { campaigns, partnerGroups } = (await ask(tokens.admin, "{ campaigns(first: 1) { nodes { id } } partnerGroups(first: 1) { nodes { id currency } } }")).data;
const tier = {
  name: "Proposed", status: "ACTIVE", ...span, period: "MONTHLY", currency: "EUR", campaignIds: [campaigns.nodes[0].id], applyToAllPartners: true,
  goals: [{ metric: "CONVERSION", goal: "3" }], crossingPolicy: "NEXT_CONVERSION", payout: { action: "FLAT_INCREASE", value: "1" },
};
const range = { from: new Date(Date.now() - 30 * 86_400_000).toISOString(), to: new Date(Date.now() - 1_000).toISOString() };
const proposals = [
  { campaignTerms: { campaignId: campaigns.nodes[0].id, terms: [{ basis: "PERCENT", value: "7" }] } },
  { groupRules: { partnerGroupId: partnerGroups.nodes[0].id, rules: [{ recurring: { percentage: "3" } }] } },
  { tieredCommission: { replacesId: gone.tieredCommissions.nodes[0].id, tier } },
];
const waiting = [];
for (const [index, proposal] of proposals.entries()) {
  const { backtest } = await write("createBacktest", { name: index ? `Backtest ${index}` : null, ...range, proposal }, "backtest { id }");
  waiting.push(backtest.id);
}
for (const until = Date.now() + 60_000; Date.now() < until; ) {
  const { nodes } = (await ask(tokens.admin, "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Backtest { status failure } } }", { ids: waiting })).data;
  const failed = nodes.find(({ status }) => status === "FAILED");
  if (failed) throw new Error(`a backtest failed: ${failed.failure}`);
  if (nodes.every(({ status }) => status === "DONE")) break;
  await new Promise((resolve) => setTimeout(resolve, 250));
}
