import { sum, zeroLike } from "../format/decimal";
import { counted } from "../format/words";
import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "../ui/amount";
import { Empty, Section } from "../ui/section";

export const TOTAL = graphql(`
  fragment Total on CommissionTotal {
    currency
    status
    amount
    count
  }
`);

const CARDS = [
  ["ACCRUED", "Waiting for approval"],
  ["APPROVED", "Approved, to be paid"],
  ["PAID", "Paid"],
  ["REVERSED", "Reversed"],
] as const;

export function Totals({ totals: masked }: { totals: readonly FragmentType<typeof TOTAL>[] }) {
  const totals = read(TOTAL, masked);
  const currencies = [...new Set(totals.map(({ currency }) => currency))].sort();
  if (currencies.length === 0) {
    return (
      <Section title="Totals">
        <Empty>No commission yet. Record an event to see what it earns.</Empty>
      </Section>
    );
  }
  return (
    <section aria-label="Totals">
      {currencies.map((currency) => (
        <dl className="cards cards-four" key={currency} aria-label={`Totals in ${currency}`}>
          {CARDS.map(([status, title]) => {
            const alike = totals.filter((total) => total.currency === currency);
            const own = alike.filter((total) => total.status === status);
            const zero = zeroLike(alike[0]?.amount ?? "0");
            return (
              <div className="card" key={status} data-status={status}>
                <dt className={`status status-${status.toLowerCase()}`}>{title}</dt>
                <dd>
                  <Amount
                    amount={sum(
                      own.map(({ amount }) => amount),
                      zero,
                    )}
                    currency={currency}
                  />
                </dd>
                <dd className="hint">
                  {counted(
                    own.reduce((all, { count }) => all + count, 0),
                    "commission",
                  )}
                </dd>
              </div>
            );
          })}
        </dl>
      ))}
    </section>
  );
}
