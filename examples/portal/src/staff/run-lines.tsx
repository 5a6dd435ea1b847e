// A run's lines, or those of a preview: what it found for each payee and currency.
import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "../ui/amount";
import { Empty } from "../ui/section";
import { Status } from "../ui/status";
import { Table } from "../ui/table";
import { useTexts } from "../words/texts";

export const LINES = graphql(`
  fragment RunLines on PayoutRunLineConnection {
    totalCount
    nodes {
      outcome
      commissionCount
      recipient
      amount {
        amount
        currency
      }
      partner {
        id
        name
      }
    }
  }
`);

export function RunLines({ lines }: { lines: FragmentType<typeof LINES> }) {
  const { words, format } = useTexts();
  const { totalCount, nodes } = read(LINES, lines);
  const { partner: payee, status, amount: sum } = words.table;
  if (nodes.length === 0) return <Empty>{words.runs.nothingToPay}</Empty>;
  return (
    <>
      <Table label={words.runs.lines} heads={[payee, status, words.runs.commissions, { sum }]}>
        {nodes.map(({ outcome, commissionCount, recipient, amount, partner }) => (
          <tr key={`${partner.id} ${recipient} ${outcome} ${amount.currency}`} data-line={partner.id}>
            <th scope="row">
              {partner.name}
              {recipient && <small className="muted">{recipient}</small>}
            </th>
            <td>
              <Status status={outcome === "PAID_OUT" ? "PAID" : "REVERSED"} text={words.outcomes[outcome]} />
            </td>
            <td>{format.count(commissionCount)}</td>
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
