// Why events earned nothing: where a programme leaks.
import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "../ui/amount";
import { Empty, Section } from "../ui/section";
import { useTexts } from "../words/texts";

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
  const { words, format } = useTexts();
  const totals = read(LEAK, masked);
  const events = totals.reduce((all, { count }) => all + count, 0);
  const earned = totals.filter((total) => total.earned).reduce((all, { count }) => all + count, 0);
  const leaks = totals.filter((total) => !total.earned).sort((left, right) => right.count - left.count);
  const most = leaks[0]?.count ?? 1;
  return (
    <Section title={words.leaks.title}>
      {events === 0 ? (
        <Empty>{words.leaks.empty(days)}</Empty>
      ) : (
        <>
          <p className="lead">
            <strong>{format.percent(String(Math.floor((earned * 100) / events)))}</strong>{" "}
            <span>{words.leaks.earned(format.count(events), days)}</span>
          </p>
          <ul className="leaks">
            {leaks.map(({ reason, count, amounts }) => (
              <li key={reason} data-reason={reason}>
                <div className="leak-head">
                  <span>{reason ? words.reasons[reason].title : words.leaks.unknown}</span>
                  <data value={count}>{format.count(count)}</data>
                </div>
                <div className="leak-bar" aria-hidden="true">
                  <div style={{ width: `${(count * 100) / most}%` }} />
                </div>
                <small className="muted">
                  {reason && words.reasons[reason].mend}
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
