// What a link brought by month: how often it was followed, and what that earned.
import { lazy, Suspense } from "react";
import { sum, zeroLike } from "../format/decimal";
import { lastMonths, monthOf } from "../format/months";
import { graphql, read, type FragmentType } from "../generated";
import { useParameter } from "../shell/address";
import { Amount } from "../ui/amount";
import { chosenOf, Choice } from "../ui/choice";
import { Section } from "../ui/section";
import { MONTHS } from "../ui/series";
import { Table } from "../ui/table";
import { useTexts } from "../words/texts";

const LinkPlot = lazy(() => import("./link-plot"));

export const SERIES = graphql(`
  fragment LinkSeries on Link {
    months: performance(from: $from, to: $to, interval: MONTH) {
      start
      clicks
      earned {
        amount
        currency
      }
    }
  }
`);

export interface LinkMonth {
  month: string;
  clicks: number;
  earned: string;
}

interface LinkSeriesProps {
  name: string;
  link: FragmentType<typeof SERIES>;
  timeZone: string;
}

export function LinkSeries({ name, link, timeZone }: LinkSeriesProps) {
  const { words, format } = useTexts();
  const points = read(SERIES, link).months;
  const currencies = [...new Set(points.flatMap(({ earned }) => earned.map(({ currency }) => currency)))].sort();
  const [wanted, setWanted] = useParameter("currency");
  const currency = chosenOf(currencies, wanted);
  const inCurrency = points.map(({ start, clicks, earned }) => ({
    month: start ? monthOf(new Date(start), timeZone) : "",
    clicks,
    earned: earned.filter((money) => money.currency === currency).map(({ amount }) => amount),
  }));
  const zero = zeroLike(inCurrency.flatMap(({ earned }) => earned)[0] ?? "0");
  const months = lastMonths(MONTHS, new Date(), timeZone).map((month): LinkMonth => {
    const own = inCurrency.filter((point) => point.month === month);
    return {
      month,
      clicks: own.reduce((total, point) => total + point.clicks, 0),
      earned: sum(
        own.flatMap(({ earned }) => earned),
        zero,
      ),
    };
  });
  const clicks = months.reduce((total, month) => total + month.clicks, 0);
  return (
    <Section
      title={words.links.brought(name)}
      className="series"
      aside={<Choice label={words.table.currency} options={currencies} chosen={currency} onChoose={setWanted} />}
    >
      <p className="lead">
        <strong data-clicks={clicks}>{format.count(clicks)}</strong> <span>{words.links.clicks}</span>
        {currency !== "" && (
          <>
            <Amount amount={sum(months.map(({ earned }) => earned))} currency={currency} />{" "}
            <span>{words.series.lastMonths(MONTHS)}</span>
          </>
        )}
      </p>
      <div className="beside">
        <Suspense fallback={<div className="bone bone-plot" />}>
          <LinkPlot months={months} currency={currency} />
        </Suspense>
      </div>
      <details className="as-table">
        <summary>{words.table.sameAsTable}</summary>
        <Table
          label={words.links.brought(name)}
          heads={[words.table.month, { sum: words.links.clicks }, ...(currency ? [{ sum: words.links.earned }] : [])]}
        >
          {months.toReversed().map((month) => (
            <tr key={month.month} data-month={month.month}>
              <th scope="row">{format.month(month.month, "long")}</th>
              <td>
                <span className="amount">{format.count(month.clicks)}</span>
              </td>
              {currency && (
                <td>
                  <Amount amount={month.earned} currency={currency} />
                </td>
              )}
            </tr>
          ))}
        </Table>
      </details>
    </Section>
  );
}
