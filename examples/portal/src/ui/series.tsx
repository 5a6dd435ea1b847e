// Sums by month and status: as a plot, and the same as a table.
import { lazy, Suspense, useMemo } from "react";
import { sum, zeroLike } from "../format/decimal";
import { lastMonths, monthOf } from "../format/months";
import { graphql, read, type FragmentType } from "../generated";
import { useParameter } from "../shell/address";
import { useTexts } from "../words/texts";
import { Amount } from "./amount";
import { chosenOf, Choice } from "./choice";
import { MonthTable } from "./month-table";
import { Empty, Section } from "./section";

const Plot = lazy(() => import("./plot"));

export const POINT = graphql(`
  fragment Series on SeriesPoint {
    start
    currency
    status
    total {
      amount
    }
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
  const { words } = useTexts();
  const [wanted, setWanted] = useParameter("currency");
  const currency = chosenOf(currencies, wanted);
  const months = useMemo(() => {
    const own = points
      .filter((point) => point.currency === currency)
      .map((point) => ({ ...point, month: monthOf(new Date(point.start), timeZone) }));
    const zero = zeroLike(own[0]?.total.amount ?? "0");
    return lastMonths(MONTHS, new Date(), timeZone).map((month): Month => {
      const of = (status: string) =>
        sum(
          own.filter((point) => point.status === status && point.month === month).map(({ total }) => total.amount),
          zero,
        );
      const [PAID, APPROVED, ACCRUED] = [of("PAID"), of("APPROVED"), of("ACCRUED")];
      return { month, PAID, APPROVED, ACCRUED, total: sum([PAID, APPROVED, ACCRUED]) };
    });
  }, [points, currency, timeZone]);

  const columns = [
    ...STATUSES.map((status) => ({ name: words.series[status], amount: (month: Month) => month[status] })),
    { name: words.series.total, amount: (month: Month) => month.total },
  ];
  return (
    <Section
      title={title}
      className="series"
      aside={<Choice label={words.table.currency} options={currencies} chosen={currency} onChoose={setWanted} />}
    >
      {currency === "" ? (
        <Empty>{words.series.empty}</Empty>
      ) : (
        <>
          <p className="lead">
            <Amount amount={sum(months.map(({ total }) => total))} currency={currency} />{" "}
            <span>{words.series.lastMonths(MONTHS)}</span>
          </p>
          <Suspense fallback={<div className="bone bone-plot" />}>
            <Plot months={months} currency={currency} />
          </Suspense>
          <ul className="legend" aria-hidden="true">
            {STATUSES.map((status) => (
              <li key={status} className={`status status-${status.toLowerCase()}`}>
                {words.series[status]}
              </li>
            ))}
          </ul>
          <MonthTable label={words.series.label} months={months} columns={columns} currency={currency} />
        </>
      )}
    </Section>
  );
}
