// Why events earned nothing: where a programme leaks.
import { counted } from "../format/words";
import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "../ui/amount";
import { REASONS } from "../ui/reasons";
import { Empty, Section } from "../ui/section";

export const LEAK = graphql(`
  fragment Leak on EventDecisionTotal {
    earned
    reason
    count
    amounts {
      amount
      currency
    }
  }
`);

export function Leaks({ totals: masked, days }: { totals: readonly FragmentType<typeof LEAK>[]; days: number }) {
  const totals = read(LEAK, masked);
  const events = totals.reduce((all, { count }) => all + count, 0);
  const earned = totals.filter((total) => total.earned).reduce((all, { count }) => all + count, 0);
  const leaks = totals.filter((total) => !total.earned).sort((left, right) => right.count - left.count);
  const most = leaks[0]?.count ?? 1;
  return (
    <Section title="What leaks">
      {events === 0 ? (
        <Empty>No events in the last {days} days.</Empty>
      ) : (
        <>
          <p className="lead">
            <strong>{Math.floor((earned * 100) / events)} %</strong>{" "}
            <span>
              of {counted(events, "event")} in the last {days} days earned something
            </span>
          </p>
          <ul className="leaks">
            {leaks.map(({ reason, count, amounts }) => (
              <li key={reason} data-reason={reason}>
                <div className="leak-head">
                  <span>{reason ? REASONS[reason].title : "Unknown"}</span>
                  <data value={count}>{new Intl.NumberFormat().format(count)}</data>
                </div>
                <div className="leak-bar" aria-hidden="true">
                  <div style={{ width: `${(count * 100) / most}%` }} />
                </div>
                <small className="muted">
                  {reason && REASONS[reason].mend}
                  {amounts.map((money) => (
                    <Amount key={money.currency} {...money} />
                  ))}
                </small>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
