import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "../ui/amount";
import { Empty } from "../ui/section";
import { Status } from "../ui/status";
import { Table } from "../ui/table";
import { useTexts } from "../words/texts";

export const PAYOUTS = graphql(`
  fragment RunPayouts on PayoutConnection {
    totalCount
    nodes {
      id
      status
      bankReference
      payoutReference
      recipient
      reference
      amount {
        amount
        currency
      }
      partner {
        name
      }
    }
  }
`);

export function RunPayouts({ payouts }: { payouts: FragmentType<typeof PAYOUTS> }) {
  const { words, format } = useTexts();
  const { totalCount, nodes } = read(PAYOUTS, payouts);
  const { partner: payee, status: state, reference: number, amount: sum } = words.table;
  if (nodes.length === 0) return <Empty>{words.runs.noPayouts}</Empty>;
  return (
    <>
      <Table label={words.runs.payouts} heads={[payee, words.runs.bankReference, state, number, { sum }]}>
        {nodes.map(({ id, status, bankReference, payoutReference, recipient, reference, amount, partner }) => (
          <tr key={id} data-payout={id}>
            <th scope="row">
              {partner.name}
              <small className="muted">{recipient ?? payoutReference}</small>
            </th>
            <td>
              <code>{bankReference}</code>
            </td>
            <td>
              <Status status={status} text={words.payoutStatus[status]} />
            </td>
            <td className="muted">{reference ?? "–"}</td>
            <td>
              <Amount {...amount} />
            </td>
          </tr>
        ))}
      </Table>
      {nodes.length < totalCount && <p className="hint">{words.runs.first(format.count(nodes.length))}</p>}
    </>
  );
}
