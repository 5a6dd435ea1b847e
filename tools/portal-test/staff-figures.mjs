// The staff's figures twice: as the pages show them, and as the API says by documents of our own.
import { amountsIn } from "./browser.mjs";
import { money, months, monthsShown, range, rowsShown, total } from "./figures.mjs";
import { ask } from "./gateway.mjs";

const STATUSES = ["ACCRUED", "APPROVED", "PAID", "REVERSED"];

export const programme = {
  async api(token) {
    const { from, to } = range();
    const leaksFrom = new Date(Date.now() - 90 * 86_400_000).toISOString();
    const data = await ask(
      token,
      `query($from: DateTime!, $to: DateTime!, $leaksFrom: DateTime!) {
        viewer { tenant { timeZone } }
        commissions { totals { currency status total { amount } } }
        eventDecisionTotals(from: $leaksFrom, to: $to) { earned reason count }
        commissionSeries(interval: MONTH, from: $from, to: $to) { start currency status total { amount } }
      }`,
      { from, to, leaksFrom },
    );
    const { totals } = data.commissions;
    const currencies = [...new Set(totals.map(({ currency }) => currency))].sort();
    const of = (status, currency) => {
      const alike = totals.filter((one) => one.currency === currency);
      const zero = alike[0].total.amount
        .replace("-", "")
        .replace(/^\d+/, "0")
        .replace(/\.\d+/, (digits) => digits.replace(/\d/g, "0"));
      return alike.find((one) => one.status === status)?.total.amount ?? zero;
    };
    return {
      totals: currencies.map((currency) => STATUSES.map((status) => `${of(status, currency)} ${currency}`)),
      months: months(data.commissionSeries, data.viewer.tenant.timeZone),
      leaks: Object.fromEntries(
        data.eventDecisionTotals
          .filter((one) => !one.earned)
          .map(({ reason, count }) => [reason, count])
          .sort(),
      ),
    };
  },
  async shown(page) {
    const totals = [];
    for (const cards of await page.locator("[data-totals]").all()) totals.push(await amountsIn(cards));
    const leaks = await page
      .locator("[data-reason]")
      .evaluateAll((all) => all.map((one) => [one.dataset.reason, Number(one.querySelector(".leak-head data").value)]));
    return { totals, months: await monthsShown(page), leaks: Object.fromEntries(leaks.sort()) };
  },
};

export const partners = {
  /** In the order of what is to be paid in a currency; each with what it earned, and what waits, is payable and paid. */
  async api(token, currency) {
    const data = await ask(
      token,
      `query($currency: CurrencyCode!) { partners(first: 50, orderBy: { field: PAYABLE, currency: $currency }) { nodes { id status
        balances { currency accruedAmount { amount } approvedAmount { amount } paidAmount { amount } payableAmount { amount } } } } }`,
      { currency },
    );
    return data.partners.nodes.map(({ id, status, balances }) => {
      const own = balances.find((balance) => balance.currency === currency);
      if (!own) return [id, status, []];
      const [accrued, approved, paid, payable] = ["accrued", "approved", "paid", "payable"].map(
        (name) => own[`${name}Amount`].amount,
      );
      return [
        id,
        status,
        [total([accrued, approved, paid]), accrued, payable, paid].map((one) => `${one} ${currency}`),
      ];
    });
  },
  shown: (page) => rowsShown(page, "data-partner", (amounts) => amounts),
};

export const preview = {
  async api(token) {
    const { previewPayoutRun } = await ask(
      token,
      `mutation { previewPayoutRun(input: {}) { totals { outcome amount { amount currency } }
        lines(first: 500) { nodes { partner { id } amount { amount currency } } } } }`,
    );
    return {
      outcomes: previewPayoutRun.totals.map(({ outcome, amount }) => [outcome, money(amount)]),
      lines: previewPayoutRun.lines.nodes.map(({ partner, amount }) => [partner.id, money(amount)]),
    };
  },
  async shown(page) {
    const lines = await rowsShown(page, "data-line", (amounts) => amounts[0]);
    const outcomes = await rowsShown(page, "data-outcome", (amounts) => amounts[0]);
    return {
      outcomes: outcomes.map(([outcome, , amount]) => [outcome, amount]),
      lines: lines.map(([id, , amount]) => [id, amount]),
    };
  },
};

export const run = {
  async api(token, id) {
    const { payoutRun } = await ask(
      token,
      "query($id: ID!) { payoutRun(id: $id) { payouts(first: 500) { nodes { id status amount { amount currency } } } } }",
      { id },
    );
    return payoutRun.payouts.nodes.map((one) => [one.id, one.status, money(one.amount)]);
  },
  shown: (page) => rowsShown(page, "data-payout", (amounts) => amounts[0]),
};

/** The campaign with the most commissions. */
export async function busiestCampaign(token) {
  const { campaigns } = await ask(
    token,
    "{ campaigns(first: 100) { nodes { id commissions(first: 0) { totalCount } } } }",
  );
  const by = (left, right) => right.commissions.totalCount - left.commissions.totalCount;
  return campaigns.nodes.sort(by)[0].id;
}

/** What a backtest came to in its first currency. */
export async function backtestFigures(token, id) {
  const difference = "actual { amount currency } proposed { amount } difference { amount currency }";
  const { backtest } = await ask(
    token,
    `query($id: ID!) { viewer { tenant { timeZone } } backtest(id: $id) {
      totals { ${difference} } months { start differences { ${difference} } } } }`,
    { id },
  );
  const { currency } = backtest.totals[0].actual;
  const { changes } = await ask(
    token,
    `query($id: ID!, $currency: CurrencyCode!) { changes: backtest(id: $id) {
      gain: partners(currency: $currency, direction: DESC, first: 5) { nodes { partner { id } difference { difference { amount } } } }
      lose: partners(currency: $currency, direction: ASC, first: 5) { nodes { partner { id } difference { difference { amount } } } } } }`,
    { id, currency },
  );
  const side = (nodes, is) =>
    nodes
      .map(({ partner, difference }) => [partner.id, `${difference.difference.amount} ${currency}`])
      .filter(([, amount]) => is(Number(amount.split(" ")[0])));
  const total = backtest.totals[0];
  const three = ({ actual, proposed, difference }) => [actual.amount, proposed.amount, difference.amount];
  const months = backtest.months.flatMap(({ differences }) =>
    differences.filter((one) => one.actual.currency === currency).map(three),
  );
  return {
    total: [total.proposed.amount, total.actual.amount, total.difference.amount].map((one) => `${one} ${currency}`),
    months: months.reverse().map((amounts) => amounts.map((one) => `${one} ${currency}`)),
    changed: [...side(changes.gain.nodes, (amount) => amount > 0), ...side(changes.lose.nodes, (amount) => amount < 0)],
  };
}

export async function shownOfBacktest(result) {
  await result.locator("summary").click();
  const months = [];
  for (const row of await result.locator("[data-month]").all()) months.push(await amountsIn(row));
  const changed = [];
  for (const row of await result.locator("[data-changed]").all())
    changed.push([await row.getAttribute("data-changed"), (await amountsIn(row))[0]]);
  return { total: await amountsIn(result.locator(".lead")), months, changed };
}
