// How figures, dates and the API's enums read. Figures follow the browser's language; the texts are English.
import { digitsOf } from "./decimal";

type NumberText = `${number}`;

/** An amount with exactly the digits that the API gave: formatting takes the text itself, so that nothing is rounded. */
export function amountText(amount: string, currency: string): string {
  const digits = digitsOf(amount);
  const format = new Intl.NumberFormat(undefined, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(amount as NumberText);
}

/** A decimal without needless zeros: rates, counts. */
export function decimalText(value: string): string {
  return new Intl.NumberFormat(undefined, { maximumFractionDigits: 20 }).format(value as NumberText);
}

export const percentText = (value: string): string => `${decimalText(value)} %`;

/** Axis labels, which need not be exact: 1.2K. */
export function roughText(value: number, currency: string): string {
  return new Intl.NumberFormat(undefined, {
    style: "currency",
    currency,
    notation: "compact",
    maximumFractionDigits: 1,
  }).format(value);
}

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${new Intl.NumberFormat().format(count)} ${count === 1 ? one : many}`;

/** A day of the programme's time zone. */
export function dayText(moment: string, timeZone: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone }).format(new Date(moment));
}

/** A day that is one everywhere: "2026-04-24". */
export const plainDayText = (day: string): string => dayText(`${day}T12:00:00Z`, "UTC");

export function momentText(moment: string, timeZone: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short", timeZone }).format(
    new Date(moment),
  );
}

/** TIER_ADJUSTMENT -> Tier adjustment */
export function sentence(name: string): string {
  const text = name.replaceAll("_", " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
