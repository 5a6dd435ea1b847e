// What a backtest came to: in all, by month, and for whom it changes most.
import { lazy, Suspense, useState } from "react";
import { compare } from "../format/decimal";
import { monthOf } from "../format/months";
import { counted } from "../format/words";
import { usePage } from "../gateway/use-page";
import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "../ui/amount";
import { Choice } from "../ui/choice";
import { MonthTable } from "../ui/month-table";
import { Empty } from "../ui/section";
import { Trouble } from "../ui/trouble";

const Plot = lazy(() => import("./backtest-plot"));

const RESULT = graphql(`
  query BacktestResult($id: ID!) {
    backtest(id: $id) {
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

const COLUMNS = [
  { name: "Earned", amount: ({ actual }: ComparedMonth) => actual },
  { name: "Proposed", amount: ({ proposed }: ComparedMonth) => proposed },
  { name: "Difference", amount: ({ difference }: ComparedMonth) => difference },
];

/** How many partners are shown on either side. */
const MOST = 5;

export function BacktestResult({ id, timeZone }: { id: string; timeZone: string }) {
  const [wanted, setWanted] = useState("");
  const page = usePage(RESULT, { id });
  const totals = page.data?.backtest?.totals ?? [];
  const currencies = totals.map(({ actual }) => actual.currency);
  const currency = currencies.includes(wanted) ? wanted : (currencies[0] ?? "");
  const partners = usePage(PARTNERS, { id, currency, count: MOST }, currency === "");
  if (page.problem) return <Trouble problem={page.problem} onRetry={page.ask} />;
  if (!page.data?.backtest) return <div className="bone bone-plot" />;
  const total = totals.find(({ actual }) => actual.currency === currency);
  if (!total) return <Empty>Nothing was earned there in that time, and nothing would have been.</Empty>;
  const months = page.data.backtest.months.flatMap(({ start, differences }): ComparedMonth[] => {
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
  return (
    <div className="backtest-result" data-backtest={id}>
      <Choice label="Currency" options={currencies} chosen={currency} onChoose={setWanted} />
      <p className="lead">
        <Amount {...total.proposed} /> <span>instead of</span> <Amount {...total.actual} /> <span>that was earned:</span>{" "}
        <Amount {...total.difference} />
      </p>
      <p className="hint">
        {counted(total.rose + total.appeared, "amount")} would be higher, {total.fell + total.disappeared} lower.
        {page.data.backtest.incompleteHistory &&
          " What some older sales were decided with is not known; for these, what is in force now was taken."}
      </p>
      <Suspense fallback={<div className="bone bone-plot" />}>
        <Plot months={months} currency={currency} />
      </Suspense>
      <ul className="legend" aria-hidden="true">
        <li className="status status-approved">Earned</li>
        <li className="status status-accrued">Proposed</li>
      </ul>
      <MonthTable label="Earned and proposed by month" months={months} columns={COLUMNS} currency={currency} />
      {partners.problem && <Trouble problem={partners.problem} onRetry={partners.ask} />}
      <Changes title="Gain most" sign={1} changed={partners.data?.backtest?.gain} />
      <Changes title="Lose most" sign={-1} changed={partners.data?.backtest?.lose} />
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
    <>
      <h3 className="hint">{title}</h3>
      <ul className="backtest-changes" aria-label={title}>
        {own.map(({ partner, difference }) => (
          <li key={partner.id} data-changed={partner.id}>
            <span>{partner.name}</span> <Amount {...difference.difference} />
          </li>
        ))}
      </ul>
    </>
  );
}
