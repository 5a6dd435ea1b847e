// Bars by month. Their heights may be floats, as pixels are; every figure that is read stays the exact text.
import type { ReactNode } from "react";
import { Bar, BarChart, CartesianGrid, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { ticks } from "../format/ticks";
import { useTexts } from "../words/texts";

export interface Side<Month> {
  name: string;
  /** The class of its bars. */
  className: string;
  /** Its amount, exact. */
  amount: (month: Month) => string;
}

interface BarsProps<Month> {
  /** What screen readers are told. */
  label: string;
  months: Month[];
  sides: readonly Side<Month>[];
  /** A value as the axis shows it. */
  rough: (value: number) => string;
  /** One above the other instead of side by side. */
  stacked?: boolean;
  /** What is shown of a month that is pointed at. */
  card: (month: Month) => ReactNode;
}

export function Bars<Month extends { month: string }>({
  label,
  months,
  sides,
  rough,
  stacked,
  card,
}: BarsProps<Month>) {
  const { words, format } = useTexts();
  const marks = ticks(...extremes(months, sides, stacked));
  return (
    <div className="plot" role="group" aria-label={words.table.plot(label)}>
      <ResponsiveContainer width="100%" height="100%">
        <BarChart
          data={months}
          stackOffset={stacked ? "sign" : "none"}
          margin={{ top: 8, right: 0, bottom: 0, left: 0 }}
          barCategoryGap="28%"
        >
          <CartesianGrid vertical={false} className="plot-grid" />
          <XAxis
            dataKey="month"
            tickFormatter={(month: string) => format.month(month, "short")}
            tickLine={false}
            axisLine={false}
            interval="equidistantPreserveStart"
          />
          <YAxis
            tickFormatter={rough}
            tickLine={false}
            axisLine={false}
            width={52}
            ticks={marks}
            domain={[marks[0] ?? 0, marks.at(-1) ?? 0]}
          />
          <ReferenceLine y={0} className="plot-zero" />
          <Tooltip
            cursor={{ className: "plot-cursor" }}
            isAnimationActive={false}
            content={({ active, payload }) => {
              const month = payload?.[0]?.payload as Month | undefined;
              return active && month ? (
                <div className="month-card">
                  <strong>{format.month(month.month, "long")}</strong>
                  {card(month)}
                </div>
              ) : null;
            }}
          />
          {sides.map(({ name, className, amount }) => (
            <Bar
              key={name}
              dataKey={(month: Month) => Number(amount(month))}
              name={name}
              stackId={stacked ? "month" : undefined}
              className={className}
              isAnimationActive={false}
              maxBarSize={stacked ? 44 : 22}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

/** How far bars reach below and above zero. */
function extremes<Month>(months: Month[], sides: readonly Side<Month>[], stacked = false): [number, number] {
  const heights = months.map((month) => sides.map(({ amount }) => Number(amount(month))));
  const below = (values: number[]) => values.filter((value) => value < 0);
  const above = (values: number[]) => values.filter((value) => value > 0);
  const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
  if (stacked) return [Math.min(0, ...heights.map(below).map(total)), Math.max(0, ...heights.map(above).map(total))];
  return [Math.min(0, ...heights.flat()), Math.max(0, ...heights.flat())];
}
