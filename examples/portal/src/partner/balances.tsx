import { compare, isZero, minus } from "../format/decimal";
import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "../ui/amount";

export const BALANCE = graphql(`
  fragment Balance on PartnerBalance {
    currency
    accrued
    approved
    paid
    payable
  }
`);

export const MINIMUM = graphql(`
  fragment Minimum on Money {
    amount
    currency
  }
`);

interface BalancesProps {
  balances: readonly FragmentType<typeof BALANCE>[];
  minimums: readonly FragmentType<typeof MINIMUM>[];
}

/** What is there in each currency: nothing is ever converted or added across currencies. */
export function Balances({ balances: masked, minimums: maskedMinimums }: BalancesProps) {
  const balances = read(BALANCE, masked);
  const minimums = read(MINIMUM, maskedMinimums);
  if (balances.length === 0) return null;
  return (
    <section aria-label="Balances">
      {balances.map(({ currency, accrued, approved, paid, payable }) => {
        const minimum = minimums.find((money) => money.currency === currency)?.amount;
        const held = minus(approved, payable);
        return (
          <dl className="cards" key={currency} aria-label={`Balances in ${currency}`}>
            <div className="card card-main">
              <dt>Ready to be paid</dt>
              <dd>
                <Amount amount={payable} currency={currency} />
              </dd>
              <dd className="hint">
                {!isZero(held) ? (
                  <>
                    and <Amount amount={held} currency={currency} /> in payouts on their way
                  </>
                ) : minimum && compare(payable, minimum) < 0 ? (
                  <>
                    Payouts start at <Amount amount={minimum} currency={currency} />
                  </>
                ) : (
                  "Goes out with the next payout run"
                )}
              </dd>
            </div>
            <div className="card">
              <dt>Waiting for approval</dt>
              <dd>
                <Amount amount={accrued} currency={currency} />
              </dd>
              <dd className="hint">Earned, and approved after its holdback</dd>
            </div>
            <div className="card">
              <dt>Paid so far</dt>
              <dd>
                <Amount amount={paid} currency={currency} />
              </dd>
              <dd className="hint">Since the partnership began</dd>
            </div>
          </dl>
        );
      })}
    </section>
  );
}
