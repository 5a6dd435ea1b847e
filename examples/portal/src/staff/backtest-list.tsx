import { graphql, read, type FragmentType } from "../generated";
import { Link } from "../shell/address";
import { Amount } from "../ui/amount";
import { Empty, Section } from "../ui/section";
import { Status } from "../ui/status";
import { Table } from "../ui/table";
import { useTexts } from "../words/texts";

export const LIST = graphql(`
  fragment BacktestList on BacktestConnection {
    nodes {
      id
      name
      status
      createdAt
      from
      to
      campaign {
        name
      }
      partnerGroup {
        name
      }
      totals {
        difference {
          amount
          currency
        }
      }
    }
  }
`);

interface BacktestListProps {
  backtests: FragmentType<typeof LIST>;
  timeZone: string;
  /** The one that is shown above; null: none. */
  chosen: string | null;
}

export function BacktestList({ backtests, timeZone, chosen }: BacktestListProps) {
  const { words, format } = useTexts();
  const { nodes } = read(LIST, backtests);
  const { date, status: state } = words.table;
  return (
    <Section title={words.backtest.list}>
      {nodes.length === 0 ? (
        <Empty>{words.backtest.none}</Empty>
      ) : (
        <Table
          label={words.backtest.list}
          heads={[date, words.backtest.about, words.backtest.over, state, { sum: words.backtest.difference }]}
        >
          {nodes.map(({ id, name, status, createdAt, from, to, campaign, partnerGroup, totals }) => (
            <tr key={id} data-backtest-row={id} className={id === chosen ? "chosen" : ""}>
              <th scope="row">
                <Link to={`/staff/backtests?backtest=${id}`} current={id === chosen}>
                  {format.moment(createdAt, timeZone)}
                </Link>
              </th>
              <td>{name ?? campaign?.name ?? partnerGroup?.name ?? words.backtest.tier}</td>
              <td className="muted">{words.backtest.range(format.day(from, timeZone), format.day(to, timeZone))}</td>
              <td>
                <Status status={status} text={words.backtestStatus[status]} />
              </td>
              <td className="amounts">
                {totals.map(({ difference }) => (
                  <Amount key={difference.currency} {...difference} />
                ))}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}
