// How figures, dates and lists read in a language. Amounts come as texts and are formatted as texts: no float is involved.
import { digitsOf } from "./decimal";

type NumberText = `${number}`;

/** The formats of one locale, such as "de-AT". */
export function formatsOf(locale: string) {
  // Making an Intl object costs far more than using one, and a page has hundreds of amounts.
  const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
  const once = <Format extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => Format): Format => {
    const format = (made.get(key) as Format | undefined) ?? make();
    made.set(key, format);
    return format;
  };
  const number = (options: Intl.NumberFormatOptions) =>
    once(JSON.stringify(options), () => new Intl.NumberFormat(locale, options));
  const date = (options: Intl.DateTimeFormatOptions) =>
    once(JSON.stringify(options), () => new Intl.DateTimeFormat(locale, options));

  /** A day in a time zone. */
  const day = (moment: string, timeZone: string) => date({ dateStyle: "medium", timeZone }).format(new Date(moment));
  return {
    locale,
    /** An amount with exactly the digits that the API gave, so that nothing is rounded. */
    amount(amount: string, currency: string): string {
      const digits = digitsOf(amount);
      const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
      return number({ style: "currency", currency, ...options }).format(amount as NumberText);
    },
    /** A decimal without needless zeros. */
    decimal: (value: string) => number({ maximumFractionDigits: 20 }).format(value as NumberText),
    /** A rate: "12.50" is 12.5 percent. */
    percent: (value: string) =>
      number({ style: "unit", unit: "percent", maximumFractionDigits: 20 }).format(value as NumberText),
    /** A country by its code. */
    region: (code: string) => new Intl.DisplayNames(locale, { type: "region" }).of(code) ?? code,
    /** A, B or C. */
    either: (names: readonly string[]) => new Intl.ListFormat(locale, { type: "disjunction" }).format(names),
    count: (count: number) => number({}).format(count),
    /** Labels of an axis, which need not be exact: 1.2K. */
    rough: (value: number, currency: string) =>
      number({ style: "currency", currency, notation: "compact", maximumFractionDigits: 1 }).format(value),
    roughCount: (value: number) => number({ notation: "compact", maximumFractionDigits: 1 }).format(value),
    day,
    /** A day that is the same everywhere: "2026-04-24". */
    plainDay: (value: string) => day(`${value}T12:00:00Z`, "UTC"),
    moment: (moment: string, timeZone: string) =>
      date({ dateStyle: "medium", timeStyle: "short", timeZone }).format(new Date(moment)),
    /** A month: "2026-04". */
    month: (month: string, length: "short" | "long") =>
      date({ month: length, year: length === "long" ? "numeric" : undefined, timeZone: "UTC" }).format(
        new Date(`${month}-15T00:00:00Z`),
      ),
  };
}

export type Formats = ReturnType<typeof formatsOf>;

/** A name of the API's as words: some_event -> some event. */
export const spaced = (name: string): string => name.replaceAll("_", " ");

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
