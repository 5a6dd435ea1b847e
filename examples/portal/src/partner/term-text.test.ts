import { expect, test } from "vitest";
import { formatsOf } from "../format/formats";
import { enPartner } from "../words/en-partner";
import { dePartner } from "../words/de-partner";
import type { Texts } from "../words/texts";
import { termText } from "./term-text";

const texts = (locale: "en" | "de") => {
  const format = formatsOf(locale);
  const words = locale === "en" ? enPartner(format) : dePartner(format);
  return { words, format } as unknown as Texts;
};

const term = {
  basis: "PERCENT" as const,
  value: "20",
  currency: "EUR",
  trigger: "EVERY" as const,
  eventType: null,
  recurringMonths: null,
  per: "EVENT" as const,
  match: null,
};
const everything = {
  products: [],
  categories: [],
  excludeProducts: [],
  countries: [],
  via: [],
  minAmount: null,
  maxAmount: null,
  customer: null,
};

test("a component without a match is for every sale", () => {
  expect(termText(term, texts("en"))).toBe("20% of every sale");
});

test("a component says what it is limited to", () => {
  const match = {
    ...everything,
    products: ["gold", "silver"],
    countries: ["DE"],
    via: ["COUPON" as const],
    minAmount: "50.00",
    customer: "NEW" as const,
  };
  expect(termText({ ...term, match }, texts("en"))).toBe(
    "20% of every sale (only products gold or silver; in Germany; with your code; sales of €50.00 or more; new customers)",
  );
  expect(termText({ ...term, match: { ...everything, countries: ["DE"] } }, texts("de"))).toBe(
    "20\u00a0% von jedem Verkauf (nur in Deutschland)",
  );
});

test("a fixed amount for each unit says so", () => {
  const fixed = { ...term, basis: "FIXED" as const, value: "2.00", per: "UNIT" as const };
  expect(termText(fixed, texts("en"))).toBe("€2.00 for each unit for every sale");
});
