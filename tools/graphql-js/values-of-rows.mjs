// How values of rows look in the API.

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** The id of a row: a prefix, and the UUID in base 32. */
export function idOf(prefix, hex) {
  let number = BigInt(`0x${hex}`);
  let text = "";
  for (let place = 0; place < 26; place += 1) {
    text = ALPHABET[Number(number & 31n)] + text;
    number >>= 5n;
  }
  return `${prefix}_${text}`;
}

/** The prefix and the UUID of an id; undefined if it is none. */
export function readId(text) {
  const found = text.match(/^(.*)_([0-7][0-9a-hjkmnp-tv-z]{25})$/);
  if (!found) return undefined;
  const number = [...found[2]].reduce((sum, digit) => sum * 32n + BigInt(ALPHABET.indexOf(digit)), 0n);
  return { prefix: found[1], hex: number.toString(16).padStart(32, "0") };
}

/** Ids stand in columns as UUIDs, and in JSON as in the API. */
export const hexOf = (value) => (typeof value === "string" && value.includes("_") ? readId(value)?.hex : value);

/** A moment without the zeros that say nothing. */
export const momentOf = (text) => text.replace(/\.(\d{3})(\d{3})Z$/, (_, millis, micros) => (micros !== "000" ? `.${millis}${micros}Z` : millis !== "000" ? `.${millis}Z` : "Z"));

/** What a caller's moment is as the rows have it. */
export const keptMoment = (text) => new Date(text).toISOString().replace(/\.(\d{3})Z$/, (_, millis) => `.${(text.match(/\.(\d{1,6})/)?.[1] ?? millis).padEnd(6, "0")}Z`);

const EXPONENTS = { JPY: 0, KRW: 0, CLP: 0, ISK: 0, KWD: 3, BHD: 3, TND: 3, JOD: 3, OMR: 3 };

/** Minor units as an amount of the currency. */
export function units(minor, currency) {
  const exponent = EXPONENTS[currency] ?? 2;
  const number = BigInt(minor);
  const digits = `${number < 0n ? -number : number}`.padStart(exponent + 1, "0");
  const point = digits.length - exponent;
  return `${number < 0n ? "-" : ""}${digits.slice(0, point)}${exponent ? `.${digits.slice(point)}` : ""}`;
}

/** Names in JSON are written FlatIncrease or group_rules where the API says FLAT_INCREASE and GROUP_RULES. */
export const upper = (text) => text.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
