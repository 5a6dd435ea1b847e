// Two bars a month: what was earned, and what would have been.
import { Amount } from "../ui/amount";
import { Bars } from "../ui/bars";
import type { ComparedMonth } from "./backtest-result";

const SIDES = [
  { name: "Earned", className: "bar-approved", amount: ({ actual }: ComparedMonth) => actual },
  { name: "Proposed", className: "bar-accrued", amount: ({ proposed }: ComparedMonth) => proposed },
];

export default function BacktestPlot({ months, currency }: { months: ComparedMonth[]; currency: string }) {
  return (
    <Bars
      label="Earned and proposed by month"
      months={months}
      sides={SIDES}
      currency={currency}
      card={(month) => <ComparedCard month={month} currency={currency} />}
    />
  );
}

function ComparedCard({ month, currency }: { month: ComparedMonth; currency: string }) {
  const rows = [...SIDES.map(({ name, amount }) => [name, amount(month)] as const), ["Difference", month.difference] as const];
  return (
    <dl>
      {rows.map(([name, amount]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Amount amount={amount} currency={currency} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
