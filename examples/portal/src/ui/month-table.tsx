// The same as a plot, as a table: the newest month first.
import { useTexts } from "../words/texts";
import { Amount } from "./amount";
import { Table } from "./table";

interface MonthTableProps<Month> {
  label: string;
  months: Month[];
  columns: readonly { name: string; amount: (month: Month) => string }[];
  currency: string;
}

export function MonthTable<Month extends { month: string }>({
  label,
  months,
  columns,
  currency,
}: MonthTableProps<Month>) {
  const { words, format } = useTexts();
  return (
    <details className="as-table">
      <summary>{words.table.sameAsTable}</summary>
      <Table label={label} heads={[words.table.month, ...columns.map(({ name }) => ({ sum: name }))]}>
        {months.toReversed().map((month) => (
          <tr key={month.month} data-month={month.month}>
            <th scope="row">{format.month(month.month, "long")}</th>
            {columns.map(({ name, amount }) => (
              <td key={name}>
                <Amount amount={amount(month)} currency={currency} />
              </td>
            ))}
          </tr>
        ))}
      </Table>
    </details>
  );
}
