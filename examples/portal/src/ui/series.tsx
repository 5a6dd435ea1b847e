// Sums by month and status: as a plot, and the same as a table.
import { lazy, Suspense, useMemo, useState } from "react";
import { sum, zeroLike } from "../format/decimal";
import { lastMonths, monthOf, monthText } from "../format/months";
import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "./amount";
import { Choice } from "./choice";
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
          <MonthTable months={months} currency={currency} />
        </>
      )}
    </Section>
  );
}

function MonthTable({ months, currency }: { months: Month[]; currency: string }) {
  return (
    <details className="as-table">
      <summary>The same as a table</summary>
      <div className="scroll" tabIndex={0} role="group" aria-label="Earnings by month">
        <table>
          <thead>
            <tr>
              <th scope="col">Month</th>
              <th scope="col" className="sum">
                Paid
              </th>
              <th scope="col" className="sum">
                Approved
              </th>
              <th scope="col" className="sum">
                Waiting
              </th>
              <th scope="col" className="sum">
                Total
              </th>
            </tr>
          </thead>
          <tbody>
            {months.toReversed().map((month) => (
              <tr key={month.month}>
                <th scope="row">{monthText(month.month, "long")}</th>
                {[...STATUSES, "total" as const].map((column) => (
                  <td key={column}>
                    <Amount amount={month[column]} currency={currency} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
