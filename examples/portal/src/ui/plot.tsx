// What was earned by month, the statuses one above the other.
import { isZero } from "../format/decimal";
import { Amount } from "./amount";
import { Bars } from "./bars";
import { STATUSES, type Month } from "./series";

const NAMES = { PAID: "Paid", APPROVED: "Approved", ACCRUED: "Waiting for approval" };

const SIDES = STATUSES.map((status) => ({
  name: NAMES[status],
  className: `bar-${status.toLowerCase()}`,
  amount: (month: Month) => month[status],
}));

export default function Plot({ months, currency }: { months: Month[]; currency: string }) {
  return (
    <Bars
      label="Earnings by month"
      months={months}
      sides={SIDES}
      currency={currency}
      stacked
      card={(month) => <MonthCard month={month} currency={currency} />}
    />
  );
}

function MonthCard({ month, currency }: { month: Month; currency: string }) {
  return (
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
  );
}
