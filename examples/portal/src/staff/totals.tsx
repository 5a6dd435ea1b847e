import { zeroLike } from "../format/decimal";
import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "../ui/amount";
import { Empty, Section } from "../ui/section";
import { useTexts } from "../words/texts";

export const TOTAL = graphql(`
  fragment Total on CommissionTotal {
    currency
    status
    count
    total {
      amount
    }
  }
`);

const STATUSES = ["ACCRUED", "APPROVED", "PAID", "REVERSED"] as const;

export function Totals({ totals: masked }: { totals: readonly FragmentType<typeof TOTAL>[] }) {
  const { words } = useTexts();
  const totals = read(TOTAL, masked);
  const currencies = [...new Set(totals.map(({ currency }) => currency))].sort();
  if (currencies.length === 0) {
    return (
      <Section title={words.totals.title}>
        <Empty>{words.totals.empty}</Empty>
      </Section>
    );
  }
  return (
    <section aria-label={words.totals.title}>
      {currencies.map((currency) => {
        const alike = totals.filter((total) => total.currency === currency);
        const zero = zeroLike(alike[0]?.total.amount ?? "0");
        return (
          <dl
            className="cards cards-four"
            key={currency}
            data-totals={currency}
            aria-label={words.totals.inCurrency(currency)}
          >
            {STATUSES.map((status) => {
              const own = alike.find((total) => total.status === status);
              return (
                <div className="card" key={status} data-status={status}>
                  <dt className={`status status-${status.toLowerCase()}`}>{words.totals[status]}</dt>
                  <dd>
                    <Amount amount={own?.total.amount ?? zero} currency={currency} />
                  </dd>
                  <dd className="hint">{words.commissions.counted(own?.count ?? 0)}</dd>
                </div>
              );
            })}
          </dl>
        );
      })}
    </section>
  );
}
