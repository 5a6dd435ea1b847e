import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "../ui/amount";
import { Empty, Section } from "../ui/section";
import { Status } from "../ui/status";
import { Table } from "../ui/table";
import { useTexts } from "../words/texts";

export const PAYOUTS = graphql(`
  fragment PayoutList on PayoutConnection {
    nodes {
      id
      status
      amount {
        amount
        currency
      }
      createdAt
      settledAt
      reference
    }
    pageInfo {
      hasNextPage
    }
  }
`);

interface PayoutListProps {
  payouts: FragmentType<typeof PAYOUTS>;
  timeZone: string;
  loading: boolean;
  onMore: () => void;
}

export function PayoutList({ payouts, timeZone, loading, onMore }: PayoutListProps) {
  const { words, format } = useTexts();
  const { nodes, pageInfo } = read(PAYOUTS, payouts);
  const { date, status: head, amount: sum } = words.table;
  return (
    <Section title={words.payouts.title}>
      {nodes.length === 0 ? (
        <Empty>{words.payouts.empty}</Empty>
      ) : (
        <Table label={words.payouts.title} heads={[date, head, { sum }]} busy={loading}>
          {nodes.map(({ id, status, amount, createdAt, settledAt, reference }) => (
            <tr key={id} data-payout={id}>
              <th scope="row">
                {format.day(settledAt ?? createdAt, timeZone)}
                {reference && <small className="muted">{reference}</small>}
              </th>
              <td>
                <Status status={status} text={words.payoutStatus[status]} />
              </td>
              <td>
                <Amount {...amount} />
              </td>
            </tr>
          ))}
        </Table>
      )}
      {pageInfo.hasNextPage && (
        <button type="button" className="button more" onClick={onMore} disabled={loading}>
          {words.table.more}
        </button>
      )}
    </Section>
  );
}
