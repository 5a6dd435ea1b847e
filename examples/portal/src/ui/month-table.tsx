// The same as a plot, as a table: the newest month first.
import { monthText } from "../format/months";
import { Amount } from "./amount";

interface MonthTableProps<Month> {
  label: string;
  months: Month[];
  columns: readonly { name: string; amount: (month: Month) => string }[];
  currency: string;
}

export function MonthTable<Month extends { month: string }>({ label, months, columns, currency }: MonthTableProps<Month>) {
  return (
    <details className="as-table">
      <summary>The same as a table</summary>
      <div className="scroll" tabIndex={0} role="group" aria-label={label}>
        <table>
          <thead>
            <tr>
              <th scope="col">Month</th>
              {columns.map(({ name }) => (
                <th key={name} scope="col" className="sum">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {months.toReversed().map((month) => (
              <tr key={month.month} data-month={month.month}>
                <th scope="row">{monthText(month.month, "long")}</th>
                {columns.map(({ name, amount }) => (
                  <td key={name}>
                    <Amount amount={amount(month)} currency={currency} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
