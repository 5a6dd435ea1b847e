import { describe, expect, it } from "vitest";
import { lastMonths, monthOf, rangeOfMonths, startOfMonth } from "./months";
import { formatsOf } from "./formats";

const digits = (text: string) => text.replace(/\D/g, "");

describe.each(["en-GB", "de-DE"])("amounts in %s", (locale) => {
  const format = formatsOf(locale);

  it("keep every digit of the API's text, and no other", () => {
    for (const amount of ["74.98", "-0.05", "1200", "123456789012345678.91", "0.125"]) {
      expect(digits(format.amount(amount, "EUR"))).toBe(digits(amount));
    }
  });

  it("drop needless zeros where a rate is meant", () => {
    expect(format.decimal("12.50")).toMatch(/^12[.,]5$/);
    expect(format.percent("12.50")).toMatch(/^12[.,]5\s?%$/);
  });
});

it("figures and days read as the language writes them", () => {
  const [english, german] = [formatsOf("en-GB"), formatsOf("de-DE")];
  expect(english.amount("1234.50", "EUR")).toBe("€1,234.50");
  expect(german.amount("1234.50", "EUR").replace(/\s/, " ")).toBe("1.234,50 €");
  expect(english.day("2026-04-30T23:30:00Z", "Europe/Berlin")).toBe("1 May 2026");
  expect(german.month("2026-03", "long")).toBe("März 2026");
});

describe("months", () => {
  it("are those of the programme's time zone", () => {
    const moment = new Date("2026-03-31T22:30:00Z");
    expect(monthOf(moment, "Europe/Berlin")).toBe("2026-04");
    expect(monthOf(moment, "America/New_York")).toBe("2026-03");
    expect(lastMonths(3, moment, "Europe/Berlin")).toEqual(["2026-02", "2026-03", "2026-04"]);
  });

  it("begin at midnight of the programme's time zone, whatever its clocks do", () => {
    for (const [month, timeZone, moment] of [
      ["2026-04", "Europe/Berlin", "2026-03-31T22:00:00.000Z"],
      ["2026-01", "Europe/Berlin", "2025-12-31T23:00:00.000Z"],
      ["2026-11", "America/New_York", "2026-11-01T04:00:00.000Z"],
      ["2026-12", "America/New_York", "2026-12-01T05:00:00.000Z"],
      ["2026-03", "Asia/Kathmandu", "2026-02-28T18:15:00.000Z"],
      ["2026-04", "UTC", "2026-04-01T00:00:00.000Z"],
    ] as const)
      expect(startOfMonth(month, timeZone)).toBe(moment);
  });

  it("are asked for as a whole in every time zone", () => {
    const now = new Date("2026-04-01T01:00:00Z");
    const { from, to } = rangeOfMonths(12, now);
    for (const timeZone of ["Pacific/Kiritimati", "Pacific/Pago_Pago"]) {
      const [first = ""] = lastMonths(12, now, timeZone);
      // The month before is asked for as well, so that this one begins within the range.
      expect(monthOf(new Date(from), timeZone) < first).toBe(true);
      expect(new Date(to) > now).toBe(true);
    }
  });
});
