// The same figures twice: as the page shows them, and as the API says by documents of our own.
import { amountsIn } from "./browser.mjs";
import { ask } from "./gateway.mjs";

const money = ({ amount, currency }) => `${amount} ${currency}`;

/** Sums of exact texts with two decimals or fewer, in hundredths: another way than the page's. */
function total(texts) {
  const hundredths = texts.map((text) => BigInt(Math.round(Number(text) * 100)));
  const sum = hundredths.reduce((all, one) => all + one, 0n);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(3, "0");
  return `${sum < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const EARNED = ["PAID", "APPROVED", "ACCRUED"];
const monthOf = (moment, timeZone) =>
  new Date(moment).toLocaleDateString("sv-SE", { year: "numeric", month: "2-digit", timeZone });

/** Of the first currency: the sums of the months that have any, newest first. */
function months(points, timeZone) {
  const [currency] = [...new Set(points.map((point) => point.currency))].sort();
  const sums = new Map();
  for (const point of points.filter((one) => one.currency === currency && EARNED.includes(one.status))) {
    const month = monthOf(point.start, timeZone);
    sums.set(month, [...(sums.get(month) ?? []), point.amount]);
  }
  const months = [...sums.keys()].sort().reverse();
  return months.map((month) => `${total(sums.get(month))} ${currency}`).filter((sum) => !sum.startsWith("0.00"));
}

async function monthsShown(page) {
  const table = page.locator(".as-table");
  if ((await table.count()) === 0) return [];
  const totals = (await amountsIn(table)).filter((_, index) => index % 4 === 3);
  return totals.filter((sum) => !/^0(\.0*)? /.test(sum));
}

/** Twelve months back, from the first day of a month, in whatever time zone. */
const range = () => {
  const now = new Date();
  const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 11, 1, 12));
  return { from: from.toISOString(), to: new Date(now.getTime() + 86_400_000).toISOString() };
};

export async function partnerFigures(token, campaign) {
  const data = await ask(
    token,
    `query($campaign: ID, $from: DateTime!, $to: DateTime!) {
      viewer {
        tenant { timeZone }
        partner {
          balances { currency accrued paid payable }
          commissions(first: 6) { nodes { id status amount { amount currency } } }
          payouts(first: 12) { nodes { id status amount { amount currency } } }
          termsInForce(campaignId: $campaign) { tiers { name counters { metric value goal } } }
        }
      }
      commissionSeries(interval: MONTH, from: $from, to: $to) { start currency status amount }
    }`,
    { campaign, ...range() },
  );
  const { tenant, partner } = data.viewer;
  return {
    balances: partner.balances.map(({ currency, accrued, paid, payable }) =>
      [payable, accrued, paid].map((amount) => `${amount} ${currency}`),
    ),
    commissions: partner.commissions.nodes.map(({ id, status, amount }) => [id, status, money(amount)]),
    payouts: partner.payouts.nodes.map(({ id, status, amount }) => [id, status, money(amount)]),
    months: months(data.commissionSeries, tenant.timeZone),
    goals: (partner.termsInForce?.tiers ?? []).flatMap(({ name, counters }) =>
      counters.map(({ value, goal }) => [name, part(value, goal)]),
    ),
  };
}

const part = (value, goal) =>
  String(Math.min(100, Math.max(0, Math.floor((Number(value) * 100) / Number(goal) + 1e-9))));

export async function shownToPartner(page) {
  const rows = (attribute) =>
    page
      .locator(`[${attribute}]`)
      .evaluateAll(
        (all, name) =>
          all.map((row) => [row.getAttribute(name), row.querySelector(".status").textContent.toUpperCase()]),
        attribute,
      );
  const withAmounts = async (attribute, pick) => {
    const found = await rows(attribute);
    const list = [];
    for (const [id, status] of found)
      list.push([id, status, pick(await amountsIn(page.locator(`[${attribute}="${id}"]`)))]);
    return list;
  };
  const balances = [];
  for (const cards of await page.locator('dl[aria-label^="Balances"]').all()) {
    const shown = [];
    for (const card of await cards.locator(".card").all()) shown.push((await amountsIn(card))[0]);
    balances.push(shown);
  }
  return {
    balances,
    commissions: await withAmounts("data-commission", (amounts) => amounts.at(-1)),
    payouts: await withAmounts("data-payout", (amounts) => amounts[0]),
    months: await monthsShown(page),
    goals: await page
      .locator(".tier [role=progressbar]")
      .evaluateAll((all) =>
        all.map((bar) => [bar.closest(".tier").querySelector("strong").textContent, bar.getAttribute("aria-valuenow")]),
      ),
  };
}

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
export async function statementFigures(token) {
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

const STATUSES = ["ACCRUED", "APPROVED", "PAID", "REVERSED"];

export async function staffFigures(token) {
  const { from, to } = range();
  const leaksFrom = new Date(Date.now() - 90 * 86_400_000).toISOString();
  const data = await ask(
    token,
    `query($from: DateTime!, $to: DateTime!, $leaksFrom: DateTime!) {
      viewer { tenant { timeZone } }
      commissions { totals { currency status amount count } }
      eventDecisionTotals(from: $leaksFrom, to: $to) { earned reason count }
      partners(first: 200) { nodes { id balances { currency accrued approved paid } } }
      commissionSeries(interval: MONTH, from: $from, to: $to) { start currency status amount }
    }`,
    { from, to, leaksFrom },
  );
  const { totals } = data.commissions;
  const currencies = [...new Set(totals.map(({ currency }) => currency))].sort();
  const alike = (currency) => totals.filter((one) => one.currency === currency);
  const of = (status, currency) =>
    alike(currency).find((one) => one.status === status)?.amount ??
    alike(currency)[0]
      .amount.replace(/\d+/, "0")
      .replace(/\.\d+/, (digits) => digits.replace(/\d/g, "0"));
  const [first] = [
    ...new Set(data.partners.nodes.flatMap(({ balances }) => balances.map(({ currency }) => currency))),
  ].sort();
  const earned = data.partners.nodes.flatMap(({ id, balances }) =>
    balances
      .filter(({ currency }) => currency === first)
      .map(({ accrued, approved, paid }) => [id, total([accrued, approved, paid])]),
  );
  return {
    totals: currencies.map((currency) => STATUSES.map((status) => `${of(status, currency)} ${currency}`)),
    months: months(data.commissionSeries, data.viewer.tenant.timeZone),
    leaks: Object.fromEntries(
      data.eventDecisionTotals
        .filter((one) => !one.earned)
        .map(({ reason, count }) => [reason, count])
        .sort(),
    ),
    partners: Object.fromEntries(earned.map(([id, sum]) => [id, `${sum} ${first}`]).sort()),
    order: earned.map(([, sum]) => Number(sum)).sort((left, right) => right - left),
  };
}

export async function shownToStaff(page) {
  const totals = [];
  for (const cards of await page.locator('dl[aria-label^="Totals"]').all()) totals.push(await amountsIn(cards));
  const leaks = await page
    .locator("[data-reason]")
    .evaluateAll((all) => all.map((one) => [one.dataset.reason, Number(one.querySelector(".leak-head data").value)]));
  const partners = [];
  for (const row of await page.locator("[data-partner]").all())
    partners.push([await row.getAttribute("data-partner"), (await amountsIn(row))[0]]);
  return {
    totals,
    months: await monthsShown(page),
    leaks: Object.fromEntries(leaks.sort()),
    partners: Object.fromEntries([...partners].sort()),
    order: partners.map(([, sum]) => Number(sum.split(" ")[0])),
  };
}

/** The campaign with the most commissions. */
export async function busiestCampaign(token) {
  const { campaigns } = await ask(token, "{ campaigns(first: 100) { nodes { id commissions(first: 0) { totalCount } } } }");
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
    changed: [
      ...side(changes.gain.nodes, (amount) => amount > 0),
      ...side(changes.lose.nodes, (amount) => amount < 0),
    ],
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
