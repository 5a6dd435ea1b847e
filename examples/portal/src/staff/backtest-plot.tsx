// Two bars a month: what was earned, and what would have been.
import { useTexts } from "../words/texts";
import { Amount } from "../ui/amount";
import { Bars } from "../ui/bars";
import type { ComparedMonth } from "./backtest-result";

export default function BacktestPlot({ months, currency }: { months: ComparedMonth[]; currency: string }) {
  const { words, format } = useTexts();
  const sides = (["actual", "proposed"] as const).map((side) => ({
    name: words.backtest[side],
    className: side === "actual" ? "bar-approved" : "bar-accrued",
    amount: (month: ComparedMonth) => month[side],
  }));
  return (
    <Bars
      label={words.backtest.label}
      months={months}
      sides={sides}
      rough={(value) => format.rough(value, currency)}
      card={(month) => (
        <dl>
          {(["actual", "proposed", "difference"] as const).map((side) => (
            <div key={side}>
              <dt>{words.backtest[side]}</dt>
              <dd>
                <Amount amount={month[side]} currency={currency} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    />
  );
}
