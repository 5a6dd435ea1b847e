// The fields that are more than a column or a link: small functions of the reference, the object and the arguments.

import { newestDecisions, sorted } from "./lists.mjs";
import { bad, mapping } from "./mapping.mjs";
import { hexOf, keptMoment, momentOf, readId, units, upper } from "./values-of-rows.mjs";

const RESOURCES = ["partners", "partner_groups", "campaigns", "coupons", "links", "events", "commissions", "payouts", "commission_rules", "deals", "tiered_commissions", "api_keys"];

/** In the order of resources; "admin" stands for all. */
function listed(scopes) {
  if (scopes.includes("admin")) return ["admin"];
  return RESOURCES.flatMap((resource) => [`${resource}:read`, `${resource}:write`]).filter((scope) => scopes.includes(scope));
}

/** In the order in which totals are listed. */
const OUTCOMES = ["PAID_OUT", "BELOW_MINIMUM", "NOT_POSITIVE", "PARTNER_SUSPENDED", "RECIPIENT_UNASSIGNED", "CURRENCY_NOT_CHOSEN", "TOO_LARGE"];
const STATUSES = ["PENDING", "PAID", "FAILED", "CANCELED", "RETURNED"];

const same = (one, other) => one.partner_id === other.partner_id && one.campaign_id === other.campaign_id;

