// What was earned by month, the statuses one above the other.
import { isZero } from "../format/decimal";
import { useTexts } from "../words/texts";
import { Amount } from "./amount";
import { Bars } from "./bars";
import { STATUSES, type Month } from "./series";

export default function Plot({ months, currency }: { months: Month[]; currency: string }) {
  const { words, format } = useTexts();
  const sides = STATUSES.map((status) => ({
    name: words.series[status],
    className: `bar-${status.toLowerCase()}`,
    amount: (month: Month) => month[status],
  }));
  return (
    <Bars
      label={words.series.label}
      months={months}
      sides={sides}
      rough={(value) => format.rough(value, currency)}
      stacked
      card={(month) => <MonthCard month={month} currency={currency} />}
    />
  );
}

function MonthCard({ month, currency }: { month: Month; currency: string }) {
  const { words } = useTexts();
  return (
    <dl>
      {STATUSES.toReversed()
        .filter((status) => !isZero(month[status]))
        .map((status) => (
          <div key={status}>
            <dt className={`status status-${status.toLowerCase()}`}>{words.series[status]}</dt>
            <dd>
              <Amount amount={month[status]} currency={currency} />
            </dd>
          </div>
        ))}
      <div className="month-total">
        <dt>{words.series.total}</dt>
        <dd>
          <Amount amount={month.total} currency={currency} />
        </dd>
      </div>
    </dl>
  );
}
