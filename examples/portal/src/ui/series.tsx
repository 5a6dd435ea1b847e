// Sums by month and status: as a plot, and the same as a table.
import { lazy, Suspense, useMemo, useState } from "react";
import { sum, zeroLike } from "../format/decimal";
import { lastMonths, monthOf } from "../format/months";
import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "./amount";
import { Choice } from "./choice";
import { MonthTable } from "./month-table";
import { Empty, Section } from "./section";

const Plot = lazy(() => import("./plot"));

export const POINT = graphql(`
  fragment Series on SeriesPoint {
    start
    currency
    status
    amount
  }
`);

export const MONTHS = 12;
/** From the bottom of a bar to its top. What is undone earns nothing, and is no part of it. */
export const STATUSES = ["PAID", "APPROVED", "ACCRUED"] as const;

export type Month = { month: string; total: string } & Record<(typeof STATUSES)[number], string>;

const COLUMNS = [
  { name: "Paid", amount: (month: Month) => month.PAID },
  { name: "Approved", amount: (month: Month) => month.APPROVED },
  { name: "Waiting", amount: (month: Month) => month.ACCRUED },
  { name: "Total", amount: (month: Month) => month.total },
];

interface SeriesProps {
  title: string;
  points: readonly FragmentType<typeof POINT>[];
  timeZone: string;
}

export function Series({ title, points: masked, timeZone }: SeriesProps) {
  const points = read(POINT, masked);
  const currencies = [...new Set(points.map(({ currency }) => currency))].sort();
  const [wanted, setWanted] = useState("");
  const currency = currencies.includes(wanted) ? wanted : (currencies[0] ?? "");
  const months = useMemo(() => {
    const own = points
      .filter((point) => point.currency === currency)
      .map((point) => ({ ...point, month: monthOf(new Date(point.start), timeZone) }));
    const zero = zeroLike(own[0]?.amount ?? "0");
    return lastMonths(MONTHS, new Date(), timeZone).map((month): Month => {
      const of = (status: string) =>
        sum(
          own.filter((point) => point.status === status && point.month === month).map(({ amount }) => amount),
          zero,
        );
      const [PAID, APPROVED, ACCRUED] = [of("PAID"), of("APPROVED"), of("ACCRUED")];
      return { month, PAID, APPROVED, ACCRUED, total: sum([PAID, APPROVED, ACCRUED]) };
    });
  }, [points, currency, timeZone]);

  return (
    <Section
      title={title}
      className="series"
      aside={<Choice label="Currency" options={currencies} chosen={currency} onChoose={setWanted} />}
    >
      {currency === "" ? (
        <Empty>Nothing yet. The first commission appears here by itself.</Empty>
      ) : (
        <>
          <p className="lead">
            <Amount amount={sum(months.map(({ total }) => total))} currency={currency} />{" "}
            <span>in the last {MONTHS} months</span>
          </p>
          <Suspense fallback={<div className="bone bone-plot" />}>
            <Plot months={months} currency={currency} />
          </Suspense>
          <ul className="legend" aria-hidden="true">
            <li className="status status-paid">Paid</li>
            <li className="status status-approved">Approved</li>
            <li className="status status-accrued">Waiting for approval</li>
          </ul>
          <MonthTable label="Earnings by month" months={months} columns={COLUMNS} currency={currency} />
        </>
      )}
    </Section>
  );
}