export const code = {
  minimumPayouts: (reference, { row }) => row.minimum_payouts.map(([minor, currency]) => reference.money(minor, currency)),
  payableAmount: (reference, { row }) => reference.money(BigInt(row.approved_minor) - BigInt(row.reserved_minor), row.currency),
  tenant: (reference) => reference.wrap("Tenant", reference.table("tenant")[0]),
  subject: (reference) => reference.caller.subject,
  scopes: ({ caller: { scopes } }) => listed(scopes),
  keyScopes: (_, { row }) => listed(row.scopes.split(" ")),
  viewer: (reference) => reference.wrap("Viewer", {}),
  viewerPartner: (reference) => {
    if (!reference.caller.partner) return null;
    reference.read("partners");
    return reference.find("Partner", reference.caller.partner);
  },

  supersededAt: (reference, { row }) => {
    const next = reference.rows("CommissionSnapshot").find((other) => same(row, other) && other.version === row.version + 1);
    return next ? momentOf(next.created_at) : null;
  },
  snapshotInForce: (reference, { row }, { campaignId }) => {
    const newest = (campaign) => {
      const all = reference.rows("CommissionSnapshot").filter((other) => other.partner_id === row.id && other.campaign_id === campaign);
      return sorted(all, "-version")[0];
    };
    return reference.wrap("CommissionSnapshot", newest(typeof campaignId === "string" ? hexOf(campaignId) : null) ?? newest(null));
  },

  dealOfCommission: (reference, { row }) => {
    if (row.kind !== "DEAL") return null;
    reference.read("deals");
    const payment = reference.table("deal_payment").find((payment) => payment.commission_id === row.id);
    return payment ? reference.find("Deal", payment.deal_id) : null;
  },
  finalRevenue: (reference, { row }) => {
    if (row.revenue_minor === null) return null;
    const rate = reference.table("tier_result").find((result) => result.event_id === row.id && result.side === "revenue" && result.kind === "RATE");
    return rate ? reference.money(rate.amount_minor, rate.currency) : reference.money(row.revenue_minor, row.revenue_currency);
  },
  decision: (reference, { row }) => {
    if (["REFUND", "CHARGEBACK"].includes(row.kind)) return null;
    const index = reference.once("decisions by event", () => new Map(newestDecisions(reference).map((decision) => [decision.event_id, decision])));
    return reference.wrap("EventDecision", index.get(row.id));
  },
  eventItems: (reference, { row }) => (row.items ?? []).map(({ index, product, category = null, quantity, amount_minor: minor }) => (
    { index, product, category, quantity, amount: reference.money(minor, row.currency) })),
  termMatch: (_, { row: { match } }) => match && {
    products: match.products ?? [], categories: match.categories ?? [], excludeProducts: match.exclude_products ?? [],
    countries: match.countries ?? [], via: (match.via ?? []).map(upper), minAmount: match.min_amount ?? null,
    maxAmount: match.max_amount ?? null, customer: match.customer ? upper(match.customer) : null,
  },
  termExclusive: (_, { row }) => row.exclusive ?? false,
  termPer: (_, { row }) => upper(row.per ?? "EVENT"),
  earned: (_, { row }) => row.reason === null,
  payoutRunTotals: (reference, { row }) => {
    const status = new Map(reference.table("payout").map((payout) => [payout.id, payout.status]));
    const sums = new Map();
    for (const line of reference.table("payout_run_line").filter((line) => line.run_id === row.id)) {
      const total = { outcome: line.outcome, status: status.get(line.payout_id) ?? null, currency: line.currency };
      const key = JSON.stringify(total);
      const known = sums.get(key) ?? { ...total, count: 0, minor: 0n };
      sums.set(key, { ...known, count: known.count + 1, minor: known.minor + BigInt(line.amount_minor) });
    }
    const place = ({ outcome, status, currency }) => `${OUTCOMES.indexOf(outcome)} ${STATUSES.indexOf(status)} ${currency}`;
    const sorted = [...sums.values()].sort((one, other) => (place(one) < place(other) ? -1 : 1));
    return sorted.map(({ outcome, status, currency, count, minor }) => ({ outcome, status, count, amount: { amount: units(minor, currency), currency } }));
  },
  stepDetail: (reference, { row }) => (row.threshold && !reference.caller.partner ? `${row.detail} (${row.threshold})` : row.detail),
  calculationType: (_, { row }) => (row.one_off ? (row.recurring ? "SPLIT" : "ONE_OFF") : "RECURRING"),

  node: (reference, _, { id }) => {
    const read = readId(id);
    if (!read) throw bad(`${id} is not an id`);
    const [type] = Object.entries(mapping.types).find(([name, { prefix }]) => prefix === read.prefix && name !== "CustomFieldOption") ?? [];
    if (!type) return null;
    reference.read(mapping.types[type].read);
    return type === "Tenant" && reference.table("tenant")[0].id !== read.hex ? null : type === "Tenant" ? code.tenant(reference) : reference.find(type, read.hex);
  },
  nodes: (reference, root, { ids }) => ids.map((id) => attempt(() => code.node(reference, root, { id }))),
  entities: (reference, _, { representations }) => representations.map((representation) => attempt(() => {
    const { __typename: type, id } = representation;
    if (!["Campaign", "Commission", "Partner", "PartnerGroup"].includes(type)) throw bad("this is no entity");
    // Commissions and partners are parsed first.
    if (["Campaign", "PartnerGroup"].includes(type)) reference.read(mapping.types[type].read);
    if (readId(`${id}`)?.prefix !== mapping.types[type].prefix) throw bad("this is no id of the kind");
    reference.read(mapping.types[type].read);
    return reference.find(type, id);
  })),
  decisionTotals: (reference, _, { from, to, partnerId, campaignId }) => {
    reference.read("events");
    const [start, end] = [from, to].map(keptMoment);
    if (end <= start) throw bad("to must be after from");
    const wanted = newestDecisions(reference).filter((row) =>
      row.recorded_at >= start && row.recorded_at < end && (!partnerId || row.partner_id === hexOf(partnerId)) && (!campaignId || row.campaign_id === hexOf(campaignId)));
    const order = reference.reasons;
    const reasons = [...new Set(wanted.map((row) => row.reason))].sort((one, other) => order.indexOf(one) - order.indexOf(other));
    return reasons.map((reason) => {
      const rows = wanted.filter((row) => row.reason === reason);
      const currencies = [...new Set(rows.map((row) => row.currency).filter(Boolean))].sort();
      const sum = (currency) => rows.filter((row) => row.currency === currency).reduce((sum, row) => sum + BigInt(row.amount_minor), 0n);
      const amounts = currencies.map((currency) => ({ amount: units(sum(currency), currency), currency }));
      return { earned: reason === null, reason, count: rows.length, amounts };
    });
  },
};

/** A list's entry may fail alone. */
function attempt(find) {
  try {
    return find();
  } catch (error) {
    return error;
  }
}
