// A file of results: a row for each payout, with the columns id, status and, if there is one, reference. What payment services
// call these is known to the command line (`tributary import settlements`), which this does not repeat.
import { rowsOf } from "../format/csv";
import type { PayoutSettlement, PayoutSettlementInput } from "../generated/graphql";

export interface Reading {
  /** What is wrong with the file as a whole; null if it can be read. */
  problem: "columns" | null;
  settlements: PayoutSettlementInput[];
  /** The lines, counted from 1 with the heads, whose status is none of a payout's. */
  wrong: number[];
  /** How many rows are about other payments. */
  others: number;
}

const STATUSES: readonly PayoutSettlement[] = ["PAID", "FAILED", "CANCELED", "RETURNED"];

/** Banks write references in groups and in either case. */
const plain = (id: string): string => id.toUpperCase().replace(/[^A-Z0-9]/g, "");

/** `payouts` are those of the run: a row names one by its id or its bank reference. */
export function settlementsOf(text: string, payouts: readonly { id: string; bankReference: string }[]): Reading {
  const [heads = [], ...rows] = rowsOf(text);
  const column = (name: string) => heads.findIndex((head) => head.trim().toLowerCase() === name);
  const [id, status, reference] = [column("id"), column("status"), column("reference")];
  const reading: Reading = { problem: null, settlements: [], wrong: [], others: 0 };
  if (id < 0 || status < 0) return { ...reading, problem: "columns" };
  const known = new Map(payouts.flatMap((one) => [one.id, one.bankReference].map((name) => [plain(name), one.id])));
  rows.forEach((row, index) => {
    const payout = known.get(plain(row[id] ?? ""));
    const outcome = STATUSES.find((one) => one === row[status]?.trim().toUpperCase());
    if (!payout) reading.others += 1;
    else if (!outcome) reading.wrong.push(index + 2);
    else {
      const said = row[reference]?.trim();
      reading.settlements.push({ id: payout, status: outcome, ...(said && { reference: said }) });
    }
  });
  return reading;
}
