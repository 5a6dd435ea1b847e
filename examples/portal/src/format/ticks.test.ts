import { describe, expect, it } from "vitest";
import { ticks } from "./ticks";

describe("ticks", () => {
  it("are round numbers that hold all values", () => {
    expect(ticks(0, 2200)).toEqual([0, 500, 1000, 1500, 2000, 2500]);
    expect(ticks(0, 4874)).toEqual([0, 1000, 2000, 3000, 4000, 5000]);
    expect(ticks(0, 100)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(ticks(-30, 61.5)).toEqual([-40, -20, 0, 20, 40, 60, 80]);
    expect(ticks(-5, -1)).toEqual([-5, -4, -3, -2, -1, 0]);
    expect(ticks(0, 0.3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(ticks(0, 0)).toEqual([0, 0.2]);
  });

  it("are few", () => {
    for (let value = 1; value < 100_000; value *= 1.07) {
      const marks = ticks(-value / 3, value);
      expect(marks.length).toBeLessThanOrEqual(8);
      expect(marks[0]).toBeLessThanOrEqual(-value / 3);
      expect(marks.at(-1)).toBeGreaterThanOrEqual(value);
    }
  });
});
