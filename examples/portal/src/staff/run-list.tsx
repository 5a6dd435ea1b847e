import { graphql, read, type FragmentType } from "../generated";
import { Link } from "../shell/address";
import { Amount } from "../ui/amount";
import { Empty, Section } from "../ui/section";
import { Table } from "../ui/table";
import { useTexts } from "../words/texts";

export const RUNS = graphql(`
  fragment RunList on PayoutRunConnection {
    nodes {
      id
      createdAt
      totals {
        outcome
        status
        count
        amount {
          amount
          currency
        }
      }
    }
  }
`);

interface RunListProps {
  runs: FragmentType<typeof RUNS>;
  timeZone: string;
  /** The run that is shown above; null: none. */
  chosen: string | null;
}

export function RunList({ runs, timeZone, chosen }: RunListProps) {
  const { words, format } = useTexts();
  const { nodes } = read(RUNS, runs);
  return (
    <Section title={words.runs.list} aside={chosen && <Link to="/staff/payout-runs">{words.runs.next}</Link>}>
      {nodes.length === 0 ? (
        <Empty>{words.runs.none}</Empty>
      ) : (
        <Table
          label={words.runs.list}
          heads={[words.table.date, words.runs.payouts, words.runs.pending, { sum: words.table.amount }]}
        >
          {nodes.map(({ id, createdAt, totals }) => {
            const paidOut = totals.filter(({ outcome }) => outcome === "PAID_OUT");
            const counted = (of: typeof totals) => of.reduce((all, { count }) => all + count, 0);
            const pending = counted(paidOut.filter(({ status }) => status === "PENDING"));
            return (
              <tr key={id} data-run={id} className={id === chosen ? "chosen" : ""}>
                <th scope="row">
                  <Link to={`/staff/payout-runs?run=${id}`} current={id === chosen}>
                    {format.moment(createdAt, timeZone)}
                  </Link>
                </th>
                <td>{format.count(counted(paidOut))}</td>
                <td>{pending > 0 ? format.count(pending) : <span className="muted">–</span>}</td>
                <td className="amounts">
                  {paidOut.map(({ status, amount }) => (
                    <span key={`${status} ${amount.currency}`}>
                      {status && <small className="muted">{words.payoutStatus[status]}</small>} <Amount {...amount} />
                    </span>
                  ))}
                </td>
              </tr>
            );
          })}
        </Table>
      )}
    </Section>
  );
}
