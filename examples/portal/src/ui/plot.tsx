// Bars by month. Their heights may be floats, as pixels are; every figure that is read stays the exact text.
import { Bar, BarChart, CartesianGrid, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { isZero } from "../format/decimal";
import { monthText } from "../format/months";
import { roughText } from "../format/words";
import { Amount } from "./amount";
import { STATUSES, type Month } from "./series";

const NAMES = { PAID: "Paid", APPROVED: "Approved", ACCRUED: "Waiting for approval" };

export default function Plot({ months, currency }: { months: Month[]; currency: string }) {
  return (
    <div className="plot" role="group" aria-label="Earnings by month; the arrow keys go from month to month">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart
          data={months}
          stackOffset="sign"
          margin={{ top: 8, right: 0, bottom: 0, left: 0 }}
          barCategoryGap="28%"
        >
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
              const month = payload?.[0]?.payload as Month | undefined;
              return active && month ? <MonthCard month={month} currency={currency} /> : null;
            }}
          />
          {STATUSES.map((status) => (
            <Bar
              key={status}
              dataKey={(month: Month) => Number(month[status])}
              name={NAMES[status]}
              stackId="month"
              className={`bar-${status.toLowerCase()}`}
              isAnimationActive={false}
              maxBarSize={44}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

function MonthCard({ month, currency }: { month: Month; currency: string }) {
  return (
    <div className="month-card">
      <strong>{monthText(month.month, "long")}</strong>
      <dl>
        {STATUSES.toReversed()
          .filter((status) => !isZero(month[status]))
          .map((status) => (
            <div key={status}>
              <dt className={`status status-${status.toLowerCase()}`}>{NAMES[status]}</dt>
              <dd>
                <Amount amount={month[status]} currency={currency} />
              </dd>
            </div>
          ))}
        <div className="month-total">
          <dt>Total</dt>
          <dd>
            <Amount amount={month.total} currency={currency} />
          </dd>
        </div>
      </dl>
    </div>
  );
}
