// A partner's figures twice: as the pages show them, and as the API says by documents of our own.
import { amountsIn } from "./browser.mjs";
import { money, months, monthsShown, range, rowsShown, total } from "./figures.mjs";
import { ask } from "./gateway.mjs";

const SERIES = "commissionSeries(interval: MONTH, from: $from, to: $to) { start currency status total { amount } }";
const list = (nodes) => nodes.map(({ id, status, amount }) => [id, status, money(amount)]);

export const overview = {
  async api(token) {
    const { viewer, commissionSeries } = await ask(
      token,
      `query($from: DateTime!, $to: DateTime!) {
        viewer { tenant { timeZone } partner {
          balances { currency accruedAmount { amount } paidAmount { amount } payableAmount { amount } }
          commissions(first: 6) { nodes { id status amount { amount currency } } }
          tierProgress { tier value goal goalReached }
        } }
        ${SERIES}
      }`,
      range(),
    );
    const { balances, commissions, tierProgress } = viewer.partner;
    const goals = tierProgress
      .filter(({ goalReached }) => !goalReached)
      .map(({ tier, value, goal }) => [
        tier,
        Math.floor(Math.floor((Number(value) * 1000) / Number(goal) + 1e-9) / 10),
      ]);
    return {
      balances: balances.map(({ currency, payableAmount, accruedAmount, paidAmount }) =>
        [payableAmount, accruedAmount, paidAmount].map(({ amount }) => `${amount} ${currency}`),
      ),
      commissions: list(commissions.nodes),
      months: months(commissionSeries, viewer.tenant.timeZone),
      goals: goals
        .map(([, percent]) => percent)
        .sort((left, right) => right - left)
        .slice(0, 4),
    };
  },
  async shown(page) {
    const balances = [];
    for (const cards of await page.locator("[data-balances]").all()) {
      const shown = [];
      for (const card of await cards.locator(".card").all()) shown.push((await amountsIn(card))[0]);
      balances.push(shown);
    }
    const goals = page.locator("[data-goal] [role=progressbar]");
    return {
      balances,
      commissions: await rowsShown(page, "data-commission", (amounts) => amounts.at(-1)),
      months: await monthsShown(page),
      goals: await goals.evaluateAll((all) => all.map((bar) => Number(bar.getAttribute("aria-valuenow")))),
    };
  },
};

export const earnings = {
  /** `status` of undefined: all that earned something. */
  async api(token, status) {
    const statuses = status ? [status] : ["ACCRUED", "APPROVED", "PAID"];
    const data = await ask(
      token,
      `query($from: DateTime!, $to: DateTime!, $filter: CommissionFilter!, $all: CommissionFilter!) {
        viewer { tenant { timeZone } partner { commissions(first: 20, filter: $all) { nodes { id status amount { amount currency } } } } }
        commissions(first: 500, filter: $filter) { nodes { accruedAt amount { amount currency } campaign { id } } }
        commissionSeries(interval: MONTH, from: $from, to: $to, filter: $filter) { start currency status total { amount } }
      }`,
      { ...range(), filter: { status: statuses }, all: status ? { status: [status] } : {} },
    );
    // Added up from single commissions: another way than the report that the page asks for.
    const currency = [...new Set(data.commissions.nodes.map(({ amount }) => amount.currency))].sort()[0];
    const sums = new Map();
    for (const { amount, campaign } of data.commissions.nodes.filter((one) => one.amount.currency === currency)) {
      const id = campaign?.id ?? "";
      sums.set(id, [...(sums.get(id) ?? []), amount.amount]);
    }
    const campaigns = [...sums].map(([id, amounts]) => [id, `${total(amounts)} ${currency}`]);
    return {
      months: months(data.commissionSeries, data.viewer.tenant.timeZone),
      campaigns: campaigns.length < 2 ? {} : Object.fromEntries(campaigns.sort()),
      commissions: list(data.viewer.partner.commissions.nodes),
    };
  },
  async shown(page) {
    return {
      months: await monthsShown(page),
      campaigns: Object.fromEntries((await rowsShown(page, "data-campaign", (amounts) => amounts[0])).sort()),
      commissions: await rowsShown(page, "data-commission", (amounts) => amounts.at(-1)),
    };
  },
};

export const payouts = {
  async api(token) {
    const { viewer } = await ask(
      token,
      "{ viewer { partner { payouts(first: 12) { nodes { id status amount { amount currency } } } } } }",
    );
    return list(viewer.partner.payouts.nodes);
  },
  shown: (page) => rowsShown(page, "data-payout", (amounts) => amounts[0]),
};

export const terms = {
  async api(token, campaign) {
    const { viewer } = await ask(
      token,
      "query($campaign: ID) { viewer { partner { termsInForce(campaignId: $campaign) { tiers { name counters { value goal } } } } } }",
      { campaign },
    );
    return (viewer.partner.termsInForce?.tiers ?? []).flatMap(({ name, counters }) =>
      counters.map(({ value, goal }) => [name, part(value, goal)]),
    );
  },
  shown: (page) =>
    page
      .locator(".tier [role=progressbar]")
      .evaluateAll((all) =>
        all.map((bar) => [bar.closest(".tier").querySelector("strong").textContent, bar.getAttribute("aria-valuenow")]),
      ),
};

const part = (value, goal) =>
  String(Math.min(100, Math.max(0, Math.floor((Number(value) * 100) / Number(goal) + 1e-9))));

/** When a month began, so many months from now: looked for among all offsets that there are. */
function began(months, timeZone) {
  const now = new Date();
  const [year, month] = now.toLocaleDateString("sv-SE", { timeZone }).split("-").map(Number);
  const utc = Date.UTC(year, month - 1 + months, 1);
  for (let quarter = -14 * 4; quarter <= 14 * 4; quarter += 1) {
    const moment = new Date(utc + quarter * 900_000);
    if (/-01 00:00:00$/.test(moment.toLocaleString("sv-SE", { timeZone }))) return moment.toISOString();
  }
  throw new Error(`no month begins in ${timeZone}`);
}

/** The amounts of last month's statement in the first currency, from its first line to its last. */
export async function statement(token) {
  const { viewer } = await ask(token, "{ viewer { tenant { timeZone } partner { id balances { currency } } } }");
  const { tenant, partner } = viewer;
  const { statement } = await ask(
    token,
    `query($id: ID!, $currency: CurrencyCode!, $from: DateTime!, $to: DateTime!) {
      statement(partnerId: $id, currency: $currency, from: $from, to: $to) {
        opening { amount currency } closing { amount currency }
        movements(first: 200) { nodes { amount { amount currency } balance { amount currency } } }
      }
    }`,
    {
      id: partner.id,
      currency: partner.balances[0].currency,
      from: began(-1, tenant.timeZone),
      to: began(0, tenant.timeZone),
    },
  );
  const moved = statement.movements.nodes.flatMap(({ amount, balance }) => [money(amount), money(balance)]);
  return [money(statement.opening), ...moved, money(statement.closing)];
}
