// Exact arithmetic on the decimals of the API, which come as texts: "74.98". No float is involved.

interface Exact {
  units: bigint;
  scale: number;
}

function exact(text: string): Exact {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new Error(`not a decimal: ${text}`);
  const [, sign, whole, fraction = ""] = match;
  const units = BigInt(`${whole}${fraction}`);
  return { units: sign ? -units : units, scale: fraction.length };
}

/** Both in units of the finer one. */
function aligned(left: string, right: string): [bigint, bigint, number] {
  const [a, b] = [exact(left), exact(right)];
  const scale = Math.max(a.scale, b.scale);
  const at = ({ units, scale: own }: Exact) => units * 10n ** BigInt(scale - own);
  return [at(a), at(b), scale];
}

function written(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const cut = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return units < 0n ? `-${text}` : text;
}

export function plus(left: string, right: string): string {
  const [a, b, scale] = aligned(left, right);
  return written(a + b, scale);
}

export function minus(left: string, right: string): string {
  const [a, b, scale] = aligned(left, right);
  return written(a - b, scale);
}

/** `zero` has the digits that a sum of nothing shows. */
export function sum(texts: Iterable<string>, zero = "0"): string {
  let total = zero;
  for (const text of texts) total = plus(total, text);
  return total;
}

/** Nothing, with as many digits as this: "0.00". */
export const zeroLike = (text: string): string => written(0n, exact(text).scale);

/** Below 0, 0 or above 0, as sort() wants it. */
export function compare(left: string, right: string): number {
  const [a, b] = aligned(left, right);
  return a < b ? -1 : a > b ? 1 : 0;
}

export const isZero = (text: string): boolean => exact(text).units === 0n;

/** How many digits stand behind the point. */
export const digitsOf = (text: string): number => exact(text).scale;

/** How much of the whole the part is, from 0 to 1 in steps of a thousandth: for the length of a bar, not for reading. */
export function share(part: string, whole: string): number {
  const [a, b] = aligned(part, whole);
  if (b <= 0n || a <= 0n) return 0;
  return a >= b ? 1 : Number((a * 1000n) / b) / 1000;
}
