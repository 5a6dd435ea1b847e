import type { Formats } from "../format/formats";

/** "1 day", "1,200 days": `many` is what more than one is called, by default with an s. */
export const counting =
  (format: Formats) =>
  (count: number, one: string, many = `${one}s`): string =>
    `${format.count(count)} ${count === 1 ? one : many}`;
