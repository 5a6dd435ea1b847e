// Calendar months in the programme's time zone.

/** "2026-04", for the month that contains a moment. */
export function monthOf(moment: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en", { year: "numeric", month: "2-digit", timeZone }).formatToParts(moment);
  const part = (type: string) => parts.find((found) => found.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}`;
}

/** The last months up to the one that contains now, oldest first. */
export function lastMonths(count: number, now: Date, timeZone: string): string[] {
  const [year = 0, month = 1] = monthOf(now, timeZone).split("-").map(Number);
  return Array.from({ length: count }, (_, index) => {
    const start = new Date(Date.UTC(year, month - count + index, 1));
    return start.toISOString().slice(0, 7);
  });
}

/**
 * What to ask for so that the last months are whole in every time zone, the programme's being known with the answer only:
 * a month and a day more than are shown.
 */
export function rangeOfMonths(count: number, now: Date): { from: string; to: string } {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  return {
    from: new Date(Date.UTC(year, month - count, 0)).toISOString(),
    to: new Date(Date.UTC(year, month + 2, 1)).toISOString(),
  };
}

/** The first moment of the month so many months before the one that contains now. */
export function monthsAgo(count: number, now: Date, timeZone: string): string {
  return startOfMonth(lastMonths(count + 1, now, timeZone)[0] ?? "", timeZone);
}

/** The moment when a month ("2026-04") begins where the programme is. */
export function startOfMonth(month: string, timeZone: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const wanted = Date.UTC(year, number - 1, 1);
  // What clocks there show at a moment, read as if it were UTC; twice, for the offset may change on that very day.
  let moment = wanted;
  for (let turn = 0; turn < 2; turn += 1) moment += wanted - shownAt(moment, timeZone);
  return new Date(moment).toISOString();
}

function shownAt(moment: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat("en", {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23",
    timeZone,
  });
  const parts = Object.fromEntries(
    format.formatToParts(new Date(moment)).map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: string) => parts[type] ?? 0;
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
}
