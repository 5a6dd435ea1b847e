import { dayText } from "../format/words";
import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "../ui/amount";
import { Empty, Section } from "../ui/section";
import { Status } from "../ui/status";

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

export function Payouts({ payouts, timeZone }: { payouts: FragmentType<typeof PAYOUTS>; timeZone: string }) {
  const { nodes, pageInfo } = read(PAYOUTS, payouts);
  return (
    <Section title="What you were paid">
      {nodes.length === 0 ? (
        <Empty>No payout yet. Approved commissions are paid out together.</Empty>
      ) : (
        <div className="scroll" tabIndex={0} role="group" aria-label="Payouts">
          <table>
            <thead>
              <tr>
                <th scope="col">Date</th>
                <th scope="col">Status</th>
                <th scope="col">Reference</th>
                <th scope="col" className="sum">
                  Amount
                </th>
              </tr>
            </thead>
            <tbody>
              {nodes.map(({ id, status, amount, createdAt, settledAt, reference }) => (
                <tr key={id} data-payout={id}>
                  <th scope="row">{dayText(settledAt ?? createdAt, timeZone)}</th>
                  <td>
                    <Status status={status} />
                  </td>
                  <td className="muted">{reference ?? "–"}</td>
                  <td>
                    <Amount {...amount} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {pageInfo.hasNextPage && <p className="hint">These are the newest {nodes.length}.</p>}
    </Section>
  );
}
