import { describe, expect, it } from "vitest";
import { compare, isZero, minus, plus, share, sum, zeroLike } from "./decimal";

describe("decimals", () => {
  it("add and subtract without a float", () => {
    expect(plus("0.1", "0.2")).toBe("0.3");
    expect(plus("9007199254740993.01", "0.01")).toBe("9007199254740993.02");
    expect(minus("75.00", "75.005")).toBe("-0.005");
    expect(sum(["10.00", "-4.5", "0.25"])).toBe("5.75");
    expect(sum([])).toBe("0");
    expect(sum([], zeroLike("-12.50"))).toBe("0.00");
  });

  it("compare by value, not by text", () => {
    expect(["10", "9.99", "-1", "9.990"].toSorted(compare)).toEqual(["-1", "9.99", "9.990", "10"]);
    expect(isZero("-0.00")).toBe(true);
    expect(isZero("0.01")).toBe(false);
  });

  it("give a bar its length, between nothing and all", () => {
    expect(share("1", "3")).toBe(0.333);
    expect(share("4", "3")).toBe(1);
    expect(share("-1", "3")).toBe(0);
    expect(share("1", "0")).toBe(0);
  });

  it("refuse what is none", () => {
    expect(() => plus("1e5", "1")).toThrow("not a decimal");
  });
});
