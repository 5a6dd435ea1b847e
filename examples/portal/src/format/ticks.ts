// The marks of an axis: few, evenly spaced, and round numbers.

/** From at or below the least to at or above the greatest value, in steps of 1, 2 or 5 times a power of ten. */
export function ticks(least: number, greatest: number): number[] {
  const range = Math.max(greatest, 0) - Math.min(least, 0) || 1;
  const size = 10 ** Math.floor(Math.log10(range / 4));
  const step = size * ([1, 2, 5].find((factor) => factor * size * 5 >= range) ?? 10);
  const [first, last] = [Math.floor(Math.min(least, 0) / step), Math.ceil(Math.max(greatest, 0) / step)];
  // At least one step, so that an axis without values has a length.
  const count = Math.max(last - first, 1);
  return Array.from({ length: count + 1 }, (_, index) => round((first + index) * step));
}

/** Without the digits that come of multiplying by 0.1. */
const round = (value: number): number => Number(value.toPrecision(12));
