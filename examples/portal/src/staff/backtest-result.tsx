// What a backtest came to: in all, by month, and for whom it changes most.
import { lazy, Suspense } from "react";
import { compare } from "../format/decimal";
import { monthOf } from "../format/months";
import { usePage } from "../gateway/use-page";
import { graphql, read, type FragmentType } from "../generated";
import { useParameter } from "../shell/address";
import { Amount } from "../ui/amount";
import { chosenOf, Choice } from "../ui/choice";
import { MonthTable } from "../ui/month-table";
import { Empty } from "../ui/section";
import { Trouble } from "../ui/trouble";
import { useTexts } from "../words/texts";

const Plot = lazy(() => import("./backtest-plot"));

export const RESULT = graphql(`
  fragment BacktestResult on Backtest {
    id
    incompleteHistory
    totals {
      actual {
        amount
        currency
      }
      proposed {
        amount
        currency
      }
      difference {
        amount
        currency
      }
      rose
      fell
      appeared
      disappeared
    }
    months {
      start
      differences {
        actual {
          amount
          currency
        }
        proposed {
          amount
          currency
        }
        difference {
          amount
          currency
        }
      }
    }
  }
`);

const PARTNERS = graphql(`
  query BacktestPartners($id: ID!, $currency: CurrencyCode!, $count: Int!) {
    backtest(id: $id) {
      id
      gain: partners(currency: $currency, direction: DESC, first: $count) {
        ...Changed
      }
      lose: partners(currency: $currency, direction: ASC, first: $count) {
        ...Changed
      }
    }
  }
`);

const CHANGED = graphql(`
  fragment Changed on BacktestPartnerConnection {
    nodes {
      partner {
        id
        name
      }
      difference {
        difference {
          amount
          currency
        }
      }
    }
  }
`);

/** A month's sums, exact. */
export interface ComparedMonth {
  month: string;
  actual: string;
  proposed: string;
  difference: string;
}

/** How many partners are shown on either side. */
const MOST = 5;

interface ResultProps {
  backtest: FragmentType<typeof RESULT>;
  timeZone: string;
}

export function BacktestResult({ backtest: masked, timeZone }: ResultProps) {
  const { words, format } = useTexts();
  const { id, incompleteHistory, totals, months: all } = read(RESULT, masked);
  const [wanted, setWanted] = useParameter("currency");
  const currencies = totals.map(({ actual }) => actual.currency);
  const currency = chosenOf(currencies, wanted);
  // Who gains and loses is asked for in the currency that is shown, and so comes second.
  const partners = usePage(PARTNERS, { id, currency, count: MOST }, currency === "");
  const total = totals.find(({ actual }) => actual.currency === currency);
  if (!total) return <Empty>{words.backtest.nothing}</Empty>;
  const months = all.flatMap(({ start, differences }): ComparedMonth[] => {
    const own = differences.find(({ actual }) => actual.currency === currency);
    if (!own) return [];
    const { actual, proposed, difference } = own;
    return [
      {
        month: monthOf(new Date(start), timeZone),
        actual: actual.amount,
        proposed: proposed.amount,
        difference: difference.amount,
      },
    ];
  });
  const columns = (["actual", "proposed", "difference"] as const).map((side) => ({
    name: words.backtest[side],
    amount: (month: ComparedMonth) => month[side],
  }));
  const [higher, lower] = [total.rose + total.appeared, total.fell + total.disappeared];
  return (
    <div className="backtest-result" data-backtest={id}>
      <Choice label={words.table.currency} options={currencies} chosen={currency} onChoose={setWanted} />
      <p className="lead">
        {words.backtest.insteadOf(
          <Amount {...total.proposed} />,
          <Amount {...total.actual} />,
          <Amount {...total.difference} />,
        )}
      </p>
      <p className="hint">
        {words.backtest.changes(format.count(higher), format.count(lower))}
        {incompleteHistory && ` ${words.backtest.incomplete}`}
      </p>
      <Suspense fallback={<div className="bone bone-plot" />}>
        <Plot months={months} currency={currency} />
      </Suspense>
      <ul className="legend" aria-hidden="true">
        <li className="status status-approved">{words.backtest.actual}</li>
        <li className="status status-accrued">{words.backtest.proposed}</li>
      </ul>
      <MonthTable label={words.backtest.label} months={months} columns={columns} currency={currency} />
      {partners.problem && <Trouble problem={partners.problem} onRetry={partners.ask} />}
      <div className="columns">
        <Changes title={words.backtest.gain} sign={1} changed={partners.data?.backtest?.gain} />
        <Changes title={words.backtest.lose} sign={-1} changed={partners.data?.backtest?.lose} />
      </div>
    </div>
  );
}

interface ChangesProps {
  title: string;
  /** Which side of 0 belongs here. */
  sign: 1 | -1;
  changed: FragmentType<typeof CHANGED> | null | undefined;
}

function Changes({ title, sign, changed }: ChangesProps) {
  const nodes = read(CHANGED, changed)?.nodes ?? [];
  const own = nodes.filter(({ difference }) => Math.sign(compare(difference.difference.amount, "0")) === sign);
  if (own.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul className="backtest-changes" aria-label={title}>
        {own.map(({ partner, difference }) => (
          <li key={partner.id} data-changed={partner.id}>
            <span>{partner.name}</span> <Amount {...difference.difference} />
          </li>
        ))}
      </ul>
    </div>
  );
}
