import { compare, isZero, minus } from "../format/decimal";
import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "../ui/amount";
import { useTexts } from "../words/texts";

export const BALANCE = graphql(`
  fragment Balance on PartnerBalance {
    currency
    accruedAmount {
      amount
    }
    approvedAmount {
      amount
    }
    paidAmount {
      amount
    }
    payableAmount {
      amount
    }
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
  const { words } = useTexts();
  const balances = read(BALANCE, masked);
  const minimums = read(MINIMUM, maskedMinimums);
  if (balances.length === 0) return null;
  return (
    <section aria-label={words.balances.title}>
      {balances.map(({ currency, accruedAmount, approvedAmount, paidAmount, payableAmount }) => {
        const payable = payableAmount.amount;
        const minimum = minimums.find((money) => money.currency === currency)?.amount;
        const held = minus(approvedAmount.amount, payable);
        return (
          <dl
            className="cards"
            key={currency}
            data-balances={currency}
            aria-label={words.balances.inCurrency(currency)}
          >
            <div className="card card-main">
              <dt>{words.balances.payable}</dt>
              <dd>
                <Amount amount={payable} currency={currency} />
              </dd>
              <dd className="hint">
                {!isZero(held)
                  ? words.balances.onTheWay(<Amount amount={held} currency={currency} />)
                  : minimum && compare(payable, minimum) < 0
                    ? words.balances.minimum(<Amount amount={minimum} currency={currency} />)
                    : words.balances.nextRun}
              </dd>
            </div>
            <div className="card">
              <dt>{words.balances.waiting}</dt>
              <dd>
                <Amount amount={accruedAmount.amount} currency={currency} />
              </dd>
              <dd className="hint">{words.balances.waitingHint}</dd>
            </div>
            <div className="card">
              <dt>{words.balances.paid}</dt>
              <dd>
                <Amount amount={paidAmount.amount} currency={currency} />
              </dd>
              <dd className="hint">{words.balances.paidHint}</dd>
            </div>
          </dl>
        );
      })}
    </section>
  );
}
