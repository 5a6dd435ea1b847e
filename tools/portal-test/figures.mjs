// What figures of several pages are made of: amounts, months, ranges.
import { amountsIn } from "./browser.mjs";

export const money = ({ amount, currency }) => `${amount} ${currency}`;

/** Sums of exact texts with two decimals or fewer, in hundredths: another way than the page's. */
export function total(texts) {
  const hundredths = texts.map((text) => BigInt(Math.round(Number(text) * 100)));
  const sum = hundredths.reduce((all, one) => all + one, 0n);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(3, "0");
  return `${sum < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const EARNED = ["PAID", "APPROVED", "ACCRUED"];
const monthOf = (moment, timeZone) =>
  new Date(moment).toLocaleDateString("sv-SE", { year: "numeric", month: "2-digit", timeZone });

/** Of the first currency: the sums of the months that have any, newest first. */
export function months(points, timeZone) {
  const [currency] = [...new Set(points.map((point) => point.currency))].sort();
  const sums = new Map();
  for (const point of points.filter((one) => one.currency === currency && EARNED.includes(one.status))) {
    const month = monthOf(point.start, timeZone);
    sums.set(month, [...(sums.get(month) ?? []), point.total.amount]);
  }
  const months = [...sums.keys()].sort().reverse();
  return months.map((month) => `${total(sums.get(month))} ${currency}`).filter((sum) => !sum.startsWith("0.00"));
}

export async function monthsShown(page) {
  const table = page.locator(".series .as-table");
  if ((await table.count()) === 0) return [];
  const totals = (await amountsIn(table)).filter((_, index) => index % 4 === 3);
  return totals.filter((sum) => !/^0(\.0*)? /.test(sum));
}

/** Twelve months back, from the first day of a month, in whatever time zone. */
export const range = () => {
  const now = new Date();
  const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 11, 1, 12));
  return { from: from.toISOString(), to: new Date(now.getTime() + 86_400_000).toISOString() };
};

/** Rows of the page that carry an id: the id, the status where they have one, and an amount of theirs. */
export async function rowsShown(page, attribute, pick) {
  const list = [];
  for (const row of await page.locator(`[${attribute}]`).all()) {
    const status = row.locator("[data-status-of]");
    list.push([
      await row.getAttribute(attribute),
      ...((await status.count()) > 0 ? [await status.first().getAttribute("data-status-of")] : []),
      pick(await amountsIn(row)),
    ]);
  }
  return list;
}
