// Two bars a month: what was earned, and what would have been. Heights may be floats; every figure that is read is exact.
import { Bar, BarChart, CartesianGrid, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { monthText } from "../format/months";
import { roughText } from "../format/words";
import { Amount } from "../ui/amount";
import type { ComparedMonth } from "./backtest-result";

const SIDES = [
  { key: "actual", name: "Earned", className: "bar-approved" },
  { key: "proposed", name: "Proposed", className: "bar-accrued" },
] as const;

export default function BacktestPlot({ months, currency }: { months: ComparedMonth[]; currency: string }) {
  return (
    <div className="plot" role="group" aria-label="Earned and proposed by month; the arrow keys go from month to month">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={months} margin={{ top: 8, right: 0, bottom: 0, left: 0 }} barCategoryGap="28%">
          <CartesianGrid vertical={false} className="plot-grid" />
          <XAxis
            dataKey="month"
            tickFormatter={(month: string) => monthText(month, "short")}
            tickLine={false}
            axisLine={false}
            interval="preserveStartEnd"
          />
          <YAxis
            tickFormatter={(value: number) => roughText(value, currency)}
            tickLine={false}
            axisLine={false}
            width={52}
            tickCount={5}
          />
          <ReferenceLine y={0} className="plot-zero" />
          <Tooltip
            cursor={{ className: "plot-cursor" }}
            isAnimationActive={false}
            content={({ active, payload }) => {
              const month = payload?.[0]?.payload as ComparedMonth | undefined;
              return active && month ? <ComparedCard month={month} currency={currency} /> : null;
            }}
          />
          {SIDES.map(({ key, name, className }) => (
            <Bar
              key={key}
              dataKey={(month: ComparedMonth) => Number(month[key])}
              name={name}
              className={className}
              isAnimationActive={false}
              maxBarSize={22}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

function ComparedCard({ month, currency }: { month: ComparedMonth; currency: string }) {
  const rows = [...SIDES.map(({ key, name }) => [name, month[key]] as const), ["Difference", month.difference] as const];
  return (
    <div className="month-card">
      <strong>{monthText(month.month, "long")}</strong>
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
    </div>
  );
}
