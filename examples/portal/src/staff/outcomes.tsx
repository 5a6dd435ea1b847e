// The sums of a run, or of what one would be, by outcome: what is paid, and what waits and why.
import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "../ui/amount";
import { Status } from "../ui/status";
import { useTexts } from "../words/texts";

export const OUTCOME = graphql(`
  fragment Outcome on PayoutRunTotal {
    outcome
    status
    count
    amount {
      amount
      currency
    }
  }
`);

export function Outcomes({ totals: masked }: { totals: readonly FragmentType<typeof OUTCOME>[] }) {
  const { words, format } = useTexts();
  return (
    <ul className="outcomes">
      {read(OUTCOME, masked).map(({ outcome, status, count, amount }) => (
        <li key={`${outcome} ${status} ${amount.currency}`} data-outcome={outcome}>
          {status ? (
            <Status status={status} text={words.payoutStatus[status]} />
          ) : (
            <Status status="REVERSED" text={words.outcomes[outcome]} />
          )}
          <Amount {...amount} />
          <small className="muted">{words.runs.payees(format.count(count), count)}</small>
        </li>
      ))}
    </ul>
  );
}
